#include "data/readers/csv_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "data/number.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

// What is looked at ahead: enough to tell labels from numbers.
constexpr std::size_t kAheadRows = 1000;
constexpr std::size_t kAheadBytes = std::size_t{1} << 20;

}  // namespace

bool is_column_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

CsvTable::CsvTable(LineReader& lines, const TableFormat& format)
    : file_(lines.name()), format_(format), rows_(lines, format) {
  for (const std::string& missing : format_.missing_values) {
    const Number number = parse_number(missing);
    if (number.problem == nullptr) missing_numbers_.push_back(number.value);
  }
  rows_.read(row_);
  columns_ = row_.size();
  name_row_names();
}

std::size_t CsvTable::empty_columns() {
  std::size_t count = 0;
  const auto is_empty = [&](const CsvRow& row) {
    return row.size() >= columns_ - count && trim(row.cell(columns_ - count - 1)).empty();
  };
  while (count + 1 < columns_ && is_empty(row_) &&
         std::all_of(ahead().begin(), ahead().end(), is_empty)) {
    ++count;
  }
  return count;
}

void CsvTable::drop_columns(std::size_t count) {
  columns_ -= count;
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

const std::deque<CsvRow>& CsvTable::ahead() {
  std::size_t bytes = 0;
  while (!looked_ahead_ && ahead_.size() < kAheadRows && bytes < kAheadBytes) {
    CsvRow row;
    if (!rows_.read(row)) break;
    bytes += row.text.size();
    ahead_.push_back(std::move(row));
  }
  looked_ahead_ = true;
  return ahead_;
}

void CsvTable::take_header() {
  names_.clear();
  drop_columns(empty_columns());
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
  } else if (!rows_.read(row_)) {
    return false;
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
