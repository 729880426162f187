// Which column has the labels where nothing names it.
#include <cmath>
#include <set>

#include "data/number.h"
#include "data/readers/csv_columns.h"
#include "data/readers/readers.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::size_t kFewestRows = 4;  // that tell a label from a number

bool is_tab_separated(std::string_view path) {
  for (const std::string_view ending : {".tsv", ".tsv.gz"}) {
    if (path.size() >= ending.size() &&
        equal_ignoring_case(path.substr(path.size() - ending.size()), ending)) {
      return true;
    }
  }
  return false;
}

// Whole numbers alone, each of them twice in the mean.
bool looks_like_label(const CsvTable& table, const std::vector<const CsvRow*>& rows,
                      std::size_t column) {
  std::set<double> values;
  for (const CsvRow* row : rows) {
    if (column >= row->size()) return false;
    const Number number = table.parse(row->cell(column));
    if (number.problem || !(std::floor(number.value) == number.value)) return false;
    values.insert(number.value);
  }
  return values.size() > 1 && 2 * values.size() <= rows.size();
}

}  // namespace

std::size_t unnamed_target(CsvTable& table, TargetKind target, CsvColumns& columns) {
  const std::size_t last = table.columns() - 1;
  if (target != TargetKind::kLabel || table.has_header() || last == 0 ||
      !is_tab_separated(table.file())) {
    return last;
  }
  CsvRow first;
  for (std::size_t i = 0; i <= last; ++i) {
    first.text += table.cell(i);
    first.ends.push_back(first.text.size());
  }
  std::vector<const CsvRow*> rows = {&first};
  for (const CsvRow& row : table.ahead()) rows.push_back(&row);
  if (rows.size() < kFewestRows || !looks_like_label(table, rows, 0)) return last;
  if (looks_like_label(table, rows, last)) {
    throw FormatError(table.file() + ": its first and its last column both look like the label; " +
                      "name it: --target 1 or --target " + std::to_string(last + 1));
  }
  for (const CsvRow* row : rows) {
    const bool number = row->size() == last + 1 && table.parse(row->cell(last)).problem == nullptr;
    if (!number) return last;  // a word
  }
  columns.notes.emplace_back(
      "the label is in the first column and NaN at the end of a row is no step, as in UCR's "
      "archive");
  columns.nan_is_padding = true;
  return 0;
}

}  // namespace unroll::detail
