#pragma once

#include <string>

#include "run_folder.h"
#include "unroll/models/language_model_file.h"

namespace unroll::app {

// Loads MODEL, a file or a run's folder, in the type that it was trained in, and calls
// use(TextModel<float or double>&, path).
template <class Use>
auto with_model(const std::string& model, const Use& use) {
  const std::string path = find_model(model);
  if (read_text_model_info(path).dtype == "F64") {
    TextModel<double> loaded = load_text_model<double>(path);
    return use(loaded, path);
  }
  TextModel<float> loaded = load_text_model<float>(path);
  return use(loaded, path);
}

}  // namespace unroll::app
