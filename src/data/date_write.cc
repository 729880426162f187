#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/date_pattern.h"
#include "data/date_token.h"

namespace unroll::detail {
namespace {

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

std::string write_date(std::string_view pattern, const WallTime& time) {
  const std::chrono::sys_time<std::chrono::microseconds> at{
      std::chrono::microseconds(time.microseconds)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::int64_t since = (at - day).count(), seconds = since / kSecond;
  const auto date = std::chrono::year_month_day(day);
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
      case 's':
        text +=
            std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
        break;
      case 'Q':
        text += std::to_string(
            std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count());
        break;
      default:  // z
        text += offset_text(time.offset.value_or(0));
    }
  }
  return text;
}

}  // namespace unroll::detail
