#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/date_pattern.h"

namespace unroll::detail {

// One way to understand dates: patterns that may stand beside each other in a column.
struct DateReading {
  struct Form {
    std::string_view pattern;
    bool timed;  // a time may follow, after a T or a blank
  };
  std::vector<Form> forms;
  // A year of two digits has no century: what this reading says has to be asked for.
  bool lacks_century = false;
  // Whether a date alone may fit another reading too, with another meaning.
  bool has_rival = false;
};

const std::vector<DateReading>& date_readings();

// A time, and the pattern that it is written in.
struct WrittenTime {
  WallTime time;
  std::string pattern;
};
std::optional<WallTime> read_date(const DateReading& reading, std::string_view text);
std::optional<WrittenTime> read_written_date(const DateReading& reading, std::string_view text);

// Whether any reading makes a date of the text, and whether it is a time of the day alone.
bool is_date(std::string_view text);
bool is_clock(std::string_view text);

// Dates of a column.
struct ReadDates {
  std::vector<WallTime> times;
  std::string pattern;  // writes times as the last ones of the column are written
};

// What is wrong with a column of dates.
struct DateProblem {
  std::size_t row;
  std::string what;
};

// The dates of all texts in the one reading that fits them all. A `pattern` that is given decides;
// of several readings that fit, with different dates, the one that begins with `usual` is taken
// where there is one. Throws DateProblem.
ReadDates read_dates(std::span<const std::string> texts, std::string_view pattern,
                     std::string_view usual);

}  // namespace unroll::detail
