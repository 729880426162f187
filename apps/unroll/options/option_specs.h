#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "options/options.h"

// Short ways to write the rows of a table of options.
namespace unroll::app {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kMaxCount = 1e15;  // exact in a double, below TOML's 2^63

inline OptionSpec path_option(const char* name, const char* group, const char* help) {
  return {.name = name, .kind = Kind::kPath, .group = group, .help = help};
}

inline OptionSpec text_option(const char* name, const char* group, const char* help,
                              const char* type) {
  return {.name = name, .group = group, .help = help, .type = type};
}

inline OptionSpec choice_option(const char* name, const char* group, const char* help,
                                std::optional<std::string> standard,
                                std::vector<std::string> choices) {
  OptionSpec spec = {
      .name = name, .group = group, .help = help, .choices = std::move(choices), .type = "NAME"};
  if (standard) spec.standard = *standard;
  return spec;
}

inline OptionSpec switch_option(const char* name, const char* group, const char* help,
                                bool standard) {
  return {.name = name, .kind = Kind::kSwitch, .group = group, .help = help, .standard = standard};
}

inline OptionSpec count_option(const char* name, const char* group, const char* help,
                               std::optional<std::uint64_t> standard, double low,
                               double high = kMaxCount) {
  OptionSpec spec = {.name = name, .kind = Kind::kCount, .group = group, .help = help};
  if (standard) spec.standard = *standard;
  spec.low = low, spec.high = high;
  return spec;
}

inline OptionSpec number_option(const char* name, const char* group, const char* help,
                                std::optional<double> standard, double low, double high,
                                bool low_open = false, bool high_open = false) {
  OptionSpec spec = {.name = name, .kind = Kind::kNumber, .group = group, .help = help};
  if (standard) spec.standard = *standard;
  spec.low = low, spec.high = high, spec.low_open = low_open, spec.high_open = high_open;
  return spec;
}

inline OptionSpec time_format_option(const char* group) {
  return text_option(
      "time_format", group,
      "how the dates of a series are written: such as %d/%m/%Y or %b-%y, as strptime "
      "has it, %q for quarters, %s or %Q for seconds or milliseconds since 1970; found "
      "out when not given",
      "FORMAT");
}

inline void append(std::vector<OptionSpec>& table, std::vector<OptionSpec> rows) {
  for (OptionSpec& row : rows) table.push_back(std::move(row));
}

}  // namespace unroll::app
