#include <fmt/format.h>

#include <toml++/toml.h>
#include <filesystem>
#include <sstream>

#include "errors.h"
#include "options/options.h"
#include "unroll/core/suggest.h"
#include "unroll/io/file.h"

namespace unroll::app {
namespace {

// No configuration is larger; a text given by mistake may be.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

std::string toml_text(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string written(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << value; });
  std::string text = out.str();
  if (text.find('\n') != std::string::npos || text.size() > 40) text = "…";
  return text;
}

toml::table parse(const std::string& text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw UsageError(fmt::format("{}:{}:{}: this is no TOML: {}", path, at.line, at.column,
                                 error.description()));
  }
}

// An empty text is refused later.
bool is_path(const OptionSpec& spec, const std::string& text) {
  return spec.kind == Kind::kPath && !text.empty() &&
         std::find(spec.choices.begin(), spec.choices.end(), text) == spec.choices.end();
}

std::string absolute(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

void Options::read_toml(const std::string& path) {
  const toml::table table = parse(read_file(path, kMaxBytes), path);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  // In the order of the lines, so that the first mistake is named.
  std::vector<std::pair<std::string, const toml::node*>> items;
  for (const auto& [key, node] : table) items.emplace_back(std::string(key.str()), &node);
  const auto line = [](const toml::node* node) { return node->source().begin.line; };
  std::stable_sort(items.begin(), items.end(),
                   [&](const auto& a, const auto& b) { return line(a.second) < line(b.second); });

  std::vector<std::string> known;
  for (const Entry& entry : entries_) {
    if (entry.spec.in_toml) known.push_back(entry.spec.name);
  }
  for (const auto& [key, node] : items) {
    const std::string source = fmt::format("{}:{}", path, line(node));
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string nearest = nearest_name(key, known);
      throw UsageError(fmt::format(
          "{}: unknown key '{}'; {}", source, key,
          nearest.empty() ? "--help lists the options" : "did you mean '" + nearest + "'?"));
    }
    Entry& entry = this->entry(key);
    if (given_as_flag(key)) continue;
    entry.given = true;
    entry.source = source;
    entry.written = written(*node);
    switch (entry.spec.kind) {
      case Kind::kSwitch:
        if (!node->is_boolean()) fail(key, "wants true or false");
        accept(entry, **node->as_boolean());
        break;
      case Kind::kCount: {
        if (!node->is_integer()) fail(key, "wants a whole number");
        const std::int64_t number = **node->as_integer();
        if (number < 0) fail(key, "wants a whole number of at least 0");
        accept(entry, static_cast<std::uint64_t>(number));
        break;
      }
      case Kind::kNumber:
        if (!node->is_number()) fail(key, "wants a number");
        accept(entry, node->is_integer() ? static_cast<double>(**node->as_integer())
                                         : **node->as_floating_point());
        break;
      case Kind::kPath:
        if (!node->is_string()) fail(key, "wants a text in quotes");
        accept(entry, is_path(entry.spec, **node->as_string())
                          ? (folder / std::filesystem::path(**node->as_string())).string()
                          : **node->as_string());
        break;
      case Kind::kText:
        if (!node->is_string()) fail(key, "wants a text in quotes");
        accept(entry, **node->as_string());
    }
  }
}

std::string Options::toml() const {
  std::string result;
  std::string group;
  for (const Entry& entry : entries_) {
    if (!entry.spec.in_toml || !entry.value) continue;
    if (entry.spec.group != group) {
      group = entry.spec.group;
      result += fmt::format("{}# {}\n", result.empty() ? "" : "\n", group);
    }
    std::string value;
    if (const auto* text = std::get_if<std::string>(&*entry.value)) {
      value = toml_text(is_path(entry.spec, *text) ? absolute(*text) : *text);
    } else {
      value = std::visit([](const auto& v) { return fmt::format("{}", v); }, *entry.value);
    }
    result += fmt::format("{} = {}\n", entry.spec.name, value);
  }
  try {
    static_cast<void>(toml::parse(result));
  } catch (const toml::parse_error&) {
    throw UsageError("a path is not UTF-8, so config.toml cannot hold it; rename the file");
  }
  return result;
}

}  // namespace unroll::app
