#include "unroll/evaluation/forecast_evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "evaluation/seasonal_naive.h"
#include "unroll/core/error.h"
#include "unroll/evaluation/forecast_baselines.h"
#include "unroll/evaluation/metrics.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {
namespace {

constexpr std::size_t kMostShown = 16;  // columns that have figures of their own
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A column with the last known value in the place of a missing one, as a forecaster would see it.
std::vector<double> known_values(const Series& series, std::size_t column, double mean) {
  std::vector<double> values(series.steps());
  double last = mean;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double x = series.values[t * series.columns() + column];
    if (!std::isnan(x)) last = x;
    values[t] = last;
  }
  return values;
}

// Fewer where a step has no answer.
std::vector<double> seasonal_forecast(const SeasonalNaive& seasons,
                                      const std::vector<double>& known, std::size_t origin,
                                      std::size_t horizon) {
  std::vector<double> answers;
  for (std::size_t k = 0; k < horizon; ++k) {
    if (const auto row = seasons.row_for(origin + k, origin)) answers.push_back(known[*row]);
  }
  return answers;
}

// Of columns that never changed in training, the answer is that they do not: the mean change, which
// is 0, with this deviation.
template <class T>
void keep_constant(const std::vector<bool>& constant, std::size_t targets, double deviation,
                   Decoded<T>& decoded) {
  if (std::find(constant.begin(), constant.end(), true) == constant.end()) return;
  const std::size_t levels =
      decoded.values.empty() ? 0 : decoded.quantiles.size() / decoded.values.size();
  for (std::size_t i = 0; i < decoded.values.size(); ++i) {
    if (!constant[i % targets % constant.size()]) continue;
    decoded.values[i] = 0;
    if (!decoded.below.empty()) decoded.below[i] = decoded.above[i] = deviation;
    std::fill_n(decoded.quantiles.begin() + static_cast<std::ptrdiff_t>(i * levels), levels, 0.0);
  }
}

}  // namespace

void learn_comparisons(ForecastScheme& scheme, const Series& series, std::size_t train_steps) {
  scheme.autoregressions.clear();
  scheme.naive_errors.clear();
  const std::size_t season =
      scheme.season() > 0 && scheme.season() < train_steps ? scheme.season() : 1;
  const SeasonalNaive naive(series, season);
  for (std::size_t c = 0; c < series.columns(); ++c) {
    std::vector<double> values = known_values(series, c, scheme.means[c]);
    values.resize(train_steps);
    const Autoregression model = choose_autoregression(values);
    std::vector<double> coefficients = {model.intercept};
    coefficients.insert(coefficients.end(), model.coefficients.begin(), model.coefficients.end());
    scheme.autoregressions.push_back(coefficients);
    scheme.naive_errors.push_back(season > 1 ? naive.mae(values) : naive_mae(values, 1));
  }
}

template <class T>
std::vector<double> interval_factors(const HeadOptions& head, const EncodedSequences& valid,
                                     std::span<const T> predictions,
                                     const std::vector<bool>& constant) {
  if (!make_head(head)->options().quantiles.empty()) return {};
  if (valid.rows() == 0) return {};
  const std::vector<double>& truth = valid.number_targets().values;
  const std::size_t targets = valid.target_width();
  Decoded<T> decoded = decode<T>(head, valid.begin, make_head(head)->width(targets), predictions);
  keep_constant(constant, targets, 1, decoded);
  std::vector<double> factors;
  for (std::size_t j = 0; j < targets; ++j) {
    std::vector<double> scores;
    for (std::size_t r = 0; r < valid.rows(); ++r) {
      if (!valid.counts(r)) continue;
      const std::size_t i = r * targets + j;
      const double residual = truth[i] - decoded.values[i];
      const std::vector<double>& s = residual < 0 ? decoded.below : decoded.above;
      scores.push_back(std::fabs(residual) / (s.empty() ? 1 : s[i]));
    }
    const std::size_t rows = scores.size();
    if (rows == 0) return {};
    std::sort(scores.begin(), scores.end());
    factors.push_back(scores[std::min((9 * (rows + 1) + 9) / 10, rows) - 1]);
  }
  return factors;
}

template <class T>
std::vector<ForecastValue> forecast_values(const SequenceModelDescription& description,
                                           const Series& series,
                                           std::span<const std::size_t> origins,
                                           std::span<const T> predictions) {
  const ForecastScheme& scheme = *description.forecast;
  const Preprocessing& p = description.preprocessing;
  const std::size_t columns = scheme.columns().size();
  const std::size_t targets = scheme.options().horizon * columns;
  const std::unique_ptr<const Head> head = make_head(description.options.head);
  Decoded<T> decoded = head->decode(LossRows<T>{.rows = predictions.size() / head->width(targets),
                                                .width = head->width(targets),
                                                .predictions = predictions.data()});
  // Without a validation part nothing has shown that it may change.
  keep_constant(scheme.constant_columns(), targets, scheme.interval_factors.empty() ? 0 : 1,
                decoded);
  const Series known = scheme.fill_missing(series);
  const std::size_t levels = head->options().quantiles.size();
  std::vector<ForecastValue> values;
  values.reserve(origins.size() * targets);
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const std::size_t row = scheme.row(origins, i) * targets;
    for (std::size_t j = 0; j < targets; ++j) {
      const double change = p.target_mean(j) + p.target_scale(j) * decoded.values[row + j];
      const auto in_units = [&](double x) {
        return scheme.forecast(known, origins[i], j % columns, x);
      };
      ForecastValue value = {in_units(change), kNaN, kNaN};
      for (std::size_t q = 0; q < levels; ++q) {
        const double x = decoded.quantiles[(row + j) * levels + q];
        value.quantiles.push_back(in_units(p.target_mean(j) + p.target_scale(j) * x));
      }
      if (head->interval_factor() || !scheme.interval_factors.empty()) {
        const double factor =
            scheme.interval_factors.empty() ? *head->interval_factor() : scheme.interval_factors[j];
        const auto part = [&](const std::vector<double>& side) {
          return factor * (side.empty() ? 1 : side[row + j]) * p.target_scale(j);
        };
        value.low = in_units(change - part(decoded.below));
        value.high = in_units(change + part(decoded.above));
      }
      values.push_back(value);
    }
  }
  return values;
}

