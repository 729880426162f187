#include "data/readers/series_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "core/range.h"
#include "data/date_readings.h"
#include "data/number.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kIdNames[] = {"id",      "unique_id", "series_id",
                                         "item_id", "ticker",    "symbol"};

constexpr std::string_view kPartNames[] = {"date", "time", "hour",  "hr",      "minute",
                                           "week", "day",  "month", "quarter", "year"};

// Whether the values are 0, 1, 2, … or 1, 2, 3, …
bool numbers_rows(const std::vector<double>& values) {
  if (values.size() < 2 || (values[0] != 0 && values[0] != 1)) return false;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (values[t] != values[0] + static_cast<double>(t)) return false;
  }
  return true;
}

// An index, which pandas and R write without a name, or with one of these.
bool is_index_name(const SeriesColumn& column) {
  const std::string_view name = trim(column.name);
  if (!column.is_named) return column.index == 0;
  return name.empty() || name.starts_with("Unnamed: ") || equal_ignoring_case(name, "index") ||
         equal_ignoring_case(name, "rownames");
}

// Why a column with the name of an id is not taken for values.
std::string reason_of_id(const std::string& file, const SeriesColumn& column) {
  const std::size_t distinct = column.distinct();
  if (distinct <= 1) return "an id, the same in all rows";
  if (distinct == column.values.size()) return "an id, another in every row";
  refuse_panel(file, quote(column.name) + " has " + std::to_string(distinct) + " different values");
}

// Why a column is not taken for values; empty where it is.
std::string reason(const std::string& file, const SeriesColumn& column) {
  if (column.is_asked) return "";
  if (column.is_id) return reason_of_id(file, column);
  if (column.is_text()) return column.are_dates ? "dates" : "text";
  if (!is_index_name(column)) return "";
  return column.numbers == 0 ? "empty" : numbers_rows(column.values) ? "numbers the rows" : "";
}

// A row a series, as M4 has them: a name in the first column, then values.
void refuse_rows_as_series(const std::string& file, std::span<const SeriesColumn> columns) {
  std::size_t numbers = 0;
  for (const SeriesColumn& column : columns) numbers += column.is_text() ? 0 : 1;
  const SeriesColumn& first = columns.front();
  const std::size_t steps = first.values.size();
  if (numbers < 2 || steps < 2 || first.index != 0 || !first.is_text() ||
      first.distinct() != steps) {
    return;
  }
  refuse_panel(file, "the first column, " + quote(first.name) +
                         ", has another text in every row, and no column has times, as where a row "
                         "is a series");
}

}  // namespace

bool is_id_name(std::string_view name) {
  return std::any_of(std::begin(kIdNames), std::end(kIdNames), [&](std::string_view known) {
    return equal_ignoring_case(trim(name), known);
  });
}

std::size_t SeriesColumn::distinct() const {
  std::unordered_set<double> seen;
  for (const double value : values) {
    if (!std::isnan(value)) seen.insert(value);
  }
  return seen.size();
}

void SeriesColumn::read(const CsvTable& table) {
  if (is_asked) {
    values.push_back(table.number(index));
    return;
  }
  const std::string_view cell = trim(table.cell(index));
  const Number number = parse_number(cell);
  if (number.problem == nullptr) {
    numbers += std::isnan(number.value) ? 0 : 1;
    values.push_back(number.value);
  } else if (!std::string_view(number.problem).starts_with("is not a number")) {
    static_cast<void>(table.number(index));  // throws
  } else {
    if (texts++ == 0) {
      no_number = table.file() + ": line " + std::to_string(table.line()) + ", " +
                  table.label(index) + ": " + quote(table.cell(index)) + " " + number.problem;
    }
    are_dates = are_dates && is_date(cell);
    are_clocks = are_clocks && is_clock(cell);
    const double next = -1 - static_cast<double>(codes.size());
    values.push_back(codes.emplace(cell, next).first->second);
  }
  if (texts > 0 && numbers > 0 && !is_id) throw FormatError(no_number);
}

std::string series_column_name(const CsvTable& table, std::size_t column) {
  return table.has_header() ? table.name(column) : "column " + std::to_string(column + 1);
}

void leave_out_columns(const std::string& file, bool has_times, std::vector<SeriesColumn>& columns,
                       SeriesNotes& notes) {
  if (!has_times) refuse_rows_as_series(file, columns);
  std::vector<std::string> reasons;
  for (const SeriesColumn& column : columns) reasons.push_back(reason(file, column));
  if (std::none_of(reasons.begin(), reasons.end(), [](const auto& why) { return why.empty(); })) {
    for (const SeriesColumn& column : columns) {
      if (column.is_text()) throw FormatError(column.no_number);
    }
    return;  // better an odd column than none
  }
  std::vector<SeriesColumn> kept;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (reasons[i].empty()) {
      kept.push_back(std::move(columns[i]));
    } else {
      notes.left_out.push_back({columns[i].name, reasons[i]});
    }
  }
  columns = std::move(kept);
}

bool is_part_of_times(const SeriesColumn& column) {
  if (column.is_text() && column.are_clocks) return true;
  return std::any_of(std::begin(kPartNames), std::end(kPartNames), [&](std::string_view known) {
    return equal_ignoring_case(trim(column.name), known);
  });
}

std::string ids_of_panel(std::span<const SeriesColumn> columns,
                         std::span<const std::string> times) {
  std::vector<const SeriesColumn*> candidates;
  const std::size_t steps = times.size();
  for (const SeriesColumn& column : columns) {
    const bool whole = std::all_of(column.values.begin(), column.values.end(),
                                   [](double value) { return value == std::floor(value); });
    const std::size_t distinct = whole ? column.distinct() : 0;
    if (distinct > 1 && distinct <= steps / 2) candidates.push_back(&column);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto* a, const auto* b) { return a->distinct() < b->distinct(); });
  // One alone, the fewest values first; else the first ones together.
  std::vector<std::vector<const SeriesColumn*>> tried;
  for (const SeriesColumn* column : candidates) tried.push_back({column});
  for (std::size_t i = 2; i <= candidates.size(); ++i) {
    tried.emplace_back(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (const auto& ids : tried) {
    std::unordered_set<std::string> seen, combinations;
    bool once = true;
    for (std::size_t t = 0; once && t < steps; ++t) {
      std::string key;
      for (const SeriesColumn* column : ids) key += number_text(column->values[t]) + "\n";
      combinations.insert(key);
      once = seen.insert(key + times[t]).second;
    }
    if (!once || combinations.size() > steps / 2) continue;
    std::string names;
    for (const SeriesColumn* column : ids)
      names += (names.empty() ? "" : " and ") + quote(column->name);
    return names + " (" + std::to_string(combinations.size()) +
           (ids.size() > 1 ? " combinations)" : " values)");
  }
  return "";
}

void refuse_panel(const std::string& file, const std::string& what) {
  throw FormatError(file + ": " + what +
                    ": these are several series, which one file cannot hold yet; write a file a "
                    "series, a row a step, and train on each");
}

}  // namespace unroll::detail
