#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data/forecast_choice.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/forecast.h"

namespace unroll {
namespace {

// Seconds of the periods that a series with this spacing can show.
std::vector<double> periods(std::int64_t spacing) {
  constexpr double kDay = 86400, kWeek = 7 * kDay, kYear = 365.2425 * kDay;
  std::vector<double> list;
  for (const double period : {kYear, kWeek, kDay}) {
    if (spacing > 0 && 2 * static_cast<double>(spacing) <= period) list.push_back(period);
  }
  return list;
}

}  // namespace

ForecastScheme ForecastScheme::learn(const Series& series, std::size_t train_steps,
                                     const ForecastOptions& options) {
  ForecastScheme scheme;
  scheme.options_ = options;
  scheme.columns_ = series.column_names;
  if (options.lags < 1 || options.horizon < 1 || options.lags > kMaxLags ||
      options.horizon > kMaxHorizon) {
    throw ValueError("lags and horizon are " + std::to_string(options.lags) + " and " +
                     std::to_string(options.horizon) + "; wanted 1 to " + std::to_string(kMaxLags) +
                     " and 1 to " + std::to_string(kMaxHorizon));
  }
  if (train_steps > series.steps()) {
    throw ValueError(series.source + ": has " + std::to_string(series.steps()) +
                     " steps, fewer than the " + std::to_string(train_steps) + " to train on");
  }
  if (train_steps < options.lags + options.horizon + 1) {
    throw ValueError(series.source + ": " + std::to_string(train_steps) +
                     " steps to train on are too few for lags " + std::to_string(options.lags) +
                     " and horizon " + std::to_string(options.horizon) + "; wanted at least " +
                     std::to_string(options.lags + options.horizon + 1) +
                     ": lower lags or horizon");
  }
  scheme.has_dates_ = !series.seconds.empty();
  scheme.frequency_ = series.frequency;
  scheme.season_ = detail::season_of(series.frequency, series.step);
  if (options.calendar && scheme.has_dates_) scheme.periods_ = periods(series.spacing);
  const std::size_t width = series.columns();
  scheme.means.assign(width, 0);
  for (std::size_t c = 0; c < width; ++c) {
    std::size_t count = 0;
    for (std::size_t t = 0; t < train_steps; ++t) {
      const double x = series.values[t * width + c];
      if (!std::isnan(x)) scheme.means[c] += x, ++count;
    }
    if (count > 0) scheme.means[c] /= static_cast<double>(count);
  }
  const Series filled = scheme.fill_missing(series);
  std::vector<std::vector<double>> columns(width);
  for (std::size_t i = 0; i < train_steps * width; ++i) {
    columns[i % width].push_back(scheme.filled(filled, i / width, i % width));
  }
  if (!options.transform) scheme.options_.transform = detail::choose_transform(columns);
  if (!options.input) {
    const bool trend = std::any_of(columns.begin(), columns.end(), detail::has_trend);
    scheme.options_.input = trend ? ForecastInput::kChange : ForecastInput::kLevel;
  }
  for (std::size_t i = 0; i < train_steps * width; ++i) {
    scheme.transformed(filled, i / width, i % width);
  }
  scheme.require_moderate(series, columns);
  scheme.learn_scales(columns);
  return scheme;
}

void ForecastScheme::learn_scales(const std::vector<std::vector<double>>& columns) {
  for (const std::vector<double>& x : columns) {
    are_constant_.push_back(detail::is_constant(x));
    if (*options_.transform == Transform::kLog) log_floors_.push_back(detail::floor_of(x));
  }
}

// What has no square cannot be learnt from: neither deviations nor errors are numbers, or they are
// 0.
void ForecastScheme::require_moderate(const Series& series,
                                      const std::vector<std::vector<double>>& columns) const {
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string what = series.source + ": the numbers of " + quote(series.column_names[c]);
    const double first = detail::apply(*options_.transform, columns[c][0]);
    double squares = 0, changes = 0;
    for (const double x : columns[c]) {
      const double change = detail::apply(*options_.transform, x) - first;
      squares += x * x, changes += change * change;
    }
    if (!std::isfinite(squares * static_cast<double>(columns[c].size()))) {
      throw FormatError(what + " are too large to have a mean and a deviation; scale them down");
    }
    if (changes == 0 && !detail::is_constant(columns[c])) {
      throw FormatError(what + " differ too little to have a deviation; scale them up");
    }
  }
}

}  // namespace unroll
