#include "unroll/evaluation/forecast_baselines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/range.h"
#include "evaluation/least_squares.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

// Rows that are taken at a time: memory does not grow with the series.
constexpr std::size_t kRows = 1024;

// Residuals that are smaller than this, the series having variance 1, are rounding.
constexpr double kNoResidual = 1e-12;

// A series with mean 0 and variance 1, so that sums and thresholds do not depend on its unit.
struct Standard {
  double mean = 0, scale = 1;
  std::vector<double> values;

  explicit Standard(std::span<const double> series) : mean(series_mean(series)) {
    for (std::size_t t = 0; t < series.size(); ++t) {
      if (std::isfinite(series[t])) continue;
      throw ValueError("value " + std::to_string(t) + " of the series is " +
                       number_text(series[t]) +
                       "; an autoregression wants finite values: fill in the missing ones first");
    }
    double squares = 0;
    for (const double y : series) squares += (y - mean) * (y - mean);
    if (!std::isfinite(squares)) {
      throw ValueError(
          "the values of the series are too large to have a mean and a deviation; scale them down");
    }
    const double deviation = std::sqrt(squares / static_cast<double>(series.size()));
    if (deviation > 0) scale = deviation;
    for (const double y : series) values.push_back((y - mean) / scale);
  }
};

// Of the rows (1, y_{t-1} … y_{t-p}, y_t), t = first … n-1. Width p + 2.
Triangle triangle_of_rows(std::span<const double> y, std::size_t order, std::size_t first) {
  Triangle triangle(order + 2);
  std::vector<double> rows;
  for (std::size_t t = first; t < y.size();) {
    rows.clear();
    for (std::size_t row = 0; row < kRows && t < y.size(); ++row, ++t) {
      rows.push_back(1);
      for (std::size_t lag = 1; lag <= order; ++lag) rows.push_back(y[t - lag]);
      rows.push_back(y[t]);
    }
    triangle.add(rows);
  }
  return triangle;
}

}  // namespace

double series_mean(std::span<const double> series) {
  double sum = 0;
  for (const double y : series) sum += y;
  return sum / static_cast<double>(series.size());
}

std::vector<double> persistence_forecast(std::span<const double> history, std::size_t horizon,
                                         std::size_t season) {
  if (season == 0 || history.size() < season) {
    throw ValueError("a persistence forecast with the season " + std::to_string(season) +
                     " got a history of " + std::to_string(history.size()) +
                     " values; wanted a season of at least 1 and as many values");
  }
  const auto last = history.last(season);
  std::vector<double> next(horizon);
  for (std::size_t k = 0; k < horizon; ++k) next[k] = last[k % season];
  return next;
}

std::vector<double> Autoregression::forecast(std::span<const double> history,
                                             std::size_t horizon) const {
  const std::size_t p = order();
  if (history.size() < p) {
    throw ValueError("an autoregression of order " + std::to_string(p) + " got a history of " +
                     std::to_string(history.size()) + " values; wanted at least as many");
  }
  const auto last = history.last(p);
  std::vector<double> known(last.begin(), last.end());
  for (std::size_t k = 0; k < horizon; ++k) {
    double next = intercept;
    for (std::size_t lag = 1; lag <= p; ++lag) {
      next += coefficients[lag - 1] * known[known.size() - lag];
    }
    known.push_back(next);
  }
  return {known.begin() + static_cast<std::ptrdiff_t>(p), known.end()};
}

Autoregression fit_autoregression(std::span<const double> training, std::size_t order) {
  if (training.size() <= order || training.size() - order <= order) {
    throw ValueError("an autoregression of order " + std::to_string(order) + " got a series of " +
                     std::to_string(training.size()) + " values; wanted more than twice the order");
  }
  const Standard y(training);
  const std::vector<double> solution = triangle_of_rows(y.values, order, order).solve(kNoResidual);

  // Back to the series' own unit: y = mean + scale (x_0 + Σ x_i (y_{t-i} - mean) / scale).
  Autoregression result;
  result.intercept = y.mean + y.scale * solution[0];
  for (std::size_t lag = 1; lag <= order; ++lag) {
    result.coefficients.push_back(solution[lag]);
    result.intercept -= solution[lag] * y.mean;
  }
  return result;
}

Autoregression choose_autoregression(std::span<const double> training,
                                     std::optional<std::size_t> max_order) {
  const std::size_t n = training.size();
  std::size_t most = 0;
  if (max_order) {
    most = *max_order;
  } else if (n > 4) {
    most = std::min(static_cast<std::size_t>(10 * std::log10(static_cast<double>(n))), (n - 4) / 3);
  }
  if (most == 0) return fit_autoregression(training, 0);
  if (n < 4 || most > (n - 4) / 2) {
    throw ValueError("an autoregression with max_order " + std::to_string(most) +
                     " got a series of " + std::to_string(n) +
                     " values; wanted at least 2 max_order + 4");
  }
  const Standard y(training);
  const Triangle triangle = triangle_of_rows(y.values, most, most);
  const double count = static_cast<double>(n - most);
  // The right side's part below row p is what the intercept and p lags leave: its squares sum to
  // RSS(p). From the largest p down.
  double squares = 0, best = std::numeric_limits<double>::infinity();
  std::size_t order = 0;
  for (std::size_t p = most + 1; p-- > 0;) {
    const double residual = triangle(p + 1, most + 1);
    squares += residual * residual;
    const double variance = std::max(squares / count, kNoResidual * kNoResidual);
    const double k = static_cast<double>(p) + 2;
    const double aicc = count * std::log(variance) + 2 * k + 2 * k * (k + 1) / (count - k - 1);
    if (aicc <= best) {
      best = aicc;
      order = p;
    }
  }
  return fit_autoregression(training, order);
}

}  // namespace unroll