Metrics evaluate_forecasts(const ForecastScheme& scheme, const Series& series,
                           std::span<const std::size_t> origins,
                           std::span<const ForecastValue> forecasts,
                           std::span<const double> levels) {
  const std::size_t columns = scheme.columns().size(), horizon = scheme.options().horizon;
  const std::size_t season = scheme.season();
  if (forecasts.size() != origins.size() * horizon * columns || series.columns() != columns) {
    throw ValueError("got " + std::to_string(forecasts.size()) + " forecasts for (" +
                     std::to_string(origins.size()) + ", " + std::to_string(horizon) + ", " +
                     std::to_string(series.columns()) + ") origins, steps ahead and columns");
  }
  for (const std::size_t origin : origins) {
    if (origin >= 1 && origin <= series.steps() && horizon <= series.steps() - origin) continue;
    throw ValueError(series.source + ": has " + std::to_string(series.steps()) +
                     " steps, and no truth for the forecasts from step " + std::to_string(origin));
  }
  const SeasonalNaive seasons(series, std::max<std::size_t>(1, season));
  std::vector<RegressionMetrics> by_column(columns);
  RegressionMetrics model, persistence, seasonal, regression, mean;
  double mase = 0, pinball = 0;
  std::size_t within = 0, intervals = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    const std::vector<double> known = known_values(series, c, scheme.means[c]);
    RegressionMetrics& column = by_column[c];
    for (std::size_t i = 0; i < origins.size(); ++i) {
      const std::span<const double> history = std::span(known).first(origins[i]);
      std::vector<double> truth(horizon), answer(horizon);
      for (std::size_t k = 0; k < horizon; ++k) {
        const ForecastValue& f = forecasts[(i * horizon + k) * columns + c];
        truth[k] = series.values[(origins[i] + k) * columns + c];
        answer[k] = f.value;
        for (std::size_t q = 0; q < levels.size(); ++q) {
          pinball += pinball_loss(levels[q], truth[k], f.quantiles.at(q));
        }
        if (std::isnan(f.low)) continue;
        ++intervals;
        within += truth[k] >= f.low && truth[k] <= f.high ? 1 : 0;
      }
      const auto add = [&](RegressionMetrics& to, const std::vector<double>& predicted) {
        to.add<double>(truth, predicted);
      };
      add(model, answer);
      add(column, answer);
      add(mean, std::vector<double>(horizon, scheme.means[c]));
      add(persistence, persistence_forecast(history, horizon));
      if (season > 0) {
        const std::vector<double> answers = seasonal_forecast(seasons, known, origins[i], horizon);
        if (answers.size() == horizon) add(seasonal, answers);
      }
      if (scheme.autoregressions.empty()) continue;
      const std::vector<double>& ar = scheme.autoregressions[c];
      if (ar.size() > history.size() + 1) continue;
      add(regression, Autoregression{ar[0], std::vector<double>(ar.begin() + 1, ar.end())}.forecast(
                          history, horizon));
    }
    if (scheme.naive_errors.empty()) continue;
    mase += column.mase(scheme.naive_errors[c]) / static_cast<double>(columns);
  }
  Metrics metrics = {{"rmse", model.rmse()}, {"mae", model.mae()}};
  if (!scheme.naive_errors.empty()) metrics.emplace_back("mase", mase);
  metrics.emplace_back("rmse_persistence", persistence.rmse());
  const auto add = [&](const char* name, const RegressionMetrics& m) {
    if (m.count() == model.count()) metrics.emplace_back(name, m.rmse());
  };
  add("rmse_seasonal", seasonal);
  add("rmse_ar", regression);
  add("rmse_mean", mean);
  if (intervals > 0) {
    metrics.emplace_back("coverage", static_cast<double>(within) / static_cast<double>(intervals));
  }
  if (!levels.empty()) {
    metrics.emplace_back("pinball",
                         pinball / static_cast<double>(forecasts.size() * levels.size()));
  }
  for (std::size_t c = 0; c < columns && columns > 1 && columns <= kMostShown; ++c) {
    const std::string& name = scheme.columns()[c];
    metrics.emplace_back("rmse(" + name + ")", by_column[c].rmse());
    metrics.emplace_back("mae(" + name + ")", by_column[c].mae());
  }
  return metrics;
}

template std::vector<double> interval_factors(const HeadOptions&, const EncodedSequences&,
                                              std::span<const float>, const std::vector<bool>&);
template std::vector<double> interval_factors(const HeadOptions&, const EncodedSequences&,
                                              std::span<const double>, const std::vector<bool>&);
template std::vector<ForecastValue> forecast_values(const SequenceModelDescription&, const Series&,
                                                    std::span<const std::size_t>,
                                                    std::span<const float>);
template std::vector<ForecastValue> forecast_values(const SequenceModelDescription&, const Series&,
                                                    std::span<const std::size_t>,
                                                    std::span<const double>);

}  // namespace unroll
