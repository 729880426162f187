#include <cmath>

#include "data/number.h"
#include "data/readers/csv_layouts.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {

std::string csv_name(const CsvTable& table, std::size_t column, const char* what) {
  const std::string_view name = trim(table.cell(column));
  if (name.empty()) table.fail(column, std::string("the ") + what + " is empty");
  return std::string(name);
}

double csv_target(const CsvTable& table, std::size_t column) {
  const double value = table.number(column);
  if (std::isnan(value)) {
    table.fail(column, "the target is missing: " + quote(table.cell(column)));
  }
  return value;
}

void read_csv(LineReader& lines, const SequenceReaderOptions& options, Sequences& out) {
  CsvTable table(lines, options.delimiter);
  const CsvColumns columns = find_csv_columns(table, options);
  if (is_label(out.target) && columns.targets.size() != 1) {
    throw ValueError("target_columns names " + std::to_string(columns.targets.size()) +
                     " columns; a label is in one");
  }
  if (is_value(out.target)) {
    out.target_width = columns.targets.size();
    if (table.has_header()) {
      for (const std::size_t column : columns.targets) {
        out.target_names.push_back(table.name(column));
      }
    }
  }
  if (!columns.is_long) return read_csv_wide(table, columns, options.features_per_step, out);
  if (options.features_per_step != 1) {
    throw ValueError("features_per_step is " + std::to_string(options.features_per_step) +
                     ", but " + out.source +
                     " has a row a step (layout long), whose columns are the features");
  }
  read_csv_long(table, columns, out);
}

}  // namespace unroll::detail
