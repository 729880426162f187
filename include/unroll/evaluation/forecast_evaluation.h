#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "unroll/core/visibility.h"
#include "unroll/evaluation/metrics.h"
#include "unroll/models/sequence_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// What the comparisons below need of the training part: an autoregression of each column and the
// error of its naive forecast, with the last known value in the place of a missing one.
void learn_comparisons(ForecastScheme& scheme, const Series& series, std::size_t train_steps);

// For every target (K·C) the factor f for which the interval m ± f s held 90 % of the values of the
// validation part: the ⌈0.9 (n+1)⌉-th smallest of |t - m| / s, or the largest of fewer than 9. m
// are the predictions, s their deviations, 1 for heads without them. Empty for quantiles, which are
// an interval already. `constant` (C): columns that are forecast not to change. Source: split
// conformal prediction; Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, "Distribution-free predictive
// inference for regression", 2018.
template <class T>
UNROLL_PUBLIC std::vector<double> interval_factors(const HeadOptions& head,
                                                   const EncodedSequences& valid,
                                                   std::span<const T> predictions,
                                                   const std::vector<bool>& constant = {});

// One forecast value in the series' units, and the ends of an interval that holds the true one with
// a probability of 90 %: by interval_factors, or without a validation part by the variance that was
// predicted, where it was; else NaN. Of the head `quantiles` it is from the lowest to the highest
// one, as they were predicted.
struct ForecastValue {
  double value, low, high;
  std::vector<double> quantiles = {};  // (Q) of the head `quantiles`
};

// The forecasts (origins, K, C) from what predict() returns for the windows() of these origins.
template <class T>
UNROLL_PUBLIC std::vector<ForecastValue> forecast_values(
    const SequenceModelDescription& description, const Series& series,
    std::span<const std::size_t> origins, std::span<const T> predictions);

// Over all origins, steps ahead and columns, in the series' units: rmse, mae, mase (mae over that
// of the naive forecast of the training part, seasonal where the dates have a season, each column
// by itself, then the mean), coverage (share of values within the interval, where there is one),
// pinball (the mean of that loss over the quantiles of these `levels`, where there are some),
// and of answers without a model on the same origins: rmse_persistence, rmse_seasonal where there
// is a season and it has been seen, rmse_ar, rmse_mean; and of 2 to 16 columns rmse(NAME) and
// mae(NAME), the model's of each. What the scheme has not learnt is left out.
// Throws ValueError for other sizes, and origins without the values that were forecast.
Metrics evaluate_forecasts(const ForecastScheme& scheme, const Series& series,
                           std::span<const std::size_t> origins,
                           std::span<const ForecastValue> forecasts,
                           std::span<const double> levels = {});

}  // namespace unroll

#pragma GCC visibility pop
