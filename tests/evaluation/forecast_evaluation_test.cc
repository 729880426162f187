#include "unroll/evaluation/forecast_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/evaluation/forecast_baselines.h"
#include "unroll/evaluation/metrics.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Steps = std::vector<std::size_t>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Series series_of(const Numbers& values, std::size_t columns = 1) {
  Series series = {.source = "a.csv", .values = values};
  for (const char* name : {"c0", "c1"}) {
    if (series.columns() < columns) series.column_names.emplace_back(name);
  }
  return series;
}

ForecastScheme plain_scheme(const Series& series, std::size_t train, std::size_t horizon = 1,
                            Transform transform = Transform::kNone) {
  return ForecastScheme::learn(series, train,
                               {.lags = 1,
                                .horizon = horizon,
                                .transform = transform,
                                .input = ForecastInput::kLevel,
                                .calendar = false,
                                .missing = Missing::kPrevious});
}

std::map<std::string, double> evaluated(const ForecastScheme& scheme, const Series& series,
                                        const Steps& origins,
                                        const std::vector<ForecastValue>& forecasts) {
  const Metrics metrics = evaluate_forecasts(scheme, series, origins, forecasts);
  return {metrics.begin(), metrics.end()};
}

TEST(ForecastEvaluation, IntervalFactorsByHand) {
  // |t - m| of the first target are 1 … n in some order, of the second ten times as much.
  const auto factors = [](std::size_t n) {
    EncodedSequences valid;
    NumberTargets targets = {.width = 2};
    std::vector<float> predictions;
    for (std::size_t r = 0; r < n; ++r) {
      const auto error = static_cast<double>(r * 7 % n + 1) * (r % 2 == 0 ? 1 : -1);
      valid.begin.push_back(r + 1);
      targets.values.insert(targets.values.end(), {5 + error, 10 * error});
      predictions.insert(predictions.end(), {5, 0});
    }
    valid.targets = targets;
    return interval_factors<float>(HeadOptions{"squared_error"}, valid, predictions);
  };
  EXPECT_EQ(factors(0), Numbers{});
  EXPECT_EQ(factors(1), (Numbers{1, 10}));
  EXPECT_EQ(factors(8), (Numbers{8, 80}));          // ⌈8.1⌉ is more than there are
  EXPECT_EQ(factors(9), (Numbers{9, 90}));          // ⌈9⌉
  EXPECT_EQ(factors(10), (Numbers{10, 100}));       // ⌈9.9⌉
  EXPECT_EQ(factors(19), (Numbers{18, 180}));       // ⌈18⌉
  EXPECT_EQ(factors(20), (Numbers{19, 190}));       // ⌈18.9⌉
  for (std::size_t tens = 1; tens < 200; ++tens) {  // 0.9 (n+1) is whole, whatever 0.9 rounds to
    if (tens * 10 % 7 == 1) continue;               // r · 7 % n is no permutation
    EXPECT_EQ(factors(tens * 10 - 1)[0], static_cast<double>(tens * 9)) << tens;
  }
}

TEST(ForecastEvaluation, IntervalFactorsOfAVariance) {
  EncodedSequences valid;
  valid.begin = {0, 1, 2};
  valid.targets = NumberTargets{.width = 1, .values = {3, -1}};
  const std::vector<double> predictions = {1, 0, 1, 4};  // mean, s
  // √(log(1 + e⁰) + 10⁻⁶) and √(log(1 + e⁴) + 10⁻⁶) deviations.
  const double first = 2 / std::sqrt(std::log(2) + 1e-6);
  const double second = 2 / std::sqrt(std::log1p(std::exp(4)) + 1e-6);
  ASSERT_GT(first, second);
  EXPECT_NEAR(interval_factors<double>(HeadOptions{"gaussian"}, valid, predictions)[0], first,
              1e-12);
}

