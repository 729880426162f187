#pragma once

#include <cstdint>
#include <vector>

#include "unroll/data/forecast.h"
#include "unroll/data/series.h"

namespace unroll {

inline Series series_of(const std::vector<double>& values, std::size_t columns = 1) {
  Series series = {.source = "a.csv", .values = values};
  for (const char* name : {"c0", "c1"}) {
    if (series.columns() < columns) series.column_names.emplace_back(name);
  }
  return series;
}

// As read_series() leaves dates that are so far apart, from 1970 on.
inline Series dated(std::vector<double> values, std::int64_t spacing, Frequency frequency) {
  Series series = series_of(values);
  for (std::size_t t = 0; t < values.size(); ++t) {
    series.seconds.push_back(spacing * static_cast<std::int64_t>(t));
    series.dates.emplace_back(t + 1, 'd');
  }
  series.spacing = spacing, series.frequency = frequency;
  return series;
}

// The options that are not asked about are the plain ones.
inline ForecastOptions plain(std::size_t lags, std::size_t horizon,
                             Transform transform = Transform::kNone,
                             ForecastInput input = ForecastInput::kLevel) {
  return {.lags = lags, .horizon = horizon, .transform = transform, .input = input};
}

}  // namespace unroll
