#include "unroll/evaluation/forecast_baselines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/evaluation/metrics.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;

// y_t = c + φ_1 y_{t-1} + φ_2 y_{t-2} + deviation · noise.
Numbers second_order(std::size_t count, double c, double phi1, double phi2, double deviation) {
  const Random random(1, RandomUse::kCheck);
  Numbers y = {1, 3};
  while (y.size() < count) {
    y.push_back(c + phi1 * y.back() + phi2 * y[y.size() - 2] + deviation * random.normal(y.size()));
  }
  return y;
}

TEST(ForecastBaselines, Persistence) {
  const Numbers history = {5, 1, 2, 3};
  EXPECT_EQ(persistence_forecast(history, 2), (Numbers{3, 3}));
  EXPECT_EQ(persistence_forecast(history, 5, 3), (Numbers{1, 2, 3, 1, 2}));
  EXPECT_EQ(persistence_forecast(history, 0), Numbers{});
  expect_error<ValueError>([&] { persistence_forecast(history, 1, 5); }, {"season 5", "4 values"});
  EXPECT_THROW(persistence_forecast(history, 1, 0), ValueError);
  EXPECT_EQ(series_mean(history), 2.75);
}

TEST(ForecastBaselines, RecoversASeriesWithoutNoise) {
  const Numbers y = second_order(60, 2, 1.2, -0.5, 0);
  for (const Autoregression& model : {fit_autoregression(y, 2), choose_autoregression(y)}) {
    ASSERT_EQ(model.order(), 2u);
    EXPECT_NEAR(model.intercept, 2, 1e-9);
    EXPECT_NEAR(model.coefficients[0], 1.2, 1e-9);
    EXPECT_NEAR(model.coefficients[1], -0.5, 1e-9);
    // Ten steps ahead, as the series went on.
    const Numbers next = model.forecast(std::span(y).first(10), 10);
    for (std::size_t k = 0; k < 10; ++k) EXPECT_NEAR(next[k], y[10 + k], 1e-9) << k;
  }
}

// Two equations with two unknowns, by hand: from 1, 2, 4, 7: 2 = c + φ, 4 = c + 2 φ, 7 = c + 4 φ;
// least squares: φ = 23/14, c = 1/2.
TEST(ForecastBaselines, LeastSquaresWorkedByHand) {
  const Autoregression model = fit_autoregression(Numbers{1, 2, 4, 7}, 1);
  EXPECT_NEAR(model.coefficients[0], 23. / 14, 1e-14);
  EXPECT_NEAR(model.intercept, 0.5, 1e-14);
  const Autoregression mean = fit_autoregression(Numbers{1, 2, 6}, 0);
  EXPECT_EQ(mean.order(), 0u);
  EXPECT_DOUBLE_EQ(mean.forecast({}, 1)[0], 3);
}

// The criterion written out, with a fit for each order to the same values.
std::size_t best_order(const Numbers& y, std::size_t most) {
  const double count = static_cast<double>(y.size() - most);
  double best = std::numeric_limits<double>::infinity();
  std::size_t order = 0;
  for (std::size_t p = 0; p <= most; ++p) {
    const Autoregression model = fit_autoregression(std::span(y).subspan(most - p), p);
    double squares = 0;
    for (std::size_t t = most; t < y.size(); ++t) {
      squares += std::pow(y[t] - model.forecast(std::span(y).first(t), 1)[0], 2);
    }
    const double k = static_cast<double>(p) + 2;
    const double aicc =
        count * std::log(squares / count) + 2 * k + 2 * k * (k + 1) / (count - k - 1);
    if (aicc < best) best = aicc, order = p;
  }
  return order;
}

TEST(ForecastBaselines, ChoosesTheOrderByTheCriterion) {
  for (const std::size_t count : {20u, 60u, 300u}) {
    for (const double phi2 : {-0.5, -0.1, 0.}) {
      const Numbers y = second_order(count, 2, 0.9, phi2, 0.7);
      for (const std::size_t most : {3u, 8u}) {
        EXPECT_EQ(choose_autoregression(y, most).order(), best_order(y, most)) << count;
      }
    }
  }
}

// More rows than are taken at a time, and a unit that is far from 1.
TEST(ForecastBaselines, FindsTheSeriesUnderNoise) {
  Numbers y = second_order(5000, 2, 1.2, -0.5, 0.7);
  const Autoregression model = choose_autoregression(y, 12);
  ASSERT_GE(model.order(), 2u);
  // The standard error of a coefficient is about 1 / √5000 = 0.014.
  for (std::size_t i = 0; i < model.order(); ++i) {
    EXPECT_NEAR(model.coefficients[i], i == 0 ? 1.2 : i == 1 ? -0.5 : 0, 0.06) << i;
  }
  for (double& value : y) value = 1e6 + 1e-3 * value;
  const Autoregression moved = choose_autoregression(y, 12);
  ASSERT_EQ(moved.order(), model.order());
  for (std::size_t i = 0; i < model.order(); ++i) {
    EXPECT_NEAR(moved.coefficients[i], model.coefficients[i], 1e-6);
  }
}

