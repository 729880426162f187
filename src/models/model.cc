#include "unroll/models/model.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "models/architectures.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

struct Architecture {
  const char* name;
  Model (*load)(const ModelFile& file, LoadAs type);
  ModelInfo (*info)(const ModelFile& file);
};

template <template <class> class Loaded, Loaded<float> (*kFloat)(const ModelFile&),
          Loaded<double> (*kDouble)(const ModelFile&)>
Model load(const ModelFile& file, LoadAs type) {
  if (type == LoadAs::kDouble || file.dtype() == "F64") return kDouble(file);
  return kFloat(file);
}

constexpr Architecture kArchitectures[] = {
    {kTextModel, load<TextModel, read_text_model<float>, read_text_model<double>>,
     [](const ModelFile& file) -> ModelInfo { return read_text_model_info(file); }},
    {kSequenceModel,
     load<TrainedSequenceModel, read_sequence_model<float>, read_sequence_model<double>>,
     [](const ModelFile& file) -> ModelInfo { return read_sequence_model_info(file); }},
};

const Architecture& architecture_of(const ModelFile& file) {
  std::string known;
  for (const Architecture& architecture : kArchitectures) {
    if (file.architecture() == architecture.name) return architecture;
    known += (known.empty() ? "" : ", ") + std::string(architecture.name);
  }
  throw FormatError(file.path() + ": holds a model of the architecture " +
                    quote(file.architecture()) + "; this program knows " + known);
}

ModelFile open(const std::string& path) { return ModelFile(SafetensorsFile(find_model(path))); }

}  // namespace

std::string find_model(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  std::string file = path + "/" + kModelFileName;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found || error) {
    throw FileError(path + ": the folder holds no model (no " + kModelFileName +
                    "); a run writes it after its first epoch");
  }
  return file;
}

Model load_model(const std::string& path, LoadAs type) {
  const ModelFile file = open(path);
  return architecture_of(file).load(file, type);
}

ModelInfo read_model_info(const std::string& path) {
  const ModelFile file = open(path);
  return architecture_of(file).info(file);
}

}  // namespace unroll
