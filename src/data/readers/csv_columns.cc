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

constexpr std::string_view kTimeNames[] = {"time", "date", "datetime", "timestamp", "step"};

std::optional<std::size_t> find_any(const CsvTable& table, auto&& names) {
  for (const std::string_view name : names) {
    if (const auto found = table.find(name)) return found;
  }
  return std::nullopt;
}

// The column that says what is wanted, where the options do not name it.
std::optional<std::size_t> default_target(CsvTable& table, TargetKind target, CsvColumns& columns) {
  const auto found = find_any(table, kTargetNames);
  // Of three axes x, y and z, y is none.
  const bool is_axis = found && equal_ignoring_case(table.name(*found), "y") && table.find("x");
  if (found && !is_axis) return found;
  if (target == TargetKind::kNone) return std::nullopt;
  return unnamed_target(table, target, columns);
}

// The first column, where it alone has no name, or the one that pandas gives to such: data frames
// write their index so.
std::optional<std::size_t> find_index(const CsvTable& table) {
  if (!table.has_header() || table.columns() < 2) return std::nullopt;
  const auto is_unnamed = [](const std::string& name) {
    return trim(name).empty() || name == "Unnamed: 0";
  };
  const std::vector<std::string>& names = table.names();
  if (!is_unnamed(names[0])) return std::nullopt;
  if (std::any_of(names.begin() + 1, names.end(), is_unnamed)) return std::nullopt;
  return 0;
}

class ColumnFinder {
 public:
  ColumnFinder(CsvTable& table, const SequenceReaderOptions& options)
      : table_(table), options_(options), uses_(table.columns(), nullptr) {}

  CsvColumns find() {
    const auto id = table_.find("id");
    const auto time = find_any(table_, kTimeNames);
    const bool named = !options_.id_column.empty() || !options_.time_column.empty();
    columns_.is_long = options_.layout.empty() ? named || (id && time) : options_.layout == "long";
    // 1. What the options name.
    for (const std::string& name : options_.ignored_columns) leave_out(use(name, "ignored"));
    if (!options_.id_column.empty()) columns_.id = use(options_.id_column, "the id");
    if (!options_.time_column.empty()) columns_.time = use(options_.time_column, "the time");
    std::vector<std::size_t> targets;
    for (const std::string& name : options_.target_columns) {
      // Nobody asks for it: it may be absent.
      const bool wanted = options_.target != TargetKind::kNone;
      if (wanted || table_.find_column(name)) targets.push_back(use(name, "the target"));
    }
    // 2. What their names tell.
    if (!columns_.id && id && is_free(*id)) columns_.id = use(*id, "the id");
    if (columns_.is_long && !columns_.time && time && is_free(*time)) {
      columns_.time = use(*time, "the time");
    }
    const auto index = find_index(table_);
    if (index && is_free(*index)) columns_.index = use(*index, "the number of the row");
    if (options_.target_columns.empty()) {
      const auto target = default_target(table_, options_.target, columns_);
      if (target && is_free(*target)) {
        targets.push_back(use(*target, "the target"));
      } else if (options_.target != TargetKind::kNone) {
        throw FormatError(table_.file() + ": " + table_.label(*target) + " is " + uses_[*target] +
                          " and cannot be the target too; name the target's column");
      }
    }
    if (options_.target != TargetKind::kNone) {
      columns_.targets = std::move(targets);
    } else {
      for (const std::size_t column : targets) leave_out(column);
    }
    // 3. The rest.
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (is_free(i)) columns_.features.push_back(i);
    }
    if (columns_.features.empty()) {
      throw FormatError(table_.file() + ": of " + counted(table_.columns(), "column") +
                        ", none is left for the values of the steps" +
                        (table_.columns() == 1
                             ? "; is the delimiter another one, such as --delimiter space?"
                             : ""));
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

  void leave_out(std::size_t column) {
    columns_.left_out.push_back({table_.label(column), uses_[column]});
  }

  CsvTable& table_;
  const SequenceReaderOptions& options_;
  std::vector<const char*> uses_;  // of every column; null: none yet
  CsvColumns columns_;
};

}  // namespace

CsvColumns find_columns_by_rule(CsvTable& table, const SequenceReaderOptions& options) {
  return ColumnFinder(table, options).find();
}

CsvColumns find_csv_columns(CsvTable& table, const SequenceReaderOptions& options) {
  // A label in the last column, and features of a step, are not in columns that are empty.
  const bool is_long = options.layout == "long" || !options.id_column.empty();
  const bool has_last = options.target != TargetKind::kNone && options.target_columns.empty();
  if (options.trained) {
    fit_trained_width(table, options);
  } else if (is_long || has_last) {
    table.drop_columns(table.empty_columns());
  }
  const bool header = options.header ? *options.header : detect_csv_header(table, options);
  if (header) {
    table.take_header();
  } else {
    table.hold();
  }
  CsvColumns columns =
      options.trained ? find_trained_columns(table, options) : find_columns_by_rule(table, options);
  columns.count = table.columns();
  columns.names = table.names();
  return columns;
}

}  // namespace unroll::detail
