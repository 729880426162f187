#include "data/readers/csv_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <new>
#include <utility>

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
// What is looked at ahead: enough to tell labels from numbers.
constexpr std::size_t kAheadRows = 1000;
constexpr std::size_t kAheadBytes = std::size_t{1} << 20;

// A carriage return ends no row: LineReader has seen to line ends.
int is_row_end(unsigned char byte) { return byte == '\n' ? 1 : 0; }

// Of those that may be one: a decimal comma is none.
char most_frequent_delimiter(std::string_view line, char decimal) {
  std::size_t counts[kDelimiters.size()] = {};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t which = kDelimiters.find(c);
    if (!quoted && which != kDelimiters.npos && c != decimal) ++counts[which];
  }
  const auto most = std::max_element(std::begin(counts), std::end(counts));
  if (*most == 0 && decimal == ',') return ';';
  return kDelimiters[static_cast<std::size_t>(most - std::begin(counts))];
}

// X of a line "sep=X".
std::optional<char> named_delimiter(std::string_view line) {
  constexpr std::string_view kStart = "sep=";
  if (line.size() != kStart.size() + 1) return std::nullopt;
  if (!equal_ignoring_case(line.substr(0, kStart.size()), kStart)) return std::nullopt;
  return line.back();
}

}  // namespace

bool is_column_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

CsvTable::CsvTable(LineReader& lines, const TableFormat& format) : lines_(lines), format_(format) {
  csv_set_term_func(&parser_, is_row_end);
  csv_set_blk_size(&parser_, kBlockBytes);
  for (const std::string& missing : format_.missing_values) {
    const Number number = parse_number(missing);
    if (number.problem == nullptr) missing_numbers_.push_back(number.value);
  }
  lines_.end_at_carriage_returns();
  std::string_view line = first_line();
  if (const auto named = named_delimiter(line)) {
    if (format_.delimiter == 0) format_.delimiter = *named;
    line = first_line();
  }
  if (format_.delimiter == 0) {
    format_.delimiter = most_frequent_delimiter(line, format_.decimal);
  }
  csv_set_delim(&parser_, static_cast<unsigned char>(format_.delimiter));
  row_.line = lines_.line();
  filled_ = &row_;
  parse_line(line);
  if (!row_ended_) read_row(row_);
  columns_ = row_.size();
  drop_empty_columns();
  name_row_names();
}

// Every row ends with delimiters: these are no columns.
void CsvTable::drop_empty_columns() {
  const auto ends_empty = [&](const CsvRow& row) {
    return row.size() >= columns_ && trim(row.cell(columns_ - 1)).empty();
  };
  while (columns_ > 1 && ends_empty(row_) && !ahead().empty() &&
         std::all_of(ahead_.begin(), ahead_.end(), ends_empty)) {
    --columns_;
  }
  drop_trailing_cells(row_);
}

// A header of words with a cell less than all rows: R names its row names not at all.
void CsvTable::name_row_names() {
  for (std::size_t i = 0; i < columns_; ++i) {
    if (parse(row_.cell(i)).problem == nullptr) return;
  }
  const auto has_one_more = [&](const CsvRow& row) {
    return row.size() == columns_ + 1 && !trim(row.cell(columns_)).empty();
  };
  if (ahead().empty() || !std::all_of(ahead_.begin(), ahead_.end(), has_one_more)) return;
  row_.ends.insert(row_.ends.begin(), 0);
  ++columns_;
}

// The first that is not empty, after those to skip.
std::string_view CsvTable::first_line() {
  std::string_view line;
  do {
    if (!lines_.next(line)) {
      throw FormatError(file() + (lines_.line() <= format_.skip_rows
                                      ? ": has " + counted(lines_.line(), "line") + ", and " +
                                            std::to_string(format_.skip_rows) + " are to be skipped"
                                      : ": has empty lines alone; wanted the rows of a table"));
    }
  } while (lines_.line() <= format_.skip_rows || trim(line).empty());
  return line;
}

// libcsv makes no row of it.
bool CsvTable::is_blank(std::string_view line) const {
  return std::all_of(line.begin(), line.end(), [&](char c) {
    return (c == ' ' || c == '\t') &&
           (format_.delimiter == ' ' || static_cast<unsigned char>(c) != parser_.delim_char);
  });
}

std::string_view CsvTable::single_spaced(std::string_view line) {
  spaced_.clear();
  bool quoted = row_bytes_ > 0, spaces = false;
  for (const char c : line) {
    const bool space = !quoted && (c == ' ' || c == '\t');
    if (!space && spaces && !spaced_.empty()) spaced_ += ' ';
    spaces = space;
    if (c == '"') quoted = !quoted;
    if (!space) spaced_ += c;
  }
  return spaced_;
}

void CsvTable::add_cell(const void* bytes, std::size_t count) {
  if (exception_) return;
  try {
    if (count > 0) filled_->text.append(static_cast<const char*>(bytes), count);
    filled_->ends.push_back(filled_->text.size());
  } catch (...) {
    exception_ = std::current_exception();
  }
}

