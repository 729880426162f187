#include "unroll/models/language_model_file.h"

#include "models/architectures.h"
#include "support/json.h"
#include "unroll/models/model.h"

namespace unroll {
namespace {

std::string options_json(const LanguageModelOptions& options) {
  Json json = {{"cell", options.cell.name},
               {"activation", options.cell.activation},
               {"reset", options.cell.reset},
               {"vocabulary_size", options.vocabulary_size},
               {"embedding_size", options.embedding_size},
               {"hidden_size", options.hidden_size},
               {"layers", options.layers},
               {"dropout", options.dropout},
               {"tied", options.tied},
               {"bias", bias_name(options.bias)}};
  add_heads(json, options.cell);
  return json.dump();
}

LanguageModelOptions options_of(const ModelFile& file) {
  return file.parse("unroll.options", [](const Json& json) {
    return LanguageModelOptions{.vocabulary_size = size_member(json, "vocabulary_size"),
                                .embedding_size = size_member(json, "embedding_size"),
                                .hidden_size = size_member(json, "hidden_size"),
                                .layers = size_member(json, "layers"),
                                .cell = cell_of(json),
                                .dropout = json.at("dropout").get<double>(),
                                .tied = json.at("tied").get<bool>(),
                                .bias = parse_bias(json.at("bias").get<std::string>())};
  });
}

Vocabulary vocabulary_of(const ModelFile& file) {
  return Vocabulary::from_json(file.text("unroll.vocabulary"), file.path() + ": the vocabulary");
}

void check_shapes(const ModelFile& file, const LanguageModelOptions& o) {
  file.require_shape("encoder.weight", o.vocabulary_size, o.embedding_size);
  const std::size_t outputs =
      file.require_recurrence(o.cell, o.embedding_size, o.hidden_size, o.layers, false);
  if (!o.tied) file.require_shape("decoder.weight", o.vocabulary_size, outputs);
}

}  // namespace

std::optional<std::uint32_t> start_token(const Vocabulary& vocabulary) {
  return vocabulary.level() == Level::kWord ? vocabulary.eos() : vocabulary.id("\n");
}

template <class T>
void add_text_model(SafetensorsWriter& file, const LanguageModel<T>& model,
                    const Vocabulary& vocabulary, const std::string& training) {
  begin_model<T>(file, kTextModel, options_json(model.options()), training, model.parameters());
  file.set_metadata("unroll.vocabulary", vocabulary.to_json());
}

template <class T>
void save_text_model(const std::string& path, const LanguageModel<T>& model,
                     const Vocabulary& vocabulary, const std::string& training) {
  SafetensorsWriter writer;
  add_text_model(writer, model, vocabulary, training);
  writer.write(path);
}

template <class T>
TextModel<T> read_text_model(const ModelFile& file) {
  file.require_architecture(kTextModel);
  const std::string& path = file.path();
  const LanguageModelOptions options = options_of(file);
  Vocabulary vocabulary = vocabulary_of(file);
  if (vocabulary.size() != options.vocabulary_size) {
    throw FormatError(path + ": its vocabulary has " + std::to_string(vocabulary.size()) +
                      " tokens, but its options say " + std::to_string(options.vocabulary_size));
  }
  check_shapes(file, options);
  try {
    TextModel<T> loaded{LanguageModel<T>(options), std::move(vocabulary),
                        file.text("unroll.training")};
    file.read_into<T>(loaded.model.parameters());
    return loaded;
  } catch (const ValueError& error) {
    throw FormatError(path + ": " + error.what());
  }
}

template <class T>
TextModel<T> load_text_model(SafetensorsFile file) {
  return read_text_model<T>(ModelFile(std::move(file)));
}

template <class T>
TextModel<T> load_text_model(const std::string& path) {
  return load_text_model<T>(SafetensorsFile(find_model(path)));
}

TextModelInfo read_text_model_info(const ModelFile& file) {
  const LanguageModelOptions options = options_of(file);
  return {options, vocabulary_of(file), file.text("unroll.training"), file.dtype(),
          file.parameter_count(options.bias)};
}

template void save_text_model<float>(const std::string&, const LanguageModel<float>&,
                                     const Vocabulary&, const std::string&);
template void save_text_model<double>(const std::string&, const LanguageModel<double>&,
                                      const Vocabulary&, const std::string&);
template void add_text_model<float>(SafetensorsWriter&, const LanguageModel<float>&,
                                    const Vocabulary&, const std::string&);
template void add_text_model<double>(SafetensorsWriter&, const LanguageModel<double>&,
                                     const Vocabulary&, const std::string&);
template TextModel<float> read_text_model<float>(const ModelFile&);
template TextModel<double> read_text_model<double>(const ModelFile&);
template TextModel<float> load_text_model<float>(SafetensorsFile);
template TextModel<double> load_text_model<double>(SafetensorsFile);
template TextModel<float> load_text_model<float>(const std::string&);
template TextModel<double> load_text_model<double>(const std::string&);

}  // namespace unroll