TEST(ForecastEvaluation, IntervalFactorsOfStepsThatCount) {
  EncodedSequences valid;
  valid.by_step = true;
  valid.begin = {0, 5};
  valid.targets = NumberTargets{.width = 1, .values = {kNaN, 3, kNaN, -2, 1}};
  const std::vector<float> predictions = {100, 0, 100, 0, 0};
  EXPECT_EQ(interval_factors<float>(HeadOptions{"squared_error"}, valid, predictions),
            (Numbers{3}));
  valid.targets = NumberTargets{.width = 1, .values = Numbers(5, kNaN)};
  EXPECT_TRUE(interval_factors<float>(HeadOptions{"squared_error"}, valid, predictions).empty());
}

SequenceModelDescription description_of(const Series& series, const ForecastScheme& scheme,
                                        const HeadOptions& loss) {
  SequenceModelDescription d;
  d.options.head = loss;
  d.forecast = scheme;
  Steps origins;
  d.preprocessing =
      Preprocessing::learn(scheme.windows(series, 0, series.steps(), true, origins), {});
  return d;
}

TEST(ForecastEvaluation, ValuesOfAStatefulModel) {
  const Series s = series_of({2, 4, 3, 5});  // changes 2, -1, 2
  const auto scheme = ForecastScheme::learn(s, 4,
                                            {.lags = 2,
                                             .transform = Transform::kNone,
                                             .input = ForecastInput::kLevel,
                                             .calendar = false,
                                             .stateful = true});
  const SequenceModelDescription d = description_of(s, scheme, HeadOptions{"squared_error"});
  const Steps origins = {2, 4};
  const std::vector<double> predictions = {9, 1, 9, 0};  // a row a step
  const auto v = forecast_values<double>(d, s, origins, predictions);
  EXPECT_NEAR(v[0].value, 4 + 1 + std::sqrt(2), 1e-12);
  EXPECT_NEAR(v[1].value, 5 + 1, 1e-12);
}

TEST(ForecastEvaluation, ValuesAndIntervalsInTheSeriesUnits) {
  const Series s = series_of({2, 4, 3, 5});  // changes 2, -1, 2: mean 1, deviation √2
  const auto scheme = plain_scheme(s, 4);
  SequenceModelDescription d = description_of(s, scheme, HeadOptions{"squared_error"});
  const Steps origins = {1, 4};
  const double root = std::sqrt(2);
  const auto values = [&](const std::vector<double>& predictions) {
    return forecast_values<double>(d, s, origins, predictions);
  };
  std::vector<ForecastValue> v = values({1, -0.5});
  ASSERT_EQ(v.size(), 2u);
  EXPECT_NEAR(v[0].value, 2 + 1 + root, 1e-12);
  EXPECT_NEAR(v[1].value, 5 + 1 - root / 2, 1e-12);  // beyond the end
  EXPECT_TRUE(std::isnan(v[0].low) && std::isnan(v[0].high));
  d.forecast->interval_factors = {3};
  v = values({1, -0.5});
  EXPECT_NEAR(v[0].low, 3 + root - 3 * root, 1e-12);
  EXPECT_NEAR(v[0].high, 3 + root + 3 * root, 1e-12);

  // A variance that is predicted: by the normal distribution, or by the validation part.
  d = description_of(s, scheme, HeadOptions{"gaussian"});
  const double deviation = std::sqrt(std::log(2) + 1e-6);
  v = values({1, 0, -0.5, 0});
  EXPECT_NEAR(v[1].value, 6 - root / 2, 1e-12);
  EXPECT_NEAR(v[1].high - v[1].value, 1.6448536269514722 * deviation * root, 1e-12);
  d.forecast->interval_factors = {3};
  EXPECT_NEAR(values({1, 0, -0.5, 0})[1].high - v[1].value, 3 * deviation * root, 1e-12);
}

