#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/readers/csv_table.h"
#include "unroll/data/series.h"

namespace unroll::detail {

// The column that is called as times are, or whose first cell is a date. `table` stands at its
// first row.
std::optional<std::size_t> find_time_column(const CsvTable& table, const std::string& time_format);

// The texts of a column of times, and where they stand.
struct TimeColumn {
  std::size_t index = 0;
  std::vector<std::string> texts = {};
  std::vector<std::uint64_t> lines = {};

  void read(const CsvTable& table);
};

// Fills in what `out` says of its times. The rows that the file has newest first are put in order,
// values too. Throws FormatError.
void read_times(const CsvTable& table, TimeColumn column, const SeriesReaderOptions& options,
                Series& out);

// Whether a time stands twice.
bool has_repeated_times(const TimeColumn& column);

// Gives steps that are absent rows with missing values.
void insert_missing_steps(Series& series);

}  // namespace unroll::detail
