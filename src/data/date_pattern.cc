#include "data/date_pattern.h"

#include <chrono>
#include <cstddef>

#include "data/date_token.h"
#include "data/number.h"

namespace unroll::detail {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view kNumeric = "YGymdqVuHIMSf";
constexpr std::string_view kOther = "bBpzsQ%";
constexpr std::string_view kYears = "YyGsQ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_numeric(char directive) {
  return directive != 0 && kNumeric.find(directive) != kNumeric.npos;
}

// Cuts a number of `least` to `most` digits off; -1 where there is none.
int take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int number = 0;
  while (count < most && count < text.size() && is_digit(text[count])) {
    number = 10 * number + (text[count++] - '0');
  }
  if (count < least) return -1;
  text.remove_prefix(count);
  return number;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (!equal_ignoring_case(text.substr(0, word.size()), word)) return false;
  text.remove_prefix(word.size());
  return true;
}

int take_month(std::string_view& text) {
  for (std::size_t m = 0; m < kMonths.size(); ++m) {
    if (take_word(text, kMonths[m]) || take_word(text, kMonths[m].substr(0, kShortName))) {
      return static_cast<int>(m) + 1;
    }
  }
  return -1;
}

// Z, UTC, +01, +0100 or +01:00.
bool take_offset(std::string_view& text, std::optional<int>& offset) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (take_word(text, "Z") || take_word(text, "UTC")) {
    offset = 0;
    return true;
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = take_digits(text, 2, 2);
  const bool colon = text.starts_with(':');
  if (colon) text.remove_prefix(1);
  const int minutes = colon || (!text.empty() && is_digit(text[0])) ? take_digits(text, 2, 2) : 0;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  offset = sign * (hours * 60 + minutes) * 60;
  return true;
}

// Digits after the point, as microseconds.
int take_fraction(std::string_view& text) {
  constexpr std::size_t kDigits = 6, kMost = 9;
  int number = 0;
  std::size_t count = 0;
  for (; count < kMost && count < text.size() && is_digit(text[count]); ++count) {
    if (count < kDigits) number = 10 * number + (text[count] - '0');
  }
  if (count == 0) return -1;
  for (std::size_t i = count; i < kDigits; ++i) number *= 10;
  text.remove_prefix(count);
  return number;
}

// The number that a directive stands for; `fixed`: the next one follows without anything between.
int take_number(char directive, bool fixed, std::string_view& text) {
  switch (directive) {
    case 'Y':
    case 'G':
      return take_digits(text, 4, 4);
    case 'q':
    case 'u':
      return take_digits(text, 1, 1);
    case 'f':
      return take_fraction(text);
    case 'y':
    case 'M':
    case 'S':
      return take_digits(text, 2, 2);
    default:
      return take_digits(text, fixed ? 2 : 1, 2);
  }
}

bool store(char directive, int number, DateFields& f) {
  const auto within = [&](int least, int most) { return number >= least && number <= most; };
  switch (directive) {
    case 'Y':
    case 'G':
      f.year = number;
      return within(0, 9999);
    case 'y':
      f.year = number + (number < 69 ? 2000 : 1900);
      return within(0, 99);
    case 'm':
      f.month = number;
      return within(1, 12);
    case 'd':
      f.day = number;
      return within(1, 31);
    case 'q':
      f.month = 3 * number - 2;
      return within(1, 4);
    case 'V':
      f.week = number;
      return within(1, 53);
    case 'u':
      f.weekday = number;
      return within(1, 7);
    case 'H':
      f.hour = number;
      return within(0, 23);
    case 'I':
      f.hour = number % 12;
      return within(1, 12);
    case 'M':
      f.minute = number;
      return within(0, 59);
    case 'S':
      f.second = number;
      return within(0, 59);
    default:
      f.microsecond = number;
      return number >= 0;
  }
}

