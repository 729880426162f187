#include "unroll/models/language_model_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kFormat = 1;
constexpr const char* kArchitecture = "language_model";

std::string options_json(const LanguageModelOptions& options) {
  return Json{{"cell", options.cell.name},
              {"activation", options.cell.activation},
              {"reset", options.cell.reset},
              {"vocabulary_size", options.vocabulary_size},
              {"embedding_size", options.embedding_size},
              {"hidden_size", options.hidden_size},
              {"layers", options.layers},
              {"dropout", options.dropout},
              {"tied", options.tied},
              {"bias", bias_name(options.bias)}}
      .dump();
}

// The metadata of a model file, checked key by key.
class Metadata {
 public:
  explicit Metadata(const SafetensorsFile& file) : file_(file) {
    if (!file.metadata().contains("unroll.architecture")) {
      throw FormatError(file.path() +
                        ": no model of this program: its metadata lacks 'unroll.architecture'");
    }
    const std::string& architecture = text("unroll.architecture");
    if (architecture != kArchitecture) {
      throw FormatError(file.path() + ": the model's architecture is '" + architecture +
                        "', wanted '" + kArchitecture + "'");
    }
    const std::string& format = text("unroll.format");
    if (format != std::to_string(kFormat)) {
      throw FormatError(file.path() + ": format " + format + "; this program reads format " +
                        std::to_string(kFormat) + "; use a newer version of it");
    }
  }

  const std::string& text(const std::string& key) const {
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end()) {
      throw FormatError(file_.path() + ": '" + key + "' is missing in its metadata");
    }
    return found->second;
  }

  LanguageModelOptions options() const {
    try {
      const Json json = Json::parse(text("unroll.options"));
      return {.vocabulary_size = size(json, "vocabulary_size"),
              .embedding_size = size(json, "embedding_size"),
              .hidden_size = size(json, "hidden_size"),
              .layers = size(json, "layers"),
              .cell = {.name = json.at("cell").get<std::string>(),
                       .activation = json.at("activation").get<std::string>(),
                       .reset = json.at("reset").get<std::string>()},
              .dropout = json.at("dropout").get<double>(),
              .tied = json.at("tied").get<bool>(),
              .bias = parse_bias(json.at("bias").get<std::string>())};
    } catch (const Json::exception& error) {
      throw FormatError(file_.path() +
                        ": 'unroll.options' in its metadata is damaged: " + error.what());
    } catch (const ValueError& error) {
      throw FormatError(file_.path() + ": " + error.what());
    }
  }

  Vocabulary vocabulary() const {
    return Vocabulary::from_json(text("unroll.vocabulary"), file_.path() + ": the vocabulary");
  }

 private:
  static std::size_t size(const Json& json, const char* key) {
    const Json& value = json.at(key);
    if (!value.is_number_unsigned()) throw ValueError(std::string(key) + " is not a whole number");
    return value.get<std::size_t>();
  }

  const SafetensorsFile& file_;
};

// The shapes are checked against the file before a model of that size is made.
void check_encoder(const SafetensorsFile& file, const LanguageModelOptions& options) {
  const std::vector<std::size_t> wanted = {options.vocabulary_size, options.embedding_size};
  if (file.shape("encoder.weight") != wanted) {
    throw FormatError(file.path() + ": tensor 'encoder.weight' has another shape than the (" +
                      std::to_string(wanted[0]) + ", " + std::to_string(wanted[1]) +
                      ") that its metadata says");
  }
  const std::vector<std::size_t>& recurrent = file.shape("rnn.weight_hh_l0");
  if (recurrent.size() != 2 || recurrent[1] != options.hidden_size ||
      options.layers > file.names().size()) {
    throw FormatError(file.path() +
                      ": tensor 'rnn.weight_hh_l0' does not have the size that its metadata says");
  }
}

}  // namespace

template <class T>
void save_text_model(const std::string& path, LanguageModel<T>& model, const Vocabulary& vocabulary,
                     const std::string& training) {
  SafetensorsWriter writer;
  writer.set_metadata("unroll.format", std::to_string(kFormat));
  writer.set_metadata("unroll.architecture", kArchitecture);
  writer.set_metadata("unroll.options", options_json(model.options()));
  writer.set_metadata("unroll.vocabulary", vocabulary.to_json());
  writer.set_metadata("unroll.training", training);
  for (const Parameter<T>* parameter : model.parameters()) {
    writer.add(parameter->name(), parameter->value());
  }
  writer.write(path);
}

template <class T>
TextModel<T> load_text_model(const std::string& path) {
  const SafetensorsFile file(path);
  const Metadata metadata(file);
  const LanguageModelOptions options = metadata.options();
  Vocabulary vocabulary = metadata.vocabulary();
  if (vocabulary.size() != options.vocabulary_size) {
    throw FormatError(path + ": its vocabulary has " + std::to_string(vocabulary.size()) +
                      " tokens, but its options say " + std::to_string(options.vocabulary_size));
  }
  check_encoder(file, options);
  try {
    TextModel<T> loaded{LanguageModel<T>(options), std::move(vocabulary),
                        metadata.text("unroll.training")};
    std::vector<std::string> known;
    for (Parameter<T>* parameter : loaded.model.parameters()) {
      file.read_into(parameter->name(), parameter->edit());
      known.push_back(parameter->name());
    }
    for (const std::string& name : file.names()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw FormatError(path + ": tensor '" + name + "' belongs to no parameter of the model");
      }
    }
    return loaded;
  } catch (const ValueError& error) {
    throw FormatError(path + ": " + error.what());
  }
}

TextModelInfo read_text_model_info(const std::string& path) {
  const SafetensorsFile file(path);
  const Metadata metadata(file);
  TextModelInfo info{metadata.options(), metadata.vocabulary(), metadata.text("unroll.training"),
                     "", 0};
  for (const std::string& name : file.names()) {
    if (info.dtype.empty()) info.dtype = data_type_name(file.dtype(name));
    std::uint64_t size = 1;
    for (const std::size_t extent : file.shape(name)) size *= extent;
    info.parameters += size;
  }
  return info;
}

template void save_text_model<float>(const std::string&, LanguageModel<float>&, const Vocabulary&,
                                     const std::string&);
template void save_text_model<double>(const std::string&, LanguageModel<double>&, const Vocabulary&,
                                      const std::string&);
template TextModel<float> load_text_model<float>(const std::string&);
template TextModel<double> load_text_model<double>(const std::string&);

}  // namespace unroll
