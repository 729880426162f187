#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string>

#include "errors.h"
#include "output/print.h"
#include "output/progress.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/io/safetensors.h"
#include "unroll/models/model.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

// The cell, with its variant where it has several.
Json cell_json(const CellOptions& options) {
  Json result = {{"cell", options.name}};
  std::size_t activations = 0, resets = 0;
  for (const CellOptions& cell : all_cells()) {
    if (cell.name != options.name) continue;
    activations += cell.activation != options.activation ? 1 : 0;
    resets += cell.reset != options.reset ? 1 : 0;
  }
  if (activations > 0) result["activation"] = options.activation;
  if (resets > 0) result["reset"] = options.reset;
  if (options.heads > 1) result["heads"] = options.heads;
  return result;
}

Json architecture(const LanguageModelOptions& options) {
  Json result = cell_json(options.cell);
  result["embedding"] = options.embedding_size;
  result["hidden"] = options.hidden_size;
  result["layers"] = options.layers;
  result["dropout"] = options.dropout;
  result["tied"] = options.tied;
  result["bias"] = bias_name(options.bias);
  return result;
}

Json architecture(const SequenceModelDescription& description) {
  const SequenceModelOptions& options = description.options;
  Json result = {{"task", task_name(description)}};
  if (description.forecast) {
    const ForecastScheme& scheme = *description.forecast;
    result["stateful"] = scheme.options().stateful;
    result["columns"] = scheme.columns();
    result["transform"] = transform_name(*scheme.options().transform);
    result["input"] = forecast_input_name(*scheme.options().input);
    result["lags"] = scheme.options().lags;
    result["horizon"] = scheme.options().horizon;
    result["season"] = scheme.season();
  }
  const Json cell = cell_json(options.cell);
  for (const auto& [key, value] : cell.members()) result[key] = value;
  if (options.vocabulary_size > 0) {
    result["embedding"] = options.embedding_size;
  } else {
    result["inputs"] = options.input_size;
  }
  result["hidden"] = options.hidden_size;
  result["layers"] = options.layers;
  result["bidirectional"] = options.bidirectional;
  result["pooling"] = pooling_name(options.pooling);
  result["outputs"] = options.output_size;
  result["loss"] = description.options.head.name;
  result["dropout"] = options.dropout;
  result["initial_state"] = initial_state_name(options.initial_state);
  result["bias"] = bias_name(options.bias);
  return result;
}

// What was learnt from the training data, but not the numbers of every feature.
Json data_json(const Preprocessing& p) {
  Json result = {{"standardize", p.options().standardize},
                 {"missing", missing_name(p.options().missing)}};
  if (p.vocabulary_size() > 0) result["tokens"] = p.vocabulary_size();
  if (!p.classes().empty()) result["labels"] = p.classes();
  if (!p.target_names().empty()) result["targets"] = p.target_names();
  return result;
}

Json parse_training(const std::string& text) { return Json::try_parse(text).value_or(Json(text)); }

Json parameter_list(const std::string& path) {
  const SafetensorsFile file(path);
  Json list = Json::array();
  for (const std::string& name : file.names()) {
    list.push_back(
        {{"name", name}, {"shape", file.shape(name)}, {"dtype", data_type_name(file.dtype(name))}});
  }
  return list;
}

Json describe(const std::string& path, const SequenceModelInfo& info) {
  return {{"model", path},
          {"architecture", architecture(info.description)},
          {"data", data_json(info.description.preprocessing)},
          {"dtype", info.dtype},
          {"parameter_count", info.parameters},
          {"parameters", parameter_list(path)},
          {"training", parse_training(info.description.training)}};
}

Json describe(const std::string& path, const TextModelInfo& info) {
  const Vocabulary& vocabulary = info.vocabulary;
  const auto token = [](const std::optional<std::uint32_t>& id) { return id ? Json(*id) : Json(); };
  return {{"model", path},
          {"architecture", architecture(info.options)},
          {"vocabulary",
           {{"level", level_name(vocabulary.level())},
            {"size", vocabulary.size()},
            {"unknown", token(vocabulary.unknown())},
            {"eos", token(vocabulary.eos())}}},
          {"dtype", info.dtype},
          {"parameter_count", info.parameters},
          {"parameters", parameter_list(path)},
          {"training", parse_training(info.training)}};
}

std::string plain(const Json& value) {
  return value.is_string() ? printable(value.text()) : value.dump();
}

// The members of an object, one a line; those of objects inside it as "outer.inner".
void add_lines(std::string& text, const std::string& prefix, const Json& value) {
  if (!value.is_object()) {
    text += fmt::format("  {:<24}  {}\n", prefix, plain(value));
    return;
  }
  for (const auto& [key, member] : value.members()) {
    add_lines(text, (prefix.empty() ? "" : prefix + ".") + printable(key), member);
  }
}

std::string to_text(const Json& info) {
  std::string text = info["model"].get<std::string>() + "\n\narchitecture\n";
  add_lines(text, "", info["architecture"]);
  for (const char* part : {"vocabulary", "data"}) {
    if (!info.contains(part)) continue;
    text += fmt::format("\n{}\n", part);
    add_lines(text, "", info[part]);
  }
  text += fmt::format("\nparameters: {} of type {}\n",
                      thousands(info["parameter_count"].get<std::uint64_t>()),
                      info["dtype"].get<std::string>());
  for (const Json& parameter : info["parameters"]) {
    std::string shape;
    for (const Json& extent : parameter["shape"])
      shape += (shape.empty() ? "" : ", ") + extent.dump();
    text += fmt::format("  {:<24}  ({})\n", printable(parameter["name"].text()), shape);
  }
  if (!info["training"].empty()) {
    text += "\ntraining\n";
    add_lines(text, "", info["training"]);
  }
  return text;
}

}  // namespace

std::function<int()> declare_info(CommandLine& line) {
  struct Command {
    std::string model;
    bool json = false;
  };
  auto command = std::make_shared<Command>();
  line.word("MODEL", command->model, "model file, or the folder of a run");
  line.flag("--json", command->json, "all of it as one JSON object");
  return [command] {
    const std::string path = find_model(command->model);
    const Json info =
        std::visit([&](const auto& known) { return describe(path, known); }, read_model_info(path));
    if (command->json) {
      print_json(info);
    } else {
      print(to_text(info));
    }
    return kSuccess;
  };
}

}  // namespace unroll::app
