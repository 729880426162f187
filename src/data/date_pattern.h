#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unroll::detail {

// A time as a clock on the wall shows it: microseconds from 1970-01-01T00:00, and seconds east of
// UTC where the text says them.
struct WallTime {
  std::int64_t microseconds = 0;
  std::optional<int> offset = {};
};

inline constexpr std::int64_t kSecond = 1'000'000;  // microseconds
inline constexpr std::int64_t kDay = 86400 * kSecond;

// What a text says of a time; what it does not say is the first.
struct DateFields {
  int year = 1970, month = 1, day = 1;
  int week = 0, weekday = 1;  // of an ISO week, 0: none; Monday is 1
  int hour = 0, minute = 0, second = 0, microsecond = 0;
  std::optional<bool> afternoon = {};
  std::optional<int> offset = {};
  std::optional<std::int64_t> since_epoch = {};  // microseconds, which say all but a fraction
};

// Patterns are those of strptime:
//   %Y 2024  %y 24 (1969 … 2068)  %m month  %d day  %b or %B month's English name, short or long
//   %q quarter  %G %V %u ISO year, week and day of the week
//   %H hour  %I %p hour and AM or PM  %M minute  %S second  %f fraction of a second
//   %s seconds, %Q milliseconds since 1970-01-01T00:00 in UTC
//   %z Z, UTC, +01:00 or +0100  %% a percent sign
// %-d and the like are written without a leading zero; both are read. A blank stands for any number
// of them. Names are read in capitals or not.

// What is wrong with a pattern; null for none.
const char* pattern_problem(std::string_view pattern);
// Cuts off the beginning of `text` what the pattern describes; false where it does not fit.
bool take_date(std::string_view pattern, std::string_view& text, DateFields& fields);
// Whether the pattern describes all of the text; none for times that do not exist.
std::optional<WallTime> read_date(std::string_view pattern, std::string_view text);
std::optional<WallTime> wall_time(const DateFields& fields);
std::string write_date(std::string_view pattern, const WallTime& time);

}  // namespace unroll::detail
