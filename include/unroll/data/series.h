#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/data/time_step.h"

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

// How a file was understood, to be said.
struct SeriesNotes {
  struct LeftOut {
    std::string name, why;
  };
  char delimiter = ',';
  bool header = false;
  std::vector<LeftOut> left_out = {};  // columns that are neither times nor values
  bool reversed = false;               // the file has the newest row first
  std::size_t inserted = 0;            // steps that the file lacks, with missing values
};

// Numbers over time: T steps of C columns.
struct Series {
  std::string source = {};                     // the file, for messages
  std::vector<std::string> column_names = {};  // (C); "column 2" where the file has no header
  std::vector<double> values = {};             // (T, C); NaN where a value is missing

  // Empty without a column of times.
  std::string time_name = {};           // of the column
  std::vector<std::string> dates = {};  // (T), as in the file
  double number_step = 0;               // of times that are numbers, where it is always the same
  // Empty where the times are no dates but numbers.
  std::vector<std::int64_t> times = {};     // (T), microseconds from 1970-01-01T00:00
  std::vector<std::int64_t> seconds = {};   // (T), the same in whole seconds
  std::vector<std::uint8_t> months = {};    // (T), 1 … 12
  std::vector<std::uint8_t> weekdays = {};  // (T), 0 (Monday) … 6
  std::vector<std::uint8_t> hours = {};     // (T), 0 … 23
  std::int64_t spacing = 0;                 // seconds from step to step, the median; 0: unknown
  Frequency frequency = Frequency::kOther;  // what the spacing looks like
  TimeStep step = {};
  std::string time_format = {};  // that the last times are written in; see SeriesReaderOptions
  std::optional<int> utc_offset = {};  // seconds east of UTC that are written with them
  SeriesNotes notes = {};

  std::size_t columns() const { return column_names.size(); }                           // C
  std::size_t steps() const { return columns() == 0 ? 0 : values.size() / columns(); }  // T
};

struct SeriesReaderOptions {
  // By name, or by number from 1 (without a header "column 2" too), in this order; empty: all but
  // the one of the times, those of text, an unnamed one that numbers the rows, and one that is
  // called id, unique_id, series_id, item_id, ticker or symbol and is the same in all rows.
  std::vector<std::string> columns = {};
  std::vector<std::string> ignored_columns = {};  // the same; not looked at
  // The same, or several with commas between, whose cells are read with blanks between; "" for
  // none. Not given: the column called date, datetime, timestamp, time, ds, day, week, month, year
  // or step, in this order; else the first one whose first cell is a date. Bare digits are a date
  // in the first of several columns only, and as years from 1500 to 2200.
  std::optional<std::string> time_column = {};
  // How dates are written, as strptime has it: %Y %y %m %d %b %q (quarter) %G %V %u (ISO week) %H
  // %I %p %M %S %f %z, %s and %Q (seconds and milliseconds since 1970). Empty: found
  // out.
  std::string time_format = {};
  // The same; taken where dates may be read in several ways, and this is one of them.
  std::string usual_time_format = {};
  // Of the training series; taken where all times of the file are whole steps of it apart, such as
  // the few days of a file that could be daily or Monday to Friday.
  TimeStep usual_step = {};
  std::optional<bool> header = {};  // detected as in read_sequences()
  char delimiter = 0;               // detected: , ; tab or |
  bool insert_missing = false;      // steps that are absent get rows with missing values
  // They come from a model: what it ignored may be absent.
  bool are_remembered = false;
};

// Reads a CSV file with one row a step, decompressed where its name ends in .gz. Times are numbers
// or dates, and rise strictly; where they all fall, the rows are taken in reverse. One reading has
// to fit all dates of the column: those of parse_date(), DD/MM/YYYY or MM/DD/YYYY (also with -), or
// time_format, which years of two digits need. Where all dates are as far from UTC, it is the clock
// on the wall that counts, else UTC. Throws FileError; FormatError, naming file, line and column,
// also for several series in one file; ValueError for options that contradict each other.
Series read_series(const std::string& path, const SeriesReaderOptions& options = {});

// The time of the step `ahead` (from 1) steps after the end, written as the file writes times: a
// date, or a number where times are numbers that are always as far apart. Empty where neither is
// known.
std::string time_after(const Series& series, std::size_t ahead);

}  // namespace unroll

#pragma GCC visibility pop
