#pragma once

#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/line_reader.h"

namespace unroll::detail {

// The rows of a CSV file (RFC 4180, with any of the delimiters , ; tab |), one at a time. All have
// as many cells as the first one; empty lines are passed over.
class CsvTable {
 public:
  // Reads the first row and makes it the current one. `delimiter` 0: that of , ; tab | which the
  // first line has most often outside quotes, the first of these on a tie. Throws FormatError, as
  // next() does, also where there is no row.
  CsvTable(LineReader& lines, char delimiter);
  CsvTable(const CsvTable&) = delete;
  CsvTable& operator=(const CsvTable&) = delete;

  // Makes the current row the names of the columns.
  void take_header();
  bool has_header() const { return !names_.empty(); }
  // Makes the current row come again with the next next().
  void hold() { held_ = true; }
  // Throws FormatError for a row of another number of cells and for wrong quotes.
  bool next();

  std::size_t columns() const { return columns_; }
  char delimiter() const { return static_cast<char>(parser_.delim_char); }
  // Of the current row; without white space at the ends, unless it is in quotes.
  std::string_view cell(std::size_t column) const;
  // NaN for a missing value. Throws FormatError where the cell is no number.
  double number(std::size_t column) const;
  std::uint64_t line() const { return row_line_; }  // where the current row begins
  const std::string& file() const { return lines_.name(); }

  const std::string& name(std::size_t column) const { return names_[column]; }
  std::string label(std::size_t column) const;  // "column 3 ('x')"
  // The column of a name in any case; none where no header has it.
  std::optional<std::size_t> find(std::string_view name) const;
  // The column of a name, or else of a number from 1. Throws FormatError where there is none, or
  // more than one.
  std::size_t column(const std::string& name_or_number) const;

  [[noreturn]] void fail(const std::string& what) const;  // in the current row
  [[noreturn]] void fail(std::size_t column, const std::string& what) const;

 private:
  struct Parser : csv_parser {
    Parser() : csv_parser() { csv_init(this, CSV_STRICT); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() { csv_free(this); }
  };

  bool is_blank(std::string_view line) const;
  void add_cell(const void* bytes, std::size_t count);
  void parse_line(std::string_view line);
  bool read_row();

  LineReader& lines_;
  Parser parser_;
  std::string text_;               // the cells of the current row, one after the other
  std::vector<std::size_t> ends_;  // in text_
  std::exception_ptr exception_;   // of a callback, which must not throw through C
  std::uint64_t row_line_ = 0;
  std::size_t row_bytes_ = 0;
  bool row_ended_ = false;
  bool held_ = false;
  std::size_t columns_ = 0;
  std::vector<std::string> names_;
};

// Whether text names a column by its number.
bool is_column_number(std::string_view text);

}  // namespace unroll::detail