// Blocks give what the normal equations of all rows give: here one lag, with sums by hand.
TEST(ForecastBaselines, BlocksOfRows) {
  const Numbers y = second_order(2500, 0, 0.9, -0.2, 1);
  double n = 0, x = 0, xx = 0, z = 0, xz = 0;
  for (std::size_t t = 1; t < y.size(); ++t) {
    n += 1, x += y[t - 1], xx += y[t - 1] * y[t - 1], z += y[t], xz += y[t - 1] * y[t];
  }
  const double slope = (n * xz - x * z) / (n * xx - x * x);
  const Autoregression model = fit_autoregression(y, 1);
  EXPECT_NEAR(model.coefficients[0], slope, 1e-12);
  EXPECT_NEAR(model.intercept, (z - slope * x) / n, 1e-12);
}

TEST(ForecastBaselines, SeriesThatDetermineNothing) {
  const Numbers constant(30, 7), single = {4};
  for (const std::size_t order : {0u, 3u}) {
    EXPECT_NEAR(fit_autoregression(constant, order).forecast(constant, 3)[2], 7, 1e-12);
  }
  EXPECT_EQ(choose_autoregression(constant).order(), 0u);
  EXPECT_EQ(choose_autoregression(single).forecast(single, 2), (Numbers{4, 4}));
  // 1 2 3 1 2 3 …: lags 3 and 6 say the same.
  Numbers periodic;
  for (int i = 0; i < 40; ++i) periodic.push_back(1 + i % 3);
  const Numbers next = fit_autoregression(periodic, 6).forecast(periodic, 4);
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(next[k], periodic[k + 1], 1e-9);
}

TEST(ForecastBaselines, RefusesWhatCannotBeFitted) {
  expect_error<ValueError>([] { fit_autoregression(Numbers(8, 1), 4); },
                           {"order 4", "8 values", "twice the order"});
  expect_error<ValueError>([] { choose_autoregression(Numbers(9, 1), 4); },
                           {"max_order 4", "9 values"});
  expect_error<ValueError>([] { choose_autoregression({}); }, {"order 0", "0 values"});
  Numbers missing = {1, 2, 3, 4, 5, 6, 7, 8};
  missing[2] = std::numeric_limits<double>::quiet_NaN();
  expect_error<ValueError>([&] { fit_autoregression(missing, 1); }, {"value 2", "nan"});
  for (const double large : {1e160, 1e308}) {  // whose squares, or whose sum, overflow
    const Numbers y = {large, -large, large, large, 0, large, large, large};
    expect_error<ValueError>([&] { fit_autoregression(y, 1); }, {"too large", "scale them down"});
    expect_error<ValueError>([&] { choose_autoregression(y); }, {"too large"});
  }
  const Autoregression model{.intercept = 0, .coefficients = {1, 1}};
  expect_error<ValueError>([&] { model.forecast(Numbers{1}, 1); }, {"order 2", "1 values"});
}

// The yearly sunspot numbers, 1700 to 2008, one step ahead, the last fifth as test:
// series/sunspots.csv in the folder that UNROLL_DATA names.
Numbers sunspots(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  Numbers values;
  while (std::getline(file, line)) values.push_back(std::stod(line.substr(line.find(',') + 1)));
  return values;
}

TEST(ForecastBaselines, Sunspots) {
  const char* data = std::getenv("UNROLL_DATA");
  const std::string path = std::string(data ? data : "") + "/series/sunspots.csv";
  if (!data || !std::filesystem::exists(path)) {
    GTEST_SKIP() << "UNROLL_DATA names no folder with series/sunspots.csv";
  }
  const Numbers y = sunspots(path);
  ASSERT_EQ(y.size(), 309u);
  const std::size_t training_size = y.size() * 4 / 5;
  const auto training = std::span(y).first(training_size);
  const auto rmse = [&](const auto& forecast) {
    RegressionMetrics metrics;
    for (std::size_t t = training_size; t < y.size(); ++t) {
      metrics.add<double>(Numbers{y[t]}, forecast(std::span(y).first(t)));
    }
    return metrics.rmse();
  };
  const auto rmse_of = [&](const Autoregression& model) {
    return rmse([&](std::span<const double> history) { return model.forecast(history, 1); });
  };
  EXPECT_NEAR(rmse([](std::span<const double> h) { return persistence_forecast(h, 1); }), 33.3,
              0.05);
  EXPECT_NEAR(rmse_of(fit_autoregression(training, 2)), 22.8, 0.05);
  EXPECT_NEAR(rmse_of(fit_autoregression(training, 9)), 19.4, 0.05);
  EXPECT_NEAR(rmse_of(fit_autoregression(training, 12)), 20.1, 0.05);
  const Autoregression chosen = choose_autoregression(training);
  EXPECT_EQ(chosen.order(), 9u);
  EXPECT_NEAR(rmse_of(chosen), 19.4, 0.05);
}

}  // namespace
}  // namespace unroll
