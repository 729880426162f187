#include "data/readers/csv_rows.h"

#include <algorithm>
#include <new>
#include <optional>

#include "data/number.h"
#include "data/readers/readers.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";
// libcsv grows its cell by so much; its default, 128 bytes, is slow for long cells.
constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

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

CsvRows::CsvRows(LineReader& lines, const TableFormat& format) : lines_(lines), format_(format) {
  csv_set_term_func(&parser_, is_row_end);
  csv_set_blk_size(&parser_, kBlockBytes);
  lines_.end_at_carriage_returns();
  first_ = first_line();
  if (const auto named = named_delimiter(first_)) {
    if (format_.delimiter == 0) format_.delimiter = *named;
    first_ = first_line();
  }
  if (format_.delimiter == 0) {
    format_.delimiter = most_frequent_delimiter(first_, format_.decimal);
  }
  csv_set_delim(&parser_, static_cast<unsigned char>(format_.delimiter));
}

// The first that is not empty, after those to skip.
std::string_view CsvRows::first_line() {
  std::string_view line;
  do {
    if (!lines_.next(line)) {
      throw FormatError(lines_.name() +
                        (lines_.line() <= format_.skip_rows
                             ? ": has " + counted(lines_.line(), "line") + ", and " +
                                   std::to_string(format_.skip_rows) + " are to be skipped"
                             : ": has empty lines alone; wanted the rows of a table"));
    }
  } while (lines_.line() <= format_.skip_rows || trim(line).empty() || is_comment(line));
  return line;
}

// libcsv makes no row of it.
bool CsvRows::is_blank(std::string_view line) const {
  return std::all_of(line.begin(), line.end(), [&](char c) {
    return (c == ' ' || c == '\t') &&
           (format_.delimiter == ' ' || static_cast<unsigned char>(c) != parser_.delim_char);
  });
}

std::string_view CsvRows::single_spaced(std::string_view line) {
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

void CsvRows::add_cell(const void* bytes, std::size_t count) {
  if (exception_) return;
  try {
    if (count > 0) filled_->text.append(static_cast<const char*>(bytes), count);
    filled_->ends.push_back(filled_->text.size());
  } catch (...) {
    exception_ = std::current_exception();
  }
}

void CsvRows::parse_line(std::string_view line) {
  const auto on_cell = [](void* bytes, std::size_t count, void* table) {
    static_cast<CsvRows*>(table)->add_cell(bytes, count);
  };
  const auto on_row = [](int, void* table) { static_cast<CsvRows*>(table)->row_ended_ = true; };
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
bool CsvRows::read(CsvRow& row) {
  row.text.clear(), row.ends.clear();
  row_bytes_ = 0, row_ended_ = false;
  filled_ = &row;
  std::string_view line;
  while (has_first_ || lines_.next(line)) {
    if (has_first_) line = first_;
    if (row_bytes_ == 0 && (is_blank(line) || is_comment(line))) continue;
    if (row_bytes_ == 0) row.line = lines_.line();
    parse_line(line);
    has_first_ = false;
    if (row_ended_) return true;
  }
  if (row_bytes_ > 0) {
    throw FormatError(lines_.name() + ": line " + std::to_string(row.line) +
                      ": a quoted cell of this row never ends");
  }
  return false;
}

}  // namespace unroll::detail
