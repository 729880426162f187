#pragma once

#include "data/readers/csv_columns.h"
#include "data/readers/readers.h"

namespace unroll::detail {

// `table` stands before its first row of data.
void read_csv_wide(CsvTable& table, const CsvColumns& columns, std::size_t features_per_step,
                   Sequences& out);
void read_csv_long(CsvTable& table, const CsvColumns& columns, Sequences& out);

// A number of a step. Throws FormatError where it is none, saying what the column may be.
double csv_value(const CsvTable& table, std::size_t column);
// Throws FormatError where the current row has something else than a whole number in the column
// that is taken for the number of the row.
void check_csv_index(const CsvTable& table, const CsvColumns& columns);

// A cell that names something, such as a "label", without white space at its ends. Throws
// FormatError where it is empty.
std::string csv_name(const CsvTable& table, std::size_t column, const char* what);
// Throws FormatError where it is missing.
double csv_target(const CsvTable& table, std::size_t column);

}  // namespace unroll::detail