TEST(ForecastEvaluation, QuantilesAreAnIntervalAsTheyArePredicted) {
  const Series s = series_of({2, 4, 3, 5});  // changes 2, -1, 2: mean 1, deviation √2
  const auto scheme = plain_scheme(s, 4);
  const HeadOptions head = {.name = "quantiles", .quantiles = {0.2, 0.5, 0.6, 0.9}};
  const SequenceModelDescription d = description_of(s, scheme, head);
  const double root = std::sqrt(2);
  const Steps origins = {1, 2};
  const std::vector<double> predictions = {-1, 0, 1, 2, 2, 1, 0, -1};  // the latter crossed
  const auto v = forecast_values<double>(d, s, origins, predictions);
  ASSERT_EQ(v.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const double known = i == 0 ? 2 : 4;
    EXPECT_NEAR(v[i].value, known + 1, 1e-12);
    EXPECT_NEAR(v[i].low, known + 1 - root, 1e-12);
    EXPECT_NEAR(v[i].high, known + 1 + 2 * root, 1e-12);
    ASSERT_EQ(v[i].quantiles.size(), 4u);
    for (std::size_t q = 0; q < 4; ++q) {
      EXPECT_NEAR(v[i].quantiles[q], known + 1 + (static_cast<double>(q) - 1) * root, 1e-12);
    }
  }
  EncodedSequences valid;
  EXPECT_TRUE(interval_factors<double>(head, valid, predictions).empty());
  double pinball = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t q = 0; q < 4; ++q) {
      pinball += pinball_loss(head.quantiles[q], s.values[origins[i]], v[i].quantiles[q]) / 8;
    }
  }
  Numbers figures;
  for (const auto& [name, value] : evaluate_forecasts(scheme, s, origins, v, head.quantiles)) {
    if (name == "coverage" || name == "pinball") figures.push_back(value);
  }
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_DOUBLE_EQ(figures[0], 0.5);  // 4 is within 1.6 to 5.8, and 3 not within 3.6 to 7.8
  EXPECT_NEAR(figures[1], pinball, 1e-12);
  // 4 against 3 + 2 √2 and 3 - √2.
  EXPECT_NEAR(pinball_loss(0.9, 4, 3 + 2 * root), 0.1 * (2 * root - 1), 1e-12);
  EXPECT_NEAR(pinball_loss(0.2, 4, 3 - root), 0.2 * (1 + root), 1e-12);
}

TEST(ForecastEvaluation, StepsAheadAndColumnsOnATransformedScale) {
  const Series s = series_of({1, 1, 4, 9, 9, 1, 16, 25, 4, 4}, 2);
  const auto scheme = plain_scheme(s, 5, 2, Transform::kSqrt);
  SequenceModelDescription d = description_of(s, scheme, HeadOptions{"squared_error"});
  d.forecast->interval_factors = {1, 2, 3, 4};
  Steps origins;
  const Sequences w = scheme.windows(s, 0, 5, true, origins);
  const EncodedSequences encoded = d.preprocessing.encode(w);
  // The true changes as predictions give the true values.
  const auto v = forecast_values<double>(d, s, origins, encoded.number_targets().values);
  ASSERT_EQ(v.size(), origins.size() * 4);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const std::size_t origin = origins[i / 4], j = i % 4;
    EXPECT_NEAR(v[i].value, s.values[origin * 2 + j], 1e-9) << i;
    const double half = d.preprocessing.target_scale(j) * static_cast<double>(j + 1);
    const double level = std::sqrt(s.values[origin * 2 + j]);
    EXPECT_NEAR(v[i].high, std::pow(level + half, 2), 1e-9);
    EXPECT_NEAR(v[i].low, std::pow(std::fmax(level - half, 0), 2), 1e-9);
  }
}

