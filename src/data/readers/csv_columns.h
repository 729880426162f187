#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "data/readers/csv_table.h"
#include "unroll/data/read_sequences.h"

namespace unroll::detail {

// What each column of a table of sequences is.
struct CsvColumns {
  bool is_long = false;  // a row a step, not a sequence
  std::optional<std::size_t> id, time;
  std::vector<std::size_t> targets;   // wanted
  std::vector<std::size_t> features;  // all that are nothing else
};

// Finds out whether the first row of `table` is a header, as SequenceReaderOptions says, takes it
// where it is one, and tells the columns apart. Throws FormatError and ValueError.
CsvColumns find_csv_columns(CsvTable& table, const SequenceReaderOptions& options);

// Whether a cell of the first row outside `excluded`, or all of its cells, are text: no number, no
// date and no missing value.
bool first_row_is_header(const CsvTable& table, const std::vector<bool>& excluded);

}  // namespace unroll::detail
