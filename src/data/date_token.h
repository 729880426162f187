#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

// What reading and writing dates by patterns share.
namespace unroll::detail {

inline constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::size_t kShortName = 3;

// One directive, or one character that stands for itself.
struct Token {
  char directive = 0, literal = 0;
  bool padded = true;
};

// Cuts it off; the pattern is not empty. A directive that is not known, or cut short, is '?'.
inline Token take_token(std::string_view& pattern) {
  Token token;
  if (pattern[0] != '%') {
    token.literal = pattern[0];
    pattern.remove_prefix(1);
    return token;
  }
  pattern.remove_prefix(1);
  if (pattern.starts_with('-')) {
    token.padded = false;
    pattern.remove_prefix(1);
  }
  token.directive = pattern.empty() ? '?' : pattern[0];
  if (!pattern.empty()) pattern.remove_prefix(1);
  if (token.directive == '%') token = {.literal = '%'};
  return token;
}

// Monday of week 1 is the one of the week that holds the fourth of January (ISO 8601).
inline std::chrono::sys_days first_monday(std::chrono::year year) {
  const std::chrono::sys_days fourth(year / std::chrono::January / 4);
  return fourth - (std::chrono::weekday(fourth) - std::chrono::Monday);
}

// The year that the Thursday of a day's week is in.
inline std::chrono::year iso_year(std::chrono::sys_days day) {
  const auto thursday =
      day - (std::chrono::weekday(day) - std::chrono::Monday) + std::chrono::days(3);
  return std::chrono::year_month_day(thursday).year();
}

}  // namespace unroll::detail
