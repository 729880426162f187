#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#pragma GCC visibility push(default)

namespace unroll {

// Seconds from 1970-01-01T00:00 to a date of the Gregorian calendar, without time zones. The forms:
//   YYYY  YYYY-MM  YYYY-MM-DD  YYYY/MM/DD  YYYYMMDD
// and, after YYYY-MM-DD or YYYY/MM/DD and a T or a space, HH:MM or HH:MM:SS, with or without a Z.
// What is not said is the first: of the months, the days, the seconds. None for anything else, and
// for dates and times that do not exist.
std::optional<std::int64_t> parse_date(std::string_view text);

struct CalendarTime {
  std::uint8_t month;    // 1 … 12
  std::uint8_t weekday;  // 0, Monday, … 6
  std::uint8_t hour;     // 0 … 23
};
CalendarTime calendar_time(std::int64_t seconds);

}  // namespace unroll

#pragma GCC visibility pop
