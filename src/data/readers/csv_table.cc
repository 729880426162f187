#include "data/readers/csv_table.h"

#include <algorithm>
#include <charconv>
#include <new>

#include "data/number.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";
// libcsv grows its cell by so much; its default, 128 bytes, is slow for long cells.
constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

// A carriage return ends no row: LineReader has seen to line ends.
int is_row_end(unsigned char byte) { return byte == '\n' ? 1 : 0; }

char most_frequent_delimiter(std::string_view line) {
  std::size_t counts[kDelimiters.size()] = {};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t which = kDelimiters.find(c);
    if (!quoted && which != kDelimiters.npos) ++counts[which];
  }
  return kDelimiters[static_cast<std::size_t>(
      std::max_element(std::begin(counts), std::end(counts)) - std::begin(counts))];
}

}  // namespace

bool is_column_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

CsvTable::CsvTable(LineReader& lines, char delimiter) : lines_(lines) {
  csv_set_term_func(&parser_, is_row_end);
  csv_set_blk_size(&parser_, kBlockBytes);
  std::string_view line;
  do {
    if (!lines_.next(line))
      throw FormatError(file() + ": has empty lines alone; wanted the rows of a table");
  } while (trim(line).empty());
  if (delimiter == 0) delimiter = most_frequent_delimiter(line);
  csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
  row_line_ = lines_.line();
  parse_line(line);
  if (!row_ended_) read_row();
  columns_ = ends_.size();
}

// libcsv makes no row of it.
bool CsvTable::is_blank(std::string_view line) const {
  return std::all_of(line.begin(), line.end(), [&](char c) {
    return (c == ' ' || c == '\t') && static_cast<unsigned char>(c) != parser_.delim_char;
  });
}

void CsvTable::add_cell(const void* bytes, std::size_t count) {
  if (exception_) return;
  try {
    if (count > 0) text_.append(static_cast<const char*>(bytes), count);
    ends_.push_back(text_.size());
  } catch (...) {
    exception_ = std::current_exception();
  }
}

void CsvTable::parse_line(std::string_view line) {
  const auto on_cell = [](void* bytes, std::size_t count, void* table) {
    static_cast<CsvTable*>(table)->add_cell(bytes, count);
  };
  const auto on_row = [](int, void* table) { static_cast<CsvTable*>(table)->row_ended_ = true; };
  row_bytes_ += line.size() + 1;
  if (row_bytes_ > LineReader::kMaxLineBytes) {
    lines_.fail("a quoted cell of the row that begins in line " + std::to_string(row_line_) +
                " does not end within " + std::to_string(LineReader::kMaxLineBytes) + " bytes");
  }
  const std::size_t parsed = csv_parse(&parser_, line.data(), line.size(), on_cell, on_row, this);
  if (parsed == line.size()) csv_parse(&parser_, "\n", 1, on_cell, on_row, this);
  if (exception_) std::rethrow_exception(exception_);
  if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
  if (parsed != line.size()) {
    lines_.fail_at(
        line.data() + parsed,
        "a quote inside a cell; put the whole cell in quotes and write \"\" for a quote");
  }
}

// Feeds lines until a row is complete; one line may hold a part of a row, but never two.
bool CsvTable::read_row() {
  const bool begun = row_bytes_ > 0;
  std::string_view line;
  while (lines_.next(line)) {
    if (row_bytes_ == 0) {
      if (is_blank(line)) continue;
      row_line_ = lines_.line();
    }
    parse_line(line);
    if (row_ended_) return true;
  }
  if (begun || row_bytes_ > 0) {
    throw FormatError(file() + ": line " + std::to_string(row_line_) +
                      ": a quoted cell of this row never ends");
  }
  return false;
}

void CsvTable::take_header() {
  names_.clear();
  for (std::size_t i = 0; i < columns_; ++i) names_.emplace_back(cell(i));
}

bool CsvTable::next() {
  if (held_) {
    held_ = false;
    return true;
  }
  text_.clear();
  ends_.clear();
  row_bytes_ = 0;
  row_ended_ = false;
  if (!read_row()) return false;
  if (ends_.size() != columns_) {
    fail("has " + counted(ends_.size(), "cell") + ", the first row has " +
         std::to_string(columns_) + "; short rows need empty cells at their end");
  }
  return true;
}

std::string_view CsvTable::cell(std::size_t column) const {
  const std::size_t begin = column == 0 ? 0 : ends_[column - 1];
  return std::string_view(text_).substr(begin, ends_[column] - begin);
}

double CsvTable::number(std::size_t column) const {
  const Number number = parse_number(cell(column));
  if (number.problem) fail(column, quote(cell(column)) + " " + number.problem);
  return number.value;
}

std::string CsvTable::label(std::size_t column) const {
  return "column " + std::to_string(column + 1) +
         (has_header() ? " (" + quote(names_[column]) + ")" : "");
}

std::optional<std::size_t> CsvTable::find(std::string_view name) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (equal_ignoring_case(trim(names_[i]), name)) return i;
  }
  return std::nullopt;
}

std::size_t CsvTable::column(const std::string& name_or_number) const {
  const auto found = std::find(names_.begin(), names_.end(), name_or_number);
  if (found != names_.end()) {
    if (std::find(found + 1, names_.end(), name_or_number) != names_.end()) {
      throw FormatError(file() + ": two columns are called " + quote(name_or_number) +
                        "; name it by its number, from 1");
    }
    return static_cast<std::size_t>(found - names_.begin());
  }
  if (is_column_number(name_or_number)) {
    std::size_t number = 0;
    std::from_chars(name_or_number.data(), name_or_number.data() + name_or_number.size(), number);
    if (number >= 1 && number <= columns_) return number - 1;
    throw FormatError(file() + ": has no column " + printable(name_or_number) +
                      "; its columns have the numbers 1 to " + std::to_string(columns_));
  }
  if (!has_header()) {
    throw FormatError(file() + ": has no column " + quote(name_or_number) +
                      ": the file has no header; name columns by their number, from 1");
  }
  constexpr std::size_t kShown = 20;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < std::min(kShown, columns_); ++i)
    known.push_back(printable(names_[i]));
  if (columns_ > kShown) known.emplace_back("...");
  throw FormatError(file() + ": " + unknown_name_message("column", name_or_number, known));
}

void CsvTable::fail(const std::string& what) const {
  throw FormatError(file() + ": line " + std::to_string(row_line_) + ": " + what);
}

void CsvTable::fail(std::size_t column, const std::string& what) const {
  throw FormatError(file() + ": line " + std::to_string(row_line_) + ", " + label(column) + ": " +
                    what);
}

}  // namespace unroll::detail