TEST(ForecastEvaluation, MetricsByHand) {
  Series s = series_of({2, 4, 3, 5, 6});
  auto scheme = plain_scheme(s, 3);  // mean 3
  scheme.naive_errors = {1.5};
  scheme.autoregressions = {{1, 0.5}};
  auto m = evaluated(scheme, s, {3, 4}, {{4, 3, 6}, {7, 6.5, 8}});
  EXPECT_DOUBLE_EQ(m.at("rmse"), 1);
  EXPECT_DOUBLE_EQ(m.at("mae"), 1);
  EXPECT_DOUBLE_EQ(m.at("mase"), 1 / 1.5);
  EXPECT_DOUBLE_EQ(m.at("rmse_persistence"), std::sqrt((4. + 1) / 2));  // 3, 5
  EXPECT_DOUBLE_EQ(m.at("rmse_ar"), 2.5);                               // 2.5, 3.5
  EXPECT_DOUBLE_EQ(m.at("rmse_mean"), std::sqrt((4. + 9) / 2));
  EXPECT_DOUBLE_EQ(m.at("coverage"), 0.5);
  EXPECT_FALSE(m.contains("rmse_seasonal"));

  // Without what was not learnt, and without intervals.
  m = evaluated(plain_scheme(s, 3), s, {3}, {{4, kNaN, kNaN}});
  for (const char* name : {"mase", "rmse_ar", "coverage"}) EXPECT_FALSE(m.contains(name)) << name;

  // The season: the step 4 quarters before, once there is one for all.
  s.frequency = Frequency::kQuarterly;
  scheme = plain_scheme(s, 3);
  EXPECT_EQ(evaluated(scheme, s, {4}, {{7, 6, 8}}).at("rmse_seasonal"), 4);
  EXPECT_FALSE(evaluated(scheme, s, {3, 4}, {{4, 3, 6}, {7, 6, 8}}).contains("rmse_seasonal"));
  // An autoregression that looks further back than there is.
  scheme.autoregressions = {{0, 0, 0, 0, 1}};
  EXPECT_FALSE(evaluated(scheme, s, {3, 4}, {{4, 3, 6}, {7, 6, 8}}).contains("rmse_ar"));
  EXPECT_EQ(evaluated(scheme, s, {4}, {{7, 6, 8}}).at("rmse_ar"), 4);
}

// Days 0 … 6, 8, 9, 13, 14: the week before is that by date, or two weeks before where it is
// absent.
TEST(ForecastEvaluation, SeasonsAreThoseOfTheDates) {
  Series s = series_of({0, 1, 2, 3, 4, 5, 6, 8, 9, 13, 14});
  constexpr std::int64_t kDay = std::int64_t{86400} * 1000000;
  for (const double day : s.values) s.times.push_back(static_cast<std::int64_t>(day) * kDay);
  s.step.microseconds = kDay;
  s.frequency = Frequency::kDaily;
  const auto scheme = plain_scheme(s, 8);
  const auto error = [&](const Steps& origins) {
    return evaluated(scheme, s, origins, std::vector<ForecastValue>(origins.size(), {0, 0, 0}))
        .at("rmse_seasonal");
  };
  EXPECT_EQ(error({7}), 7);    // day 8: day 1
  EXPECT_EQ(error({9}), 7);    // day 13: day 6
  EXPECT_EQ(error({10}), 14);  // day 14: day 7 is absent, day 0
  s.step = {};                 // by row
  EXPECT_EQ(error({10}), 14 - 3);
}

// Changes over a week, of the days that have one before.
TEST(ForecastEvaluation, NaiveErrorsAreThoseOfTheDates) {
  Series s = series_of({0, 1, 2, 3, 4, 5, 6, 8, 10});
  constexpr std::int64_t kDay = std::int64_t{86400} * 1000000;
  for (const std::int64_t day : {0, 1, 2, 3, 4, 5, 6, 8, 9}) s.times.push_back(day * kDay);
  s.step.microseconds = kDay;
  s.frequency = Frequency::kDaily;
  auto scheme = plain_scheme(s, 9);
  learn_comparisons(scheme, s, 9);
  EXPECT_DOUBLE_EQ(scheme.naive_errors.at(0), (7. + 8) / 2);
}

