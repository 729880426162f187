#pragma once

#include <vector>

#include "data/readers/series_columns.h"
#include "data/readers/series_times.h"
#include "unroll/data/series.h"

namespace unroll::detail {

// What each column of a table is.
struct SeriesColumns {
  TimeColumn time = {};
  std::vector<SeriesColumn> values = {};  // that are values, or are looked at

  bool has_times() const { return !time.columns.empty(); }
};

// Takes the header where there is one, and goes to the first row. Throws FormatError.
void begin_series(CsvTable& table, const SeriesReaderOptions& options, SeriesNotes& notes);

// Tells the columns apart as far as names and the first row do, where `table` stands. What a model
// has no use for is noted. Throws FormatError and ValueError.
SeriesColumns choose_columns(const CsvTable& table, const SeriesReaderOptions& options,
                             SeriesNotes& notes);

}  // namespace unroll::detail
