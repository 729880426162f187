#include <limits>

#include "data/number.h"
#include "data/readers/csv_layouts.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {

void read_csv_wide(CsvTable& table, const CsvColumns& columns, std::size_t features_per_step,
                   Sequences& out) {
  if (is_of_steps(out.target)) {
    throw ValueError(out.source +
                     " has a row a sequence (layout wide), which has no target a step; layout long "
                     "has a row a step");
  }
  const std::vector<std::size_t>& cells = columns.features;
  if (features_per_step > cells.size() || cells.size() % features_per_step != 0) {
    throw FormatError(out.source + ": has " + counted(cells.size(), "column") +
                      " of values, no multiple of features_per_step, " +
                      std::to_string(features_per_step));
  }
  out.features = features_per_step;
  while (table.next()) {
    check_csv_index(table, columns);
    // Empty cells at the end are no steps.
    const auto is_no_step = [&](std::size_t column) {
      const std::string_view cell = trim(table.cell(column));
      return cell.empty() || (columns.nan_is_padding && equal_ignoring_case(cell, "nan"));
    };
    std::size_t used = cells.size();
    while (used > 0 && is_no_step(cells[used - 1])) --used;
    const std::size_t steps = (used + features_per_step - 1) / features_per_step;
    for (std::size_t i = 0; i < steps * features_per_step; ++i) {
      out.values.push_back(csv_value(table, cells[i]));
    }
    end_sequence(out, steps);
    if (columns.id) out.ids.push_back(csv_name(table, *columns.id, "id"));
    for (const std::size_t column : columns.targets) {
      if (is_label(out.target)) {
        out.labels.push_back(csv_name(table, column, "label"));
      } else {
        out.targets.push_back(csv_target(table, column));
      }
    }
  }
}

}  // namespace unroll::detail
