#pragma once

#include <cstddef>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// How the cells of a CSV file are written.
struct TableFormat {
  char delimiter = 0;  // 0: detected, of , ; tab and |; a space: any white space
  char decimal = '.';  // or ','
  // Cells that stand for a missing value, beside an empty one, NA, ? and NaN; a number stands for
  // all that are equal to it.
  std::vector<std::string> missing_values = {};
  std::size_t skip_rows = 0;  // lines before the table
  std::string comment = {};   // lines that begin so are left out; empty: none
};

}  // namespace unroll

#pragma GCC visibility pop