// Seconds or milliseconds since 1970, in the years 0 to 9999.
bool take_epoch(char directive, std::string_view& text, std::optional<std::int64_t>& time) {
  constexpr std::int64_t kFirst = -62'167'219'200, kLast = 253'402'300'799;
  constexpr std::size_t kMost = 15;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::size_t count = 0;
  std::int64_t number = 0;
  while (count < kMost && count < text.size() && is_digit(text[count])) {
    number = 10 * number + (text[count++] - '0');
  }
  text.remove_prefix(count);
  if (negative) number = -number;
  const std::int64_t parts = directive == 's' ? 1 : 1000;
  if (count == 0 || number < kFirst * parts || number > kLast * parts) return false;
  time = number * (kSecond / parts);
  return true;
}

bool take_directive(char directive, bool fixed, std::string_view& text, DateFields& fields) {
  if (is_numeric(directive)) {
    return store(directive, take_number(directive, fixed, text), fields);
  }
  if (directive == 'p') {
    fields.afternoon = take_word(text, "PM");
    return *fields.afternoon || take_word(text, "AM");
  }
  if (directive == 's' || directive == 'Q') {
    return take_epoch(directive, text, fields.since_epoch);
  }
  if (directive == 'z') return take_offset(text, fields.offset);
  fields.month = take_month(text);
  return fields.month > 0;
}

}  // namespace

const char* pattern_problem(std::string_view pattern) {
  bool has_year = false;
  while (!pattern.empty()) {
    const Token token = take_token(pattern);
    if (token.directive == 0) continue;
    if (!is_numeric(token.directive) && kOther.find(token.directive) == kOther.npos) {
      return "has a % that stands for nothing; wanted those of %Y %y %m %d %b %q %G %V %u %H %I %p "
             "%M %S %f %z %s %Q";
    }
    has_year = has_year || kYears.find(token.directive) != kYears.npos;
  }
  return has_year ? nullptr : "has no year (%Y, %y, %G, %s or %Q)";
}

bool take_date(std::string_view pattern, std::string_view& text, DateFields& fields) {
  bool after_number = false;
  while (!pattern.empty()) {
    const Token token = take_token(pattern);
    if (token.literal == ' ') {
      while (text.starts_with(' ')) text.remove_prefix(1);
    } else if (token.literal != 0) {
      if (!take_word(text, std::string_view(&token.literal, 1))) return false;
    } else {
      std::string_view rest = pattern;
      const bool fixed = after_number || (!rest.empty() && is_numeric(take_token(rest).directive));
      if (!take_directive(token.directive, fixed, text, fields)) return false;
    }
    after_number = is_numeric(token.directive);
  }
  return true;
}

std::optional<WallTime> wall_time(const DateFields& f) {
  if (f.since_epoch) return WallTime{*f.since_epoch + f.microsecond, 0};
  const std::chrono::year year(f.year);
  sys_days day;
  if (f.week > 0) {
    day = first_monday(year) + days(7 * (f.week - 1) + f.weekday - 1);
    if (iso_year(day) != year) return std::nullopt;
  } else {
    const std::chrono::year_month_day date(year, std::chrono::month(static_cast<unsigned>(f.month)),
                                           std::chrono::day(static_cast<unsigned>(f.day)));
    if (!date.ok()) return std::nullopt;
    day = sys_days(date);
  }
  const int hour = f.hour + (f.afternoon.value_or(false) ? 12 : 0);
  if (hour > 23) return std::nullopt;  // 13:00 PM
  const std::int64_t seconds = (std::int64_t{hour} * 60 + f.minute) * 60 + f.second;
  return WallTime{day.time_since_epoch().count() * kDay + seconds * kSecond + f.microsecond,
                  f.offset};
}

std::optional<WallTime> read_date(std::string_view pattern, std::string_view text) {
  DateFields fields;
  text = trim(text);
  if (!take_date(pattern, text, fields) || !text.empty()) return std::nullopt;
  return wall_time(fields);
}

}  // namespace unroll::detail
