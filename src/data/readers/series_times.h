#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/readers/csv_table.h"
#include "unroll/data/series.h"

namespace unroll::detail {

// The column, of those that are not excluded, that is called as times are, or whose first cell is a
// date. `table` stands at its first row.
std::optional<std::size_t> find_time_column(const CsvTable& table,
                                            const std::vector<bool>& excluded,
                                            const std::string& time_format);

// The texts of a column of times, or of several with blanks between, and where they stand.
struct TimeColumn {
  std::vector<std::size_t> columns = {};
  std::vector<std::string> texts = {};
  std::vector<std::uint64_t> lines = {};

  void read(const CsvTable& table);
};

// What these texts mean, in the order of the file.
struct Times {
  std::vector<std::int64_t> dates = {};  // (T) microseconds, or none where times are numbers
  std::vector<double> numbers = {};      // (T), or none
  std::string format = {};               // see Series
  std::optional<int> utc_offset = {};

  bool rise() const;
  bool fall() const;
};

// Throws FormatError.
Times read_times(const CsvTable& table, const TimeColumn& column,
                 const SeriesReaderOptions& options);

// Whether a time stands twice.
bool has_repeated_times(const TimeColumn& column);

// Fills in what `out` says of its times. Rows that the file has newest first are put in order,
// values too. Throws FormatError for any other order.
void set_times(const CsvTable& table, TimeColumn column, Times times, const TimeStep& usual_step,
               Series& out);

// Gives steps that are absent rows with missing values.
void insert_missing_steps(Series& series);

}  // namespace unroll::detail
