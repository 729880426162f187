#include "data/date_pattern.h"

#include <array>
#include <chrono>
#include <cstddef>

#include "data/number.h"

namespace unroll::detail {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::size_t kShortName = 3;
constexpr std::string_view kNumeric = "YGymdqVuHIMSf";
constexpr std::string_view kOther = "bBpz%";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One directive, or one character that stands for itself.
struct Token {
  char directive = 0, literal = 0;
  bool padded = true;
};

// Cuts it off; the pattern is not empty. A directive that is not known, or cut short, is '?'.
Token take_token(std::string_view& pattern) {
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

bool take_directive(char directive, bool fixed, std::string_view& text, DateFields& fields) {
  if (is_numeric(directive)) {
    return store(directive, take_number(directive, fixed, text), fields);
  }
  if (directive == 'p') {
    fields.afternoon = take_word(text, "PM");
    return *fields.afternoon || take_word(text, "AM");
  }
  if (directive == 'z') return take_offset(text, fields.offset);
  fields.month = take_month(text);
  return fields.month > 0;
}

// Monday of week 1 is the one of the week that holds the fourth of January (ISO 8601).
sys_days first_monday(std::chrono::year year) {
  const sys_days fourth(year / std::chrono::January / 4);
  return fourth - (std::chrono::weekday(fourth) - std::chrono::Monday);
}

std::chrono::year_month_day date_of(sys_days day) { return {day}; }

// The year that the Thursday of a day's week is in.
std::chrono::year iso_year(sys_days day) {
  return date_of(day - (std::chrono::weekday(day) - std::chrono::Monday) + days(3)).year();
}

void append_number(std::string& text, std::int64_t number, std::size_t digits) {
  const std::string plain = std::to_string(number);
  if (plain.size() < digits) text.append(digits - plain.size(), '0');
  text += plain;
}

std::string offset_text(int offset) {
  std::string text = offset < 0 ? "-" : "+";
  const int minutes = (offset < 0 ? -offset : offset) / 60;
  append_number(text, minutes / 60, 2);
  text += ':';
  append_number(text, minutes % 60, 2);
  return text;
}

}  // namespace

const char* pattern_problem(std::string_view pattern) {
  bool has_year = false;
  while (!pattern.empty()) {
    const Token token = take_token(pattern);
    if (token.directive == 0) continue;
    if (!is_numeric(token.directive) && kOther.find(token.directive) == kOther.npos) {
      return "has a % that stands for nothing; wanted those of %Y %y %m %d %b %q %G %V %u %H %I %p "
             "%M %S %f %z";
    }
    has_year =
        has_year || token.directive == 'Y' || token.directive == 'y' || token.directive == 'G';
  }
  return has_year ? nullptr : "has no year (%Y, %y or %G)";
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

std::string write_date(std::string_view pattern, const WallTime& time) {
  const std::chrono::sys_time<std::chrono::microseconds> at{
      std::chrono::microseconds(time.microseconds)};
  const auto day = std::chrono::floor<days>(at);
  const std::int64_t since = (at - day).count(), seconds = since / kSecond;
  const auto date = date_of(day);
  const auto month = static_cast<unsigned>(date.month());
  std::string text;
  while (!pattern.empty()) {
    const Token token = take_token(pattern);
    const auto number = [&](std::int64_t value, std::size_t digits = 2) {
      append_number(text, value, token.padded ? digits : 1);
    };
    switch (token.directive) {
      case 0:
        text += token.literal;
        break;
      case 'Y':
        number(static_cast<int>(date.year()), 4);
        break;
      case 'G':
        number(static_cast<int>(iso_year(day)), 4);
        break;
      case 'y':
        number(static_cast<int>(date.year()) % 100);
        break;
      case 'm':
        number(month);
        break;
      case 'd':
        number(static_cast<unsigned>(date.day()));
        break;
      case 'b':
      case 'B':
        text += kMonths[month - 1].substr(0, token.directive == 'b' ? kShortName : 9);
        break;
      case 'q':
        number((month - 1) / 3 + 1, 1);
        break;
      case 'V':
        number((day - first_monday(iso_year(day))).count() / 7 + 1);
        break;
      case 'u':
        number(std::chrono::weekday(day).iso_encoding(), 1);
        break;
      case 'H':
        number(seconds / 3600);
        break;
      case 'I':
        number((seconds / 3600 + 11) % 12 + 1);
        break;
      case 'p':
        text += seconds < 12 * 3600 ? "AM" : "PM";
        break;
      case 'M':
        number(seconds / 60 % 60);
        break;
      case 'S':
        number(seconds % 60);
        break;
      case 'f':
        number(since % kSecond, 6);
        break;
      default:  // z
        text += offset_text(time.offset.value_or(0));
    }
  }
  return text;
}

}  // namespace unroll::detail
