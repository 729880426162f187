#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "unroll/models/language_model_file.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// The name of the model in the folder of a run.
constexpr char kModelFileName[] = "model.safetensors";

// The model file that a path names: itself, or that of a run's folder. Throws FileError when the
// folder has none.
std::string find_model(const std::string& path);

// Whatever a model file holds.
using Model = std::variant<TextModel<float>, TextModel<double>, TrainedSequenceModel<float>,
                           TrainedSequenceModel<double>>;

enum class LoadAs : std::uint8_t {
  kStored,  // double where the parameters are F64, else float
  kDouble,
};

// Reads a model file, or that of a run's folder, once. Throws FileError, or FormatError naming the
// file and what is wrong.
Model load_model(const std::string& path, LoadAs type = LoadAs::kStored);

// What such a file says about itself, without its tensors. Throws as load_model() does.
using ModelInfo = std::variant<TextModelInfo, SequenceModelInfo>;
ModelInfo read_model_info(const std::string& path);

}  // namespace unroll

#pragma GCC visibility pop
