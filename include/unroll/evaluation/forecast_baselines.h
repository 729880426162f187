#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// Forecasts that a trained model has to beat. Each takes the values known so far, `history`, oldest
// first, and returns the next `horizon` ones. So they can be asked at the same times as the model.

// The last value; with a season of m steps, the last known value of the same place in the season:
// y_{n+k} = y_{n+k-m}, a forecast standing in where k > m. Throws ValueError when the history has
// fewer than m values or m is 0.
std::vector<double> persistence_forecast(std::span<const double> history, std::size_t horizon,
                                         std::size_t season = 1);

// The mean of a series, which is to be that of the training part. NaN for an empty one.
double series_mean(std::span<const double> series);

// AR(p): y_t = c + φ_1 y_{t-1} + … + φ_p y_{t-p} + noise.
struct Autoregression {
  double intercept = 0;                   // c
  std::vector<double> coefficients = {};  // φ_1 … φ_p

  std::size_t order() const { return coefficients.size(); }

  // Further steps than one take forecasts for the values that are not known. Throws ValueError when
  // the history has fewer than p values.
  std::vector<double> forecast(std::span<const double> history, std::size_t horizon) const;
};

// Least squares over all t that have p values before them. Where the lags depend on each other (a
// series that repeats itself exactly) the smallest coefficients that fit. Throws ValueError when
// the series has fewer than 2 p + 1 values, hence fewer equations than unknowns, or one that is not
// finite.
Autoregression fit_autoregression(std::span<const double> training, std::size_t order);

// fit_autoregression() for the p that has the smallest
//   AICc(p) = N ln(RSS(p) / N) + 2 k + 2 k (k + 1) / (N - k - 1),   k = p + 2
// of all p up to max_order, each judged on the same N values, those after the first max_order.
// Source: Hurvich, Tsai, "Regression and time series model selection in small samples", 1989. It is
// made for forecasts: of the yearly sunspots it takes 9 lags and errs by 19.4, where the stricter
// BIC takes 2 and errs by 22.8.
//
// The largest p that is tried without max_order is 10 log10(n), as R's ar() does, and at most
// (n - 4) / 3. Throws ValueError for an empty series, 2 max_order + 4 > n or a value that is not
// finite.
Autoregression choose_autoregression(std::span<const double> training,
                                     std::optional<std::size_t> max_order = {});

}  // namespace unroll

#pragma GCC visibility pop
