#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/line_reader.h"
#include "data/number.h"
#include "data/readers/csv_rows.h"
#include "unroll/data/table_format.h"

namespace unroll::detail {

// The rows of a CSV file, one at a time: as many cells in each as in the first one, beside empty
// ones at the end.
class CsvTable {
 public:
  // Reads the first row and makes it the current one. Throws FormatError, as next() does, also
  // where there is no row.
  CsvTable(LineReader& lines, const TableFormat& format);
  CsvTable(LineReader& lines, char delimiter) : CsvTable(lines, TableFormat{delimiter}) {}
  CsvTable(const CsvTable&) = delete;
  CsvTable& operator=(const CsvTable&) = delete;

  // Columns at the end that are empty in the current row and in those ahead: every row ends with
  // delimiters.
  std::size_t empty_columns();
  // Drops that many columns at the end.
  void drop_columns(std::size_t count);
  // Makes the current row the names of the columns, and drops the empty ones at the end.
  void take_header();
  bool has_header() const { return !names_.empty(); }
  // Makes the current row come again with the next next().
  void hold() { held_ = true; }
  // Throws FormatError for a row of another number of cells and for wrong quotes.
  bool next();
  // The rows that follow the current one: some of them, enough to see what they are.
  const std::deque<CsvRow>& ahead();

  std::size_t columns() const { return columns_; }
  char delimiter() const { return rows_.delimiter(); }
  // Of the current row; without white space at the ends, unless it is in quotes.
  std::string_view cell(std::size_t column) const { return row_.cell(column); }
  // NaN for a missing value. Throws FormatError where the cell is no number.
  double number(std::size_t column) const;
  // The same of any cell, without an exception.
  Number parse(std::string_view cell) const;
  // Whether the cell is no number, but one with a decimal comma.
  bool reads_decimal_comma(std::string_view cell) const;
  std::uint64_t line() const { return row_.line; }  // where the current row begins
  const std::string& file() const { return file_; }

  const std::vector<std::string>& names() const { return names_; }
  const std::string& name(std::size_t column) const { return names_[column]; }
  std::string label(std::size_t column) const;  // "column 3 ('x')"
  // The column of a name in any case; none where no header has it.
  std::optional<std::size_t> find(std::string_view name) const;
  // The column of a name, or else of a number from 1. Throws FormatError where there is none, or
  // more than one.
  std::size_t column(const std::string& name_or_number) const;
  // The same, or nothing where there is none.
  std::optional<std::size_t> find_column(const std::string& name_or_number) const;

  [[noreturn]] void fail(const std::string& what) const;  // in the current row
  [[noreturn]] void fail(std::size_t column, const std::string& what) const;

 private:
  void name_row_names();
  void drop_trailing_cells(CsvRow& row) const;

  std::string file_;
  TableFormat format_;
  CsvRows rows_;
  CsvRow row_;                // the current one
  std::deque<CsvRow> ahead_;  // those after it, as far as they are read
  bool looked_ahead_ = false;
  bool held_ = false;
  std::size_t columns_ = 0;
  std::vector<double> missing_numbers_;  // of format_.missing_values
  std::vector<std::string> names_;
};

// Whether text names a column by its number.
bool is_column_number(std::string_view text);

}  // namespace unroll::detail
