#pragma once

#include <string>

#include "runs/run_folder.h"
#include "unroll/models/language_model_file.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll::app {

// Loads the language model at `path` in the type that it was trained in, and calls
// use(TextModel<float or double>&).
template <class Use>
auto with_text_model(const std::string& path, const Use& use) {
  if (read_text_model_info(path).dtype == "F64") {
    TextModel<double> loaded = load_text_model<double>(path);
    return use(loaded);
  }
  TextModel<float> loaded = load_text_model<float>(path);
  return use(loaded);
}

// The same of a sequence model: use(TrainedSequenceModel<float or double>&).
template <class Use>
auto with_sequence_model(const std::string& path, const Use& use) {
  if (read_sequence_model_info(path).dtype == "F64") {
    TrainedSequenceModel<double> loaded = load_sequence_model<double>(path);
    return use(loaded);
  }
  TrainedSequenceModel<float> loaded = load_sequence_model<float>(path);
  return use(loaded);
}

inline bool is_sequence_model(const std::string& path) {
  return model_architecture(path) == "sequence_model";
}

}  // namespace unroll::app
