#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "unroll/data/series.h"

namespace unroll {

// The step whose value stands for another one: the last known one at the same place of the season,
// by time where steps are absent, else by row.
class SeasonalNaive {
 public:
  SeasonalNaive(const Series& series, std::size_t season);

  // For step `row`, from those before `origin`. None where no such step is there.
  std::optional<std::size_t> row_for(std::size_t row, std::size_t origin) const;

  // The mean of |y_t - y_{t-season}| over the steps that have such a one. NaN where none has.
  double mae(std::span<const double> values) const;

 private:
  std::int64_t season_;
  std::vector<std::int64_t> places_;  // (T) steps from the first one, absent ones counted
};

}  // namespace unroll
