#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// A CSV file with a header (RFC 4180, quoted cells with line ends included), read row by row. Every
// row has as many cells as the header; empty lines are passed over. All throw FormatError, naming
// file, line and column, and FileError.
class CsvFile {
 public:
  // Reads the header. `delimiter` 0: that of , ; tab | which the first line has most often.
  explicit CsvFile(const std::string& path, char delimiter = 0);
  ~CsvFile();

  const std::vector<std::string>& names() const;
  bool next();  // makes the next row the current one; false at the end
  // Of the current row, until the next one; without white space at the ends, unless in quotes.
  std::string_view cell(std::size_t column) const;
  double number(std::size_t column) const;  // NaN where it is empty, NA, ? or NaN

 private:
  struct UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace unroll

#pragma GCC visibility pop
