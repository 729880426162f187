#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// How far apart the steps of a series are.
enum class Frequency : std::uint8_t {
  kYearly,
  kQuarterly,
  kMonthly,
  kWeekly,
  kDaily,
  kHourly,
  kOther,
};

// "yearly", "quarterly", "monthly", "weekly", "daily", "hourly" or "other".
std::string_view frequency_name(Frequency frequency);

// Numbers over time: T steps of C columns.
struct Series {
  std::string source = {};                     // the file, for messages
  std::vector<std::string> column_names = {};  // (C); "column 2" where the file has no header
  std::vector<double> values = {};             // (T, C); NaN where a value is missing

  // Empty without a column of times.
  std::string time_name = {};           // of the column
  std::vector<std::string> dates = {};  // (T), as in the file
  // Empty where the times are no dates but numbers.
  std::vector<std::int64_t> seconds = {};   // (T), from 1970-01-01T00:00
  std::vector<std::uint8_t> months = {};    // (T), 1 … 12
  std::vector<std::uint8_t> weekdays = {};  // (T), 0 (Monday) … 6
  std::vector<std::uint8_t> hours = {};     // (T), 0 … 23
  std::int64_t spacing = 0;                 // seconds from step to step, the median; 0: unknown
  Frequency frequency = Frequency::kOther;  // what the spacing looks like

  std::size_t columns() const { return column_names.size(); }                           // C
  std::size_t steps() const { return columns() == 0 ? 0 : values.size() / columns(); }  // T
};

struct SeriesReaderOptions {
  // By name, or by number from 1 (without a header "column 2" too), in this order; empty: all but
  // the one of the times.
  std::vector<std::string> columns = {};
  // The same; "" for none. Not given: the column called date, datetime, timestamp, time, day, week,
  // month, year or step, in this order; else the first one whose first cell is a date. Bare digits
  // are a date in the first of several columns only, and as years from 1500 to 2200.
  std::optional<std::string> time_column = {};
  std::optional<bool> header = {};  // detected as in read_sequences()
  char delimiter = 0;               // detected: , ; tab or |
};

// Reads a CSV file with one row a step, decompressed where its name ends in .gz. Times are numbers
// or dates (YYYY, YYYY-MM, YYYY-MM-DD, YYYY/MM/DD, YYYYMMDD, the last three but one with THH:MM or
// THH:MM:SS, a space in place of the T, a Z at the end or not) and rise strictly. Throws FileError;
// FormatError, naming file, line and column; ValueError for options that contradict each other.
Series read_series(const std::string& path, const SeriesReaderOptions& options = {});

}  // namespace unroll

#pragma GCC visibility pop