void CsvTable::parse_line(std::string_view line) {
  const auto on_cell = [](void* bytes, std::size_t count, void* table) {
    static_cast<CsvTable*>(table)->add_cell(bytes, count);
  };
  const auto on_row = [](int, void* table) { static_cast<CsvTable*>(table)->row_ended_ = true; };
  const std::string_view given = line;
  if (format_.delimiter == ' ') line = single_spaced(line);
  row_bytes_ += line.size() + 1;
  if (row_bytes_ > LineReader::kMaxLineBytes) {
    lines_.fail("a quoted cell of the row that begins in line " + std::to_string(filled_->line) +
                " does not end within " + std::to_string(LineReader::kMaxLineBytes) + " bytes");
  }
  const std::size_t parsed = csv_parse(&parser_, line.data(), line.size(), on_cell, on_row, this);
  if (parsed == line.size()) csv_parse(&parser_, "\n", 1, on_cell, on_row, this);
  if (exception_) std::rethrow_exception(exception_);
  if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
  if (parsed != line.size()) {
    const char* const what =
        "a quote inside a cell; put the whole cell in quotes and write \"\" for a quote";
    if (line.data() != given.data()) lines_.fail(what);
    lines_.fail_at(line.data() + parsed, what);
  }
}

// Feeds lines until a row is complete; one line may hold a part of a row, but never two.
bool CsvTable::read_row(CsvRow& row) {
  filled_ = &row;
  const bool begun = row_bytes_ > 0;
  std::string_view line;
  while (lines_.next(line)) {
    if (row_bytes_ == 0) {
      if (is_blank(line)) continue;
      row.line = lines_.line();
    }
    parse_line(line);
    if (row_ended_) return true;
  }
  if (begun || row_bytes_ > 0) {
    throw FormatError(file() + ": line " + std::to_string(row.line) +
                      ": a quoted cell of this row never ends");
  }
  return false;
}

const std::deque<CsvRow>& CsvTable::ahead() {
  std::size_t bytes = 0;
  while (!looked_ahead_ && ahead_.size() < kAheadRows && bytes < kAheadBytes) {
    row_bytes_ = 0, row_ended_ = false;
    CsvRow row;
    if (!read_row(row)) break;
    bytes += row.text.size();
    ahead_.push_back(std::move(row));
  }
  looked_ahead_ = true;
  return ahead_;
}

void CsvTable::take_header() {
  names_.clear();
  for (std::size_t i = 0; i < columns_; ++i) names_.emplace_back(cell(i));
}

void CsvTable::drop_trailing_cells(CsvRow& row) const {
  while (row.size() > columns_ && trim(row.cell(row.size() - 1)).empty()) {
    row.ends.pop_back();
    row.text.resize(row.ends.empty() ? 0 : row.ends.back());
  }
}

bool CsvTable::next() {
  if (held_) {
    held_ = false;
    return true;
  }
  if (!ahead_.empty()) {
    row_ = std::move(ahead_.front());
    ahead_.pop_front();
  } else {
    row_.text.clear(), row_.ends.clear();
    row_bytes_ = 0, row_ended_ = false;
    if (!read_row(row_)) return false;
  }
  drop_trailing_cells(row_);
  if (row_.size() != columns_) {
    fail("has " + counted(row_.size(), "cell") + ", the first row has " + std::to_string(columns_) +
         "; short rows need empty cells at their end");
  }
  return true;
}

Number CsvTable::parse(std::string_view cell) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  const std::string_view text = trim(cell);
  const std::vector<std::string>& missing = format_.missing_values;
  if (std::find(missing.begin(), missing.end(), text) != missing.end()) return {kMissing, nullptr};
  Number number{};
  if (format_.decimal == '.' || text.find_first_of(".,") == text.npos) {
    number = parse_number(text);
  } else {
    std::string pointed(text);
    for (char& c : pointed) c = c == '.' ? ',' : c == ',' ? '.' : c;
    number = parse_number(pointed);
  }
  if (!number.problem && std::find(missing_numbers_.begin(), missing_numbers_.end(),
                                   number.value) != missing_numbers_.end()) {
    return {kMissing, nullptr};
  }
  return number;
}

bool CsvTable::reads_decimal_comma(std::string_view cell) const {
  if (format_.decimal == ',' || std::count(cell.begin(), cell.end(), ',') != 1) return false;
  std::string pointed(cell);
  pointed[pointed.find(',')] = '.';
  return parse_number(pointed).problem == nullptr;
}

double CsvTable::number(std::size_t column) const {
  const Number number = parse(cell(column));
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

std::optional<std::size_t> CsvTable::find_column(const std::string& name_or_number) const {
  if (std::find(names_.begin(), names_.end(), name_or_number) == names_.end()) {
    std::size_t number = 0;
    const char* const end = name_or_number.data() + name_or_number.size();
    if (!is_column_number(name_or_number)) return std::nullopt;
    std::from_chars(name_or_number.data(), end, number);
    if (number == 0 || number > columns_) return std::nullopt;
  }
  return column(name_or_number);
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
  throw FormatError(file() + ": line " + std::to_string(row_.line) + ": " + what);
}

void CsvTable::fail(std::size_t column, const std::string& what) const {
  throw FormatError(file() + ": line " + std::to_string(row_.line) + ", " + label(column) + ": " +
                    what);
}

}  // namespace unroll::detail
