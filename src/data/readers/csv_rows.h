#pragma once

#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "data/line_reader.h"
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

// The rows of a CSV file (RFC 4180), of any number of cells; empty lines are passed over. A first
// line "sep=;" names the delimiter, as spreadsheets write it.
class CsvRows {
 public:
  // Throws FormatError, as read() does, where there is no row.
  CsvRows(LineReader& lines, const TableFormat& format);
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  // Reads the next row; false at the end. Throws FormatError for wrong quotes.
  bool read(CsvRow& row);
  char delimiter() const { return static_cast<char>(parser_.delim_char); }

 private:
  struct Parser : csv_parser {
    Parser() : csv_parser() { csv_init(this, CSV_STRICT); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() { csv_free(this); }
  };

  std::string_view first_line();
  bool is_blank(std::string_view line) const;
  bool is_comment(std::string_view line) const {
    return !format_.comment.empty() && line.starts_with(format_.comment);
  }
  void add_cell(const void* bytes, std::size_t count);
  void parse_line(std::string_view line);
  // Without the white space at its ends and with one space for any white space outside quotes.
  std::string_view single_spaced(std::string_view line);

  LineReader& lines_;
  TableFormat format_;
  Parser parser_;
  std::string_view first_;  // the line that was looked at already, the reader's current one
  bool has_first_ = true;
  CsvRow* filled_ = nullptr;      // the row that is being read
  std::string spaced_;            // a line that single_spaced() has changed
  std::exception_ptr exception_;  // of a callback, which must not throw through C
  std::size_t row_bytes_ = 0;
  bool row_ended_ = false;
};

}  // namespace unroll::detail
