#pragma once

#include "data/readers/csv_columns.h"

namespace unroll::detail {

// Throws FormatError where a feature of a table to be learnt from counts the rows of the file, from
// any whole number: a model would learn the order of the file.
void refuse_row_numbers(const CsvColumns& columns, const Sequences& sequences);

}  // namespace unroll::detail