TEST(ForecastEvaluation, MetricsOfStepsAheadAndColumns) {
  const Series s = series_of({1, 10, 2, 20, 4, 40, 7, 70}, 2);
  auto scheme = plain_scheme(s, 4, 2);
  scheme.naive_errors = {1, 20};
  scheme.autoregressions = {{0, 2}, {1, 1}};
  // One origin, (K, C): truths 4, 40, 7, 70.
  const auto m = evaluated(scheme, s, {2}, {{5, 4, 5}, {38, 0, 99}, {10, 9, 11}, {70, 70, 70}});
  EXPECT_DOUBLE_EQ(m.at("rmse"), std::sqrt((1. + 4 + 9 + 0) / 4));
  EXPECT_DOUBLE_EQ(m.at("mae"), 6. / 4);
  EXPECT_DOUBLE_EQ(m.at("rmse(c0)"), std::sqrt((1. + 9) / 2));
  EXPECT_DOUBLE_EQ(m.at("mae(c1)"), 2. / 2);
  EXPECT_DOUBLE_EQ(m.at("mase"), (2. / 1 + 1. / 20) / 2);
  EXPECT_DOUBLE_EQ(m.at("coverage"), 0.75);  // the ends belong to the interval
  EXPECT_DOUBLE_EQ(m.at("rmse_persistence"), std::sqrt((4. + 400 + 25 + 2500) / 4));
  // 4, 8 and 21, 22.
  EXPECT_DOUBLE_EQ(m.at("rmse_ar"), std::sqrt((0. + 19 * 19 + 1 + 48 * 48) / 4));
}

TEST(ForecastEvaluation, MissingHistoryIsTheLastKnownValue) {
  const Series s = series_of({2, 4, kNaN, 5, kNaN, 6});
  const auto scheme = plain_scheme(s, 3);
  EXPECT_DOUBLE_EQ(evaluated(scheme, s, {3, 5}, {{5, 5, 5}, {6, 6, 6}}).at("rmse_persistence"), 1);
}

TEST(ForecastEvaluation, RefusesOtherSizes) {
  const Series s = series_of({2, 4, 3, 5, 6});
  const auto scheme = plain_scheme(s, 3);
  const std::vector<ForecastValue> one = {{1, 1, 1}};
  const auto evaluate = [&](const Steps& origins, const Series& series) {
    return evaluate_forecasts(scheme, series, origins, one);
  };
  evaluate({4}, s);
  expect_error<ValueError>([&] { evaluate({3, 4}, s); }, {"1 forecasts", "(2, 1, 1)"});
  expect_error<ValueError>([&] { evaluate({5}, s); }, {"a.csv", "5 steps", "from step 5"});
  EXPECT_THROW(evaluate({0}, s), ValueError);
  EXPECT_THROW(evaluate({std::numeric_limits<std::size_t>::max()}, s), ValueError);
  EXPECT_THROW(evaluate({4}, series_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2)), ValueError);
}

TEST(ForecastEvaluation, ComparisonsAreLearntFromTheTrainingPartAlone) {
  Series s = series_of({1, 2, 3, 5, 2, 3, 4, 6, 3, 4, 5, 8, 4, 5});
  s.frequency = Frequency::kQuarterly;
  constexpr std::size_t kTrain = 12;
  auto scheme = plain_scheme(s, kTrain);
  learn_comparisons(scheme, s, kTrain);
  // Changes over 4 steps: 1 but for the last, 2.
  EXPECT_DOUBLE_EQ(scheme.naive_errors.at(0), (7 * 1. + 2) / 8);
  const Autoregression wanted = choose_autoregression(std::span(s.values).first(kTrain));
  ASSERT_EQ(scheme.autoregressions.at(0).size(), wanted.order() + 1);
  EXPECT_EQ(scheme.autoregressions[0][0], wanted.intercept);

  Series other = s;
  for (std::size_t t = kTrain; t < other.steps(); ++t) other.values[t] = 1e6;
  auto again = plain_scheme(other, kTrain);
  learn_comparisons(again, other, kTrain);
  EXPECT_EQ(again.to_json(), scheme.to_json());

  // Fewer steps than a season: the plain naive forecast. A column that is missing throughout.
  Series two = series_of({1, kNaN, 3, kNaN, 2, kNaN, 4, kNaN}, 2);
  two.frequency = Frequency::kQuarterly;
  auto few = plain_scheme(two, 4);
  learn_comparisons(few, two, 4);
  EXPECT_DOUBLE_EQ(few.naive_errors.at(0), 5. / 3);
  EXPECT_EQ(few.autoregressions.at(1), Numbers{0});
}

}  // namespace
}  // namespace unroll
