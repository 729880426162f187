#include "report/run_record.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <filesystem>
#include <sstream>
#include <utility>

#include "support/json.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"
#include "unroll/models/model.h"
#include "unroll/train/run_store.h"

namespace unroll::app::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxJsonBytes = std::size_t{1} << 28;
constexpr std::string_view kSpeedKey = "_per_second";

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string written(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  // The shortest text that reads back as the same number; TOML's own writer shows all its digits.
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  std::ostringstream out;
  node.visit([&](const auto& value) { out << value; });
  return out.str();
}

// The headings are comments, which a TOML parser drops: a key belongs to the last one above it.
std::vector<SettingGroup> read_configuration(const std::string& path) {
  const std::string text = read_file(path, kMaxConfigBytes);
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw FormatError(fmt::format("{}:{}:{}: this is no TOML: {}", path, at.line, at.column,
                                  error.description()));
  }
  std::vector<std::string> headings = {""};  // by line, from 1: that of the group it is in
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    headings.push_back(line.starts_with("# ") ? line.substr(2) : headings.back());
  }
  std::vector<std::pair<std::size_t, Setting>> settings;
  for (const auto& [key, node] : table) {
    settings.push_back({node.source().begin.line, {std::string(key.str()), written(node)}});
  }
  std::stable_sort(settings.begin(), settings.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<SettingGroup> groups;
  for (auto& [line, setting] : settings) {
    const std::string& heading = headings.at(line);
    if (groups.empty() || groups.back().name != heading) groups.push_back({heading});
    groups.back().settings.push_back(std::move(setting));
  }
  return groups;
}

Json object(std::string_view text, const std::string& where) {
  std::optional<Json> value = Json::try_parse(text);
  if (!value || !value->is_object()) {
    throw FormatError(where + ": wanted a JSON object, got " + quote(text));
  }
  return std::move(*value);
}

std::vector<Json> read_log(const std::string& path) {
  std::vector<Json> log;
  if (!exists(path)) return log;
  std::istringstream lines(read_file(path, kMaxJsonBytes));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = fmt::format("{}:{}", path, ++number);
    log.push_back(object(line, where));
    if (!log.back().contains("epoch") || !log.back()["epoch"].is_number_unsigned()) {
      throw FormatError(where + ": wanted the key \"epoch\" with a whole number");
    }
  }
  return log;
}

}  // namespace

std::string RunRecord::setting(const std::string& name) const {
  for (const SettingGroup& group : configuration) {
    for (const Setting& setting : group.settings) {
      if (setting.name == name) return setting.value;
    }
  }
  return "";
}

std::string RunRecord::items() const {
  if (log.empty()) return "";
  for (const auto& [key, value] : log.back().members()) {
    if (key.ends_with(kSpeedKey)) return key.substr(0, key.size() - kSpeedKey.size());
  }
  return "";
}

std::string predictions_path(const std::string& folder) { return folder + "/predictions.csv"; }

RunRecord read_run(const std::string& folder) {
  const std::string config = folder + "/config.toml";
  if (!exists(config)) {
    throw FileError(folder + ": there is no run in it (no config.toml); wanted the folder that " +
                    "--output of `unroll train` named");
  }
  RunRecord run = {.folder = folder, .configuration = read_configuration(config)};
  run.log = read_log(folder + "/log.jsonl");
  const std::string result = folder + "/result.json";
  if (exists(result)) run.result = object(read_file(result, kMaxJsonBytes), result);
  const std::string model = FolderStore(folder).path(RunFile::kModel);
  if (!exists(model)) return run;
  run.model = model;
  const ModelInfo info = read_model_info(model);
  const auto* const text = std::get_if<TextModelInfo>(&info);
  run.is_language_model = text != nullptr;
  const std::string& training =
      text != nullptr ? text->training : std::get<SequenceModelInfo>(info).description.training;
  const Json epoch = Json::try_parse(training).value_or(Json())["epoch"];
  if (epoch.is_number_unsigned()) run.kept_epoch = epoch.get<std::uint64_t>();
  return run;
}

}  // namespace unroll::app::report
