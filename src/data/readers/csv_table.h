#pragma once

#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/line_reader.h"
#include "data/number.h"
#include "unroll/data/table_format.h"

namespace unroll::detail {

// The cells of a row, one after the other.
struct CsvRow {
  std::string text = {};
  std::vector<std::size_t> ends = {};  // in text
  std::uint64_t line = 0;              // where it begins

  std::size_t size() const { return ends.size(); }
  std::string_view cell(std::size_t column) const {
    const std::size_t begin = column == 0 ? 0 : ends[column - 1];
    return std::string_view(text).substr(begin, ends[column] - begin);
  }
};

// The rows of a CSV file (RFC 4180, with any of the delimiters , ; tab |), one at a time. All have
// as many cells as the first one; empty lines are passed over, and so are empty cells at the end of
// every row. A first line "sep=;" names the delimiter, as spreadsheets write it.
class CsvTable {
 public:
  // Reads the first row and makes it the current one. Throws FormatError, as next() does, also
  // where there is no row.
  CsvTable(LineReader& lines, const TableFormat& format);
  CsvTable(LineReader& lines, char delimiter) : CsvTable(lines, TableFormat{delimiter}) {}
  CsvTable(const CsvTable&) = delete;
  CsvTable& operator=(const CsvTable&) = delete;

  // Makes the current row the names of the columns.
  void take_header();
  bool has_header() const { return !names_.empty(); }
  // Makes the current row come again with the next next().
  void hold() { held_ = true; }
  // Throws FormatError for a row of another number of cells and for wrong quotes.
  bool next();
  // The rows that follow the current one: some of them, enough to see what they are.
  const std::deque<CsvRow>& ahead();

  std::size_t columns() const { return columns_; }
  char delimiter() const { return static_cast<char>(parser_.delim_char); }
  // Of the current row; without white space at the ends, unless it is in quotes.
  std::string_view cell(std::size_t column) const { return row_.cell(column); }
  // NaN for a missing value. Throws FormatError where the cell is no number.
  double number(std::size_t column) const;
  // The same of any cell, without an exception.
  Number parse(std::string_view cell) const;
  // Whether the cell is no number, but one with a decimal comma.
  bool reads_decimal_comma(std::string_view cell) const;
  std::uint64_t line() const { return row_.line; }  // where the current row begins
  const std::string& file() const { return lines_.name(); }

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
  struct Parser : csv_parser {
    Parser() : csv_parser() { csv_init(this, CSV_STRICT); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() { csv_free(this); }
  };

  std::string_view first_line();
  bool is_blank(std::string_view line) const;
  void add_cell(const void* bytes, std::size_t count);
  void parse_line(std::string_view line);
  bool read_row(CsvRow& row);
  // Without the white space at its ends and with one space for any white space outside quotes.
  std::string_view single_spaced(std::string_view line);
  void drop_empty_columns();
  void name_row_names();
  void drop_trailing_cells(CsvRow& row) const;

  LineReader& lines_;
  TableFormat format_;
  Parser parser_;
  CsvRow row_;                // the current one
  std::deque<CsvRow> ahead_;  // those after it, as far as they are read
  bool looked_ahead_ = false;
  CsvRow* filled_ = nullptr;      // the one that is being read
  std::string spaced_;            // a line that single_spaced() has changed
  std::exception_ptr exception_;  // of a callback, which must not throw through C
  std::size_t row_bytes_ = 0;
  bool row_ended_ = false;
  bool held_ = false;
  std::size_t columns_ = 0;
  std::vector<double> missing_numbers_;  // of format_.missing_values
  std::vector<std::string> names_;
};

// Whether text names a column by its number.
bool is_column_number(std::string_view text);

}  // namespace unroll::detail
