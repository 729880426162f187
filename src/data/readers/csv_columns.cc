#include "data/readers/csv_columns.h"

#include <algorithm>
#include <string_view>

#include "data/date_readings.h"
#include "data/number.h"
#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kTargetNames[] = {"label", "class", "target", "y"};
constexpr std::string_view kTimeNames[] = {"time", "date", "datetime", "timestamp", "step"};

bool may_be_data(std::string_view cell) {
  return parse_number(cell).problem == nullptr || is_date(cell);
}

// All columns that the options name.
std::vector<std::string> named_columns(const SequenceReaderOptions& options) {
  std::vector<std::string> names = options.target_columns;
  names.insert(names.end(), options.ignored_columns.begin(), options.ignored_columns.end());
  if (!options.id_column.empty()) names.push_back(options.id_column);
  if (!options.time_column.empty()) names.push_back(options.time_column);
  return names;
}

bool detect_header(const CsvTable& table, const SequenceReaderOptions& options) {
  std::vector<bool> excluded(table.columns());
  for (const std::string& name : named_columns(options)) {
    if (!is_column_number(name)) return true;
    excluded[table.column(name)] = true;
  }
  if (is_label(options.target) && options.target_columns.empty()) {
    const std::string_view last = table.cell(table.columns() - 1);
    for (const std::string_view name : kTargetNames) {
      if (equal_ignoring_case(last, name)) return true;
    }
    excluded.back() = true;
  }
  return first_row_is_header(table, excluded);
}

std::optional<std::size_t> find_any(const CsvTable& table, auto&& names) {
  for (const std::string_view name : names) {
    if (const auto found = table.find(name)) return found;
  }
  return std::nullopt;
}

// The column that says what is wanted, where the options do not name it.
std::optional<std::size_t> default_target(const CsvTable& table, TargetKind target) {
  const auto found = find_any(table, kTargetNames);
  // Of three axes x, y and z, y is none.
  const bool is_axis = found && equal_ignoring_case(table.name(*found), "y") && table.find("x");
  if (found && !is_axis) return found;
  if (target == TargetKind::kNone) return std::nullopt;
  return table.columns() - 1;
}

class ColumnFinder {
 public:
  ColumnFinder(const CsvTable& table, const SequenceReaderOptions& options)
      : table_(table), options_(options), uses_(table.columns(), nullptr) {}

  CsvColumns find() {
    const auto id = table_.find("id");
    const auto time = find_any(table_, kTimeNames);
    const bool named = !options_.id_column.empty() || !options_.time_column.empty();
    columns_.is_long = options_.layout.empty() ? named || (id && time) : options_.layout == "long";
    // 1. What the options name.
    for (const std::string& name : options_.ignored_columns) use(name, "ignored");
    if (!options_.id_column.empty()) columns_.id = use(options_.id_column, "the id");
    if (!options_.time_column.empty()) columns_.time = use(options_.time_column, "the time");
    std::vector<std::size_t> targets;
    for (const std::string& name : options_.target_columns) {
      targets.push_back(use(name, "a target"));
    }
    // 2. What their names tell.
    if (!columns_.id && id && is_free(*id)) columns_.id = use(*id, "the id");
    if (columns_.is_long && !columns_.time && time && is_free(*time)) {
      columns_.time = use(*time, "the time");
    }
    if (options_.target_columns.empty()) {
      const auto target = default_target(table_, options_.target);
      if (target && is_free(*target)) {
        targets.push_back(use(*target, "the target"));
      } else if (options_.target != TargetKind::kNone) {
        throw FormatError(table_.file() + ": " + table_.label(*target) + " is " + uses_[*target] +
                          " and cannot be the target too; name the target's column");
      }
    }
    if (options_.target != TargetKind::kNone) columns_.targets = std::move(targets);
    // 3. The rest.
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (is_free(i)) columns_.features.push_back(i);
    }
    if (columns_.features.empty()) {
      throw FormatError(table_.file() + ": of " + counted(table_.columns(), "column") +
                        ", none is left for the values of the steps" +
                        (table_.columns() == 1 ? "; is the delimiter another one?" : ""));
    }
    return std::move(columns_);
  }

 private:
  bool is_free(std::size_t column) const { return uses_[column] == nullptr; }

  std::size_t use(std::size_t column, const char* as) {
    if (!is_free(column)) {
      throw ValueError(table_.file() + ": " + table_.label(column) + " is named as " +
                       uses_[column] + " and as " + as);
    }
    uses_[column] = as;
    return column;
  }
  std::size_t use(const std::string& name, const char* as) { return use(table_.column(name), as); }

  const CsvTable& table_;
  const SequenceReaderOptions& options_;
  std::vector<const char*> uses_;  // of every column; null: none yet
  CsvColumns columns_;
};

}  // namespace

bool first_row_is_header(const CsvTable& table, const std::vector<bool>& excluded) {
  bool all_text = true;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const bool text = !may_be_data(table.cell(i));
    if (text && !excluded[i]) return true;
    all_text = all_text && text;
  }
  return all_text;
}

CsvColumns find_csv_columns(CsvTable& table, const SequenceReaderOptions& options) {
  const bool header = options.header ? *options.header : detect_header(table, options);
  if (header) {
    table.take_header();
  } else {
    table.hold();
  }
  return ColumnFinder(table, options).find();
}

}  // namespace unroll::detail
