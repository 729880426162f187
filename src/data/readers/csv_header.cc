// Whether the first row of a table has the names of its columns.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "core/range.h"
#include "data/date_readings.h"
#include "data/number.h"
#include "data/readers/csv_columns.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

// So many numbers that count from 0 or 1 are hardly data.
constexpr std::size_t kCountingCells = 8;

bool may_be_data(const CsvTable& table, std::string_view cell) {
  return table.parse(cell).problem == nullptr || is_date(cell);
}

// All columns that the options name.
std::vector<std::string> named_columns(const SequenceReaderOptions& options) {
  std::vector<std::string> names = options.target_columns;
  names.insert(names.end(), options.ignored_columns.begin(), options.ignored_columns.end());
  if (!options.id_column.empty()) names.push_back(options.id_column);
  if (!options.time_column.empty()) names.push_back(options.time_column);
  return names;
}

// The numbers of a row outside of `excluded`, with empty cells left out; nothing where one of them
// is none.
std::vector<double> numbers_of(const CsvTable& table, const std::vector<bool>& excluded,
                               const auto& cell) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (excluded[i] || trim(cell(i)).empty()) continue;
    const Number number = table.parse(cell(i));
    if (number.problem || std::isnan(number.value)) return {};
    numbers.push_back(number.value);
  }
  return numbers;
}

bool rises_evenly(const std::vector<double>& x) {
  if (x.size() < 3 || x[1] <= x[0]) return false;
  const double step = (x.back() - x[0]) / static_cast<double>(x.size() - 1);
  for (std::size_t i = 1; i < x.size(); ++i) {
    if (std::fabs(x[i] - x[i - 1] - step) > 1e-6 * step) return false;
  }
  return true;
}

bool is_above_words(CsvTable& table, std::size_t column) {
  const auto is_word = [&](const CsvRow& row) {
    return column < row.size() && !may_be_data(table, row.cell(column));
  };
  return !table.ahead().empty() && std::all_of(table.ahead().begin(), table.ahead().end(), is_word);
}

// Numbers as names: 0, 1, 2, … or 400, 402, 404, … with a label's name beside them that no row
// below has, or many that count.
bool numbers_are_names(CsvTable& table, const std::vector<bool>& excluded,
                       std::optional<std::size_t> label) {
  const std::vector<double> first =
      numbers_of(table, excluded, [&](std::size_t i) { return table.cell(i); });
  if (!rises_evenly(first) || table.ahead().empty()) return false;
  const CsvRow& second = table.ahead().front();
  if (second.size() != table.columns() ||
      rises_evenly(numbers_of(table, excluded, [&](std::size_t i) { return second.cell(i); }))) {
    return false;
  }
  const bool counts = (first[0] == 0 || first[0] == 1) && first[1] == first[0] + 1;
  if (!label || !excluded[*label]) return counts && first.size() >= kCountingCells;
  const std::string_view name = trim(table.cell(*label));
  const bool again = std::any_of(
      table.ahead().begin(), table.ahead().end(),
      [&](const CsvRow& row) { return *label < row.size() && trim(row.cell(*label)) == name; });
  if (again || name.empty()) return false;
  // The label's column may be a number too, the next one.
  const Number number = table.parse(name);
  if (number.problem) return table.ahead().size() > 1;
  if (!counts || number.value != first.back() + 1) return false;
  if (first.size() + 1 >= kCountingCells) return true;
  throw FormatError(table.file() + ": the first row counts from " + number_text(first[0]) + " to " +
                    number_text(number.value) +
                    ", which may be names or data; say which: --header yes or --header no");
}

// Whether the first row has the name of every feature.
bool has_feature_names(const CsvTable& table, const TableColumns& trained) {
  if (trained.names.empty()) return false;
  std::unordered_set<std::string_view> cells;
  for (std::size_t i = 0; i < table.columns(); ++i) cells.insert(table.cell(i));
  return std::all_of(trained.features.begin(), trained.features.end(),
                     [&](std::size_t i) { return cells.contains(trained.names[i]); });
}

// As first_row_is_header(), but words above words alone, beside numbers, are data: labels or ids.
bool has_words_as_names(CsvTable& table, const std::vector<bool>& excluded) {
  if (!first_row_is_header(table, excluded)) return false;
  bool all_text = true, above_words = true;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (may_be_data(table, table.cell(i))) {
      all_text = false;
      continue;
    }
    above_words = above_words && (excluded[i] || is_above_words(table, i));
  }
  return all_text || !above_words;
}

// A word above numbers alone.
bool word_above_numbers(CsvTable& table, std::size_t column) {
  if (may_be_data(table, table.cell(column)) || table.ahead().empty()) return false;
  return std::all_of(table.ahead().begin(), table.ahead().end(), [&](const CsvRow& row) {
    return column < row.size() && !trim(row.cell(column)).empty() &&
           table.parse(row.cell(column)).problem == nullptr;
  });
}

}  // namespace

bool first_row_is_header(const CsvTable& table, const std::vector<bool>& excluded) {
  bool all_text = true;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const bool text = !may_be_data(table, table.cell(i));
    if (text && !excluded[i]) return true;
    all_text = all_text && text;
  }
  return all_text;
}

bool detect_csv_header(CsvTable& table, const SequenceReaderOptions& options) {
  std::vector<bool> excluded(table.columns());
  if (options.trained) {
    if (has_feature_names(table, *options.trained)) return true;
    // A label that is still there is no name.
    const bool same_width = options.trained->count == table.columns();
    for (const std::size_t target : options.trained->targets) {
      if (same_width && options.trained->names.empty()) excluded[target] = true;
    }
  }
  for (const std::string& name : named_columns(options)) {
    if (!is_column_number(name)) {
      if (!options.trained) return true;
      continue;  // remembered
    }
    if (const auto column = table.find_column(name)) excluded[*column] = true;
  }
  std::optional<std::size_t> label;
  if (is_label(options.target)) {
    if (options.target_columns.empty()) {
      const std::string_view last = table.cell(table.columns() - 1);
      for (const std::string_view name : kTargetNames) {
        if (equal_ignoring_case(last, name)) return true;
      }
      label = table.columns() - 1;
    } else if (options.target_columns.size() == 1) {
      label = table.find_column(options.target_columns[0]);
    }
    if (label) excluded[*label] = true;
  }
  if (has_words_as_names(table, excluded)) return true;
  if (options.trained) return false;  // numbers are names where they are those of the features
  if (label && word_above_numbers(table, *label)) return true;
  return numbers_are_names(table, excluded, label);
}

}  // namespace unroll::detail
