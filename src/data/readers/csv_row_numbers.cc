#include "data/readers/csv_row_numbers.h"

#include <cmath>
#include <limits>
#include <string>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewestRows = 10;  // that do not count by chance

// Whether the first value is a whole number and each next one is one more.
bool counts(std::size_t rows, const auto& value) {
  if (rows < kFewestRows || value(0) != std::floor(value(0))) return false;
  for (std::size_t row = 1; row < rows; ++row) {
    if (value(row) != value(row - 1) + 1) return false;
  }
  return true;
}

}  // namespace

void refuse_row_numbers(const CsvColumns& columns, const Sequences& s) {
  if (s.target == TargetKind::kNone) return;
  const std::size_t features = s.features;
  for (std::size_t k = 0; k < columns.features.size(); ++k) {
    const auto of_step = [&](std::size_t row) { return s.values[row * features + k]; };
    const auto of_sequence = [&](std::size_t row) {
      const std::size_t at = s.begin[row] * features + k;
      return at < s.begin[row + 1] * features ? s.values[at] : kNone;
    };
    const bool counting =
        columns.is_long ? counts(s.steps(), of_step) : counts(s.size(), of_sequence);
    if (!counting) continue;
    const std::size_t column = columns.features[k];
    const std::string name =
        columns.names.empty() ? std::to_string(column + 1) : printable(columns.names[column]);
    throw FormatError(
        s.source + ": " + columns.label(column) +
        " numbers the rows of the file, from which nothing can be learnt; leave it out "
        "(--ignore " +
        name + ") or say what it is (--id " + name +
        (columns.is_long ? ", --time " + name : " --layout wide") + ")");
  }
}

}  // namespace unroll::detail
