#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "errors.h"
#include "output.h"
#include "progress.h"
#include "run_folder.h"
#include "unroll/io/safetensors.h"
#include "unroll/models/language_model_file.h"
#include "verbs.h"

namespace unroll::app {
namespace {

using Json = nlohmann::ordered_json;

Json architecture(const LanguageModelOptions& options) {
  Json result = {{"cell", options.cell.name}};
  std::size_t activations = 0, resets = 0;
  for (const CellOptions& cell : all_cells()) {
    if (cell.name != options.cell.name) continue;
    activations += cell.activation != options.cell.activation ? 1 : 0;
    resets += cell.reset != options.cell.reset ? 1 : 0;
  }
  if (activations > 0) result["activation"] = options.cell.activation;
  if (resets > 0) result["reset"] = options.cell.reset;
  result["embedding"] = options.embedding_size;
  result["hidden"] = options.hidden_size;
  result["layers"] = options.layers;
  result["dropout"] = options.dropout;
  result["tied"] = options.tied;
  result["bias"] = bias_name(options.bias);
  return result;
}

Json parameter_list(const std::string& path) {
  const SafetensorsFile file(path);
  Json list = Json::array();
  for (const std::string& name : file.names()) {
    list.push_back(
        {{"name", name}, {"shape", file.shape(name)}, {"dtype", data_type_name(file.dtype(name))}});
  }
  return list;
}

Json describe(const std::string& path) {
  const TextModelInfo info = read_text_model_info(path);
  const Vocabulary& vocabulary = info.vocabulary;
  const auto token = [](const std::optional<std::uint32_t>& id) { return id ? Json(*id) : Json(); };
  Json training = Json::parse(info.training, nullptr, false);
  if (training.is_discarded()) training = info.training;
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
          {"training", training}};
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The members of an object, one a line; those of objects inside it as "outer.inner".
void add_lines(std::string& text, const std::string& prefix, const Json& value) {
  if (!value.is_object()) {
    text += fmt::format("  {:<24}  {}\n", prefix, plain(value));
    return;
  }
  for (const auto& [key, member] : value.items()) {
    add_lines(text, prefix.empty() ? key : prefix + "." + key, member);
  }
}

std::string to_text(const Json& info) {
  std::string text = info["model"].get<std::string>() + "\n\narchitecture\n";
  add_lines(text, "", info["architecture"]);
  text += "\nvocabulary\n";
  add_lines(text, "", info["vocabulary"]);
  text += fmt::format("\nparameters: {} of type {}\n",
                      thousands(info["parameter_count"].get<std::uint64_t>()),
                      info["dtype"].get<std::string>());
  for (const Json& parameter : info["parameters"]) {
    std::string shape;
    for (const Json& extent : parameter["shape"])
      shape += (shape.empty() ? "" : ", ") + extent.dump();
    text += fmt::format("  {:<24}  ({})\n", parameter["name"].get<std::string>(), shape);
  }
  if (!info["training"].empty()) {
    text += "\ntraining\n";
    add_lines(text, "", info["training"]);
  }
  return text;
}

}  // namespace

std::function<int()> declare_info(CLI::App& app) {
  struct Command {
    std::string model;
    bool json = false;
  };
  auto command = std::make_shared<Command>();
  app.add_option("MODEL", command->model, "model file, or the folder of a run")->required();
  app.add_flag("--json", command->json, "all of it as one JSON object");
  return [command] {
    const Json info = describe(find_model(command->model));
    if (command->json) {
      print_json(info);
    } else {
      print(to_text(info));
    }
    return kSuccess;
  };
}

}  // namespace unroll::app
