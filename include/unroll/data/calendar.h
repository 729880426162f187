#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#pragma GCC visibility push(default)

namespace unroll {

// Seconds from 1970-01-01T00:00 to a date of the Gregorian calendar, in UTC where the text says how
// far it is from it, else without time zones. The forms are those that mean one date by themselves:
//   YYYY  YYYY-MM  YYYY-MM-DD  YYYY/MM/DD  YYYY.MM.DD  YYYYMMDD  DD.MM.YYYY
//   2024Q1  2024 Q1  2024-Q1  2024-W09  2024-W09-4  Feb 2024  2024 Feb  29 Feb 2024  Feb 29, 2024
// with or without leading zeros, months' names short or long, and, after a day (not YYYYMMDD) and a
// T or a blank, HH:MM, HH:MM:SS or HH:MM:SS.fff, with AM or PM or not, with Z, UTC or +01:00 or
// not. What is not said is the first: of the months, the days, the seconds. None for anything else
// (of 01/02/2024 a whole column has to say what it means: read_series()), and for dates and times
// that do not exist.
std::optional<std::int64_t> parse_date(std::string_view text);

struct CalendarTime {
  std::uint8_t month;    // 1 … 12
  std::uint8_t weekday;  // 0, Monday, … 6
  std::uint8_t hour;     // 0 … 23
};
CalendarTime calendar_time(std::int64_t seconds);

}  // namespace unroll

#pragma GCC visibility pop
