#include "evaluation/seasonal_naive.h"

#include <algorithm>

#include "unroll/evaluation/metrics.h"

namespace unroll {

SeasonalNaive::SeasonalNaive(const Series& series, std::size_t season)
    : season_(static_cast<std::int64_t>(season)) {
  for (std::size_t t = 0; t < series.steps(); ++t) {
    const bool dated = t > 0 && !series.times.empty();
    const std::int64_t steps =
        dated ? steps_between(series.step, series.times[t - 1], series.times[t]) : 1;
    places_.push_back(t == 0 ? 0 : places_.back() + steps);
  }
}

std::optional<std::size_t> SeasonalNaive::row_for(std::size_t row, std::size_t origin) const {
  const std::int64_t ahead = places_[row] - places_[origin - 1];
  const std::int64_t seasons = (ahead + season_ - 1) / season_;
  const auto end = places_.begin() + static_cast<std::ptrdiff_t>(origin);
  for (std::int64_t place = places_[row] - seasons * season_; place >= 0; place -= season_) {
    const auto found = std::lower_bound(places_.begin(), end, place);
    if (found != end && *found == place) return static_cast<std::size_t>(found - places_.begin());
  }
  return std::nullopt;
}

double SeasonalNaive::mae(std::span<const double> values) const {
  std::vector<double> truth, answers;
  for (std::size_t t = 1; t < values.size(); ++t) {
    const auto row = row_for(t, t);
    if (!row) continue;
    truth.push_back(values[t]);
    answers.push_back(values[*row]);
  }
  RegressionMetrics naive;
  naive.add<double>(truth, answers);
  return naive.mae();
}

}  // namespace unroll
