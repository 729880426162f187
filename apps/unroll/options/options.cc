#include "options/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "errors.h"
#include "unroll/core/suggest.h"

namespace unroll::app {
namespace {

template <class Number>
std::optional<Number> parse(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

std::string wanted(const OptionSpec& spec) {
  switch (spec.kind) {
    case Kind::kSwitch:
      return "true or false";
    case Kind::kCount:
      return fmt::format("a whole number from {} to {}", static_cast<std::uint64_t>(spec.low),
                         static_cast<std::uint64_t>(spec.high));
    case Kind::kNumber:
      if (std::isinf(spec.high)) {
        return fmt::format("a number {} {}", spec.low_open ? "above" : "of at least", spec.low);
      }
      return fmt::format("a number from {}{} to {}{}", spec.low, spec.low_open ? " (excluded)" : "",
                         spec.high, spec.high_open ? " (excluded)" : "");
    default:
      return "a text";
  }
}

std::string type_name(const OptionSpec& spec) {
  if (!spec.type.empty()) return spec.type;
  switch (spec.kind) {
    case Kind::kText:
      return "TEXT";
    case Kind::kPath:
      return "FILE";
    case Kind::kSwitch:
      return "";
    case Kind::kCount:
      return "N";
    case Kind::kNumber:
      return "X";
  }
  return "";
}

std::string value_text(const Value& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

}  // namespace

Options::Options(std::vector<OptionSpec> table) {
  for (OptionSpec& spec : table) {
    std::optional<Value> standard = spec.standard;
    entries_.push_back({.spec = std::move(spec), .value = std::move(standard)});
  }
}

void Options::declare(CommandLine& line) {
  for (Entry& entry : entries_) {
    const OptionSpec& spec = entry.spec;
    const bool is_switch = spec.kind == Kind::kSwitch;
    line.add({.name = flag(spec.name),
              .help = spec.help,
              .type = is_switch ? "" : type_name(spec),
              .group = spec.group,
              .standard = is_switch || !spec.standard ? "" : value_text(*spec.standard),
              .choices = spec.choices,
              .negatable = is_switch && spec.in_toml,
              .take = [&entry](const std::string& given) { entry.flag = given; }});
  }
}

void Options::read_flags() {
  for (Entry& entry : entries_) {
    if (!entry.flag) continue;
    const std::string& text = *entry.flag;
    entry.given = true;
    entry.written = text;
    switch (entry.spec.kind) {
      case Kind::kSwitch:
        accept(entry, text == "true");
        break;
      case Kind::kCount:
        if (const auto count = parse<std::uint64_t>(text)) {
          accept(entry, *count);
          break;
        }
        fail(entry.spec.name, "wants " + wanted(entry.spec));
      case Kind::kNumber:
        if (const auto number = parse<double>(text)) {
          accept(entry, *number);
          break;
        }
        fail(entry.spec.name, "wants " + wanted(entry.spec));
      default:
        accept(entry, text);
    }
  }
}

void Options::accept(Entry& entry, Value value) const {
  const OptionSpec& spec = entry.spec;
  bool good = true;
  if (const auto* count = std::get_if<std::uint64_t>(&value)) {
    good = *count >= static_cast<std::uint64_t>(spec.low) &&
           *count <= static_cast<std::uint64_t>(spec.high);
  } else if (const auto* number = std::get_if<double>(&value)) {
    good = std::isfinite(*number) && (spec.low_open ? *number > spec.low : *number >= spec.low) &&
           (spec.high_open ? *number < spec.high : *number <= spec.high);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (!spec.choices.empty() && spec.kind != Kind::kPath &&
        std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end()) {
      fail(spec.name, unknown_name_message(spec.name, *text, spec.choices));
    }
    if (spec.kind == Kind::kPath && text->empty())
      fail(spec.name, "wants a path, not an empty text");
  }
  if (!good) fail(spec.name, "wants " + wanted(spec));
  entry.value = std::move(value);
}

bool Options::knows(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.spec.name == name; });
}

std::optional<double> Options::optional_number(std::string_view name) const {
  return has(name) ? std::optional(number(name)) : std::nullopt;
}

std::optional<std::uint64_t> Options::optional_count(std::string_view name) const {
  return has(name) ? std::optional(count(name)) : std::nullopt;
}

bool Options::given_as_flag(std::string_view name) const {
  return entry(name).given && entry(name).source.empty();
}

std::vector<std::string> Options::given_flags() const {
  std::vector<std::string> flags;
  for (const Entry& entry : entries_) {
    if (entry.given && entry.source.empty()) flags.push_back(flag(entry.spec.name));
  }
  return flags;
}

std::string Options::where(std::string_view name) const {
  const Entry& found = entry(name);
  if (!found.given) return std::string(name);
  if (!found.source.empty()) return found.source + ": " + found.spec.name + " = " + found.written;
  if (found.spec.kind == Kind::kSwitch) {
    return found.written == "true" ? flag(name) : "--no" + flag(name).substr(1);
  }
  return flag(name) + " " + (found.written.empty() ? "''" : found.written);
}

void Options::fail(std::string_view name, const std::string& what) const {
  throw UsageError(where(name) + ": " + what);
}

std::string Options::flag(std::string_view name) {
  std::string result = "--";
  for (const char c : name) result += c == '_' ? '-' : c;
  return result;
}

const Options::Entry& Options::entry(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.spec.name == name) return entry;
  }
  throw std::logic_error("there is no option " + std::string(name));
}

Options::Entry& Options::entry(std::string_view name) {
  return const_cast<Entry&>(std::as_const(*this).entry(name));
}

}  // namespace unroll::app
