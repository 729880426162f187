#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "unroll/core/visibility.h"
#include "unroll/data/forecast.h"
#include "unroll/data/preprocessing.h"
#include "unroll/data/read_sequences.h"
#include "unroll/io/safetensors.h"
#include "unroll/nn/sequence_model.h"

#pragma GCC visibility push(default)

namespace unroll {

// All that a model file says beside the parameters: what the model is for, what was done to its
// data, and what its numbers mean.
struct SequenceModelDescription {
  SequenceModelOptions options = {};
  Preprocessing preprocessing = {};
  SequenceReaderOptions reader = {};            // how the files were read; not of forecasts
  std::optional<ForecastScheme> forecast = {};  // of forecasts: how a series becomes sequences
  std::string training = "{}";  // one JSON object: how it was trained; shown by `unroll info`
};

// What a head has to predict for such data, and W of a model with that head.
HeadTargets head_targets(const Preprocessing& preprocessing);
std::size_t output_size(const Head& head, const Preprocessing& preprocessing);

// "classify", "tag", "regress" or "forecast".
std::string task_name(const SequenceModelDescription& description);

template <class T>
struct TrainedSequenceModel {
  SequenceModel<T> model;
  SequenceModelDescription description;
};

// Writes a safetensors file, as save_text_model() does, of the architecture "sequence_model".
template <class T>
UNROLL_PUBLIC void save_sequence_model(const std::string& path, const SequenceModel<T>& model,
                                       const SequenceModelDescription& description);

// Adds the same to a file that is yet to be written. The parameters are not copied.
template <class T>
UNROLL_PUBLIC void add_sequence_model(SafetensorsWriter& file, const SequenceModel<T>& model,
                                      const SequenceModelDescription& description);

// Reads such a file, or the model of a run's folder. Throws as load_text_model() does.
template <class T>
UNROLL_PUBLIC TrainedSequenceModel<T> load_sequence_model(const std::string& path);
template <class T>
UNROLL_PUBLIC TrainedSequenceModel<T> load_sequence_model(SafetensorsFile file);

// What a file says about itself, without its tensors; see read_model_info().
struct SequenceModelInfo {
  SequenceModelDescription description;
  std::string dtype;             // "F32" or "F64"
  std::uint64_t parameters = 0;  // that are trained
};

}  // namespace unroll

#pragma GCC visibility pop
