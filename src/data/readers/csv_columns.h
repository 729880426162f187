#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/readers/csv_table.h"
#include "unroll/data/read_sequences.h"

namespace unroll::detail {

// What each column of a table of sequences is.
struct CsvColumns : TableColumns {
  std::optional<std::size_t> index = {};  // a column without a name, to be whole numbers alone
  std::vector<LeftOutColumn> left_out = {};
  std::vector<std::string> notes = {};
};

// Finds out whether the first row of `table` is a header, as SequenceReaderOptions says, takes it
// where it is one, and tells the columns apart. Throws FormatError and ValueError.
CsvColumns find_csv_columns(CsvTable& table, const SequenceReaderOptions& options);

// The columns as those of options.trained, by name, or by number where there are no names.
CsvColumns find_trained_columns(const CsvTable& table, const SequenceReaderOptions& options);
// Before that: drops columns that are empty, at the end, where the others are as many as in
// training.
void fit_trained_width(CsvTable& table, const SequenceReaderOptions& options);

// The columns by the rules of SequenceReaderOptions.
CsvColumns find_columns_by_rule(CsvTable& table, const SequenceReaderOptions& options);

// The column of labels, or of the one target, where nothing names it: the last one, or the first
// one of a file as UCR's archive has it, which `columns` then says. Throws FormatError where both
// are as likely.
std::size_t unnamed_target(CsvTable& table, TargetKind target, CsvColumns& columns);

// Whether a cell of the first row outside `excluded`, or all of its cells, are text: no number, no
// date and no missing value.
bool first_row_is_header(const CsvTable& table, const std::vector<bool>& excluded);

bool detect_csv_header(CsvTable& table, const SequenceReaderOptions& options);

// The names of columns of labels and of numbers that are to be predicted.
inline constexpr std::string_view kTargetNames[] = {"label", "class", "target", "y"};

}  // namespace unroll::detail
