#include <cmath>

#include "data/number.h"
#include "data/readers/csv_layouts.h"
#include "data/readers/csv_row_numbers.h"
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

double csv_value(const CsvTable& table, std::size_t column) {
  const Number number = table.parse(table.cell(column));
  if (number.problem) {
    const std::string what =
        table.has_header() ? printable(table.name(column)) : std::to_string(column + 1);
    const std::string cell = quote(table.cell(column)) + " " + number.problem;
    if (table.reads_decimal_comma(table.cell(column))) {
      table.fail(column, cell + "; of a decimal comma say --decimal ,");
    }
    table.fail(column, cell + "; a column of other things is left out by --ignore " + what +
                           ", or is the label: --target " + what);
  }
  return number.value;
}

void check_csv_index(const CsvTable& table, const CsvColumns& columns) {
  if (!columns.index) return;
  const std::string_view cell = trim(table.cell(*columns.index));
  if (is_column_number(cell)) return;
  const std::string number = std::to_string(*columns.index + 1);
  table.fail(*columns.index, "has no name, and " + quote(cell) +
                                 " does not number the row; name it in the header, leave it out "
                                 "(--ignore " +
                                 number + ") or say what it is (--id " + number + ", --time " +
                                 number + ")");
}

void read_csv(LineReader& lines, const SequenceReaderOptions& options, Sequences& out) {
  CsvTable table(lines, {options.delimiter, options.decimal, options.missing_values,
                         options.skip_rows, options.comment.value_or("")});
  const CsvColumns columns = find_csv_columns(table, options);
  out.reading.table = columns;
  out.reading.left_out = columns.left_out;
  out.reading.notes = columns.notes;
  if (columns.index) {
    out.reading.left_out.push_back({columns.label(*columns.index), "numbers the rows"});
  }
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
  if (!columns.is_long) {
    read_csv_wide(table, columns, options.features_per_step, out);
    if (!options.trained) refuse_row_numbers(columns, out);
    return;
  }
  if (options.features_per_step != 1) {
    throw ValueError("features_per_step is " + std::to_string(options.features_per_step) +
                     ", but " + out.source +
                     " has a row a step (layout long), whose columns are the features");
  }
  read_csv_long(table, columns, out);
  if (!options.trained) refuse_row_numbers(columns, out);
}

}  // namespace unroll::detail
