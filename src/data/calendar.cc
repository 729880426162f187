#include "unroll/data/calendar.h"

#include <chrono>
#include <cstddef>

#include "data/number.h"

namespace unroll {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;

// Cuts a number of exactly `digits` digits off `text`; -1 where there is none.
int take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return -1;
    number = 10 * number + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// The seconds since midnight that HH:MM or HH:MM:SS says.
std::optional<int> parse_time(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  int second = 0;
  if (!text.empty()) {
    if (!take(text, ':')) return std::nullopt;
    second = take_digits(text, 2);
    if (second < 0 || second > 59) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return (hour * 60 + minute) * 60 + second;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  text = detail::trim(text);
  const bool compact = text.size() == 8;
  const int year = take_digits(text, 4);
  if (year < 0) return std::nullopt;
  int month = 1;
  int day = 1;
  bool whole = false;  // with a day and separators: a time may follow
  if (compact && text.find_first_of("-/") == text.npos) {
    month = take_digits(text, 2);
    day = take_digits(text, 2);
  } else if (!text.empty()) {
    const char separator = text[0];
    if (separator != '-' && separator != '/') return std::nullopt;
    text.remove_prefix(1);
    month = take_digits(text, 2);
    if (month < 0) return std::nullopt;
    if (text.empty() && separator == '/') return std::nullopt;
    if (!text.empty()) {
      if (!take(text, separator)) return std::nullopt;
      day = take_digits(text, 2);
      whole = true;
    }
  }
  if (month < 0 || day < 0) return std::nullopt;
  int second = 0;
  if (!text.empty()) {
    if (!whole || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
    const auto time = parse_time(text);
    if (!time) return std::nullopt;
    second = *time;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return seconds(sys_days(date).time_since_epoch()).count() + second;
}

CalendarTime calendar_time(std::int64_t since_epoch) {
  const auto time = std::chrono::sys_seconds(seconds(since_epoch));
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const auto weekday = std::chrono::weekday(midnight).iso_encoding() - 1;
  const auto hour = std::chrono::duration_cast<std::chrono::hours>(time - midnight).count();
  return {static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
          static_cast<std::uint8_t>(weekday), static_cast<std::uint8_t>(hour)};
}

}  // namespace unroll
