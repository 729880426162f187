#include "unroll/data/forecast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/forecast_cases.h"
#include "data/unshared.h"
#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Steps = std::vector<std::size_t>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Windows {
  Sequences data;
  Steps origins;
};
// Each with steps of its own.
Windows windows(const ForecastScheme& scheme, const Series& series, std::size_t first,
                std::size_t last, bool targets = true) {
  Windows made;
  made.data = unshared(scheme.windows(series, first, last, targets, made.origins));
  EXPECT_EQ(made.data.size(), made.origins.size());
  EXPECT_EQ(made.data.values.size(), made.data.steps() * made.data.features);
  EXPECT_EQ(made.data.targets.size(), made.data.size() * made.data.target_width);
  return made;
}
Windows all_windows(const Series& series, const ForecastOptions& options) {
  const auto scheme = ForecastScheme::learn(series, series.steps(), options);
  return windows(scheme, series, 0, series.steps());
}

void expect_near(const Numbers& got, const Numbers& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-12) << i;
}

TEST(Forecast, WindowsOfLevels) {
  const Windows w = all_windows(series_of({1, 2, 4, 7, 11, 16}), plain(2, 2));
  EXPECT_EQ(w.origins, (Steps{2, 3, 4}));
  EXPECT_EQ(w.data.features, 1u);
  EXPECT_EQ(w.data.begin, (Steps{0, 2, 4, 6}));
  expect_near(w.data.values, {1, 2, 2, 4, 4, 7});
  EXPECT_EQ(w.data.target, TargetKind::kValue);
  EXPECT_EQ(w.data.target_width, 2u);
  expect_near(w.data.targets, {2, 5, 3, 7, 4, 9});  // from the last step of the window
}

TEST(Forecast, WindowsOfChanges) {
  const Windows w = all_windows(series_of({1, 2, 4, 7, 11, 16}),
                                plain(2, 1, Transform::kNone, ForecastInput::kChange));
  EXPECT_EQ(w.origins, (Steps{3, 4, 5}));  // the first change is at step 1
  expect_near(w.data.values, {1, 2, 2, 3, 3, 4});
  expect_near(w.data.targets, {3, 4, 5});
}

// Of a row of targets; of the other rows all are missing.
void expect_targets(const Sequences& data, std::size_t row, const Numbers& wanted) {
  for (std::size_t k = 0; k < data.target_width; ++k) {
    const double got = data.targets.at(row * data.target_width + k);
    if (wanted.empty()) {
      EXPECT_TRUE(std::isnan(got)) << row;
    } else {
      EXPECT_NEAR(got, wanted.at(k), 1e-12) << row;
    }
  }
}

TEST(Forecast, StatefulTheSeriesIsOneSequence) {
  const Series s = series_of({1, 2, 4, 7, 11, 16});
  ForecastOptions options = plain(2, 2);
  options.stateful = true;
  const auto scheme = ForecastScheme::learn(s, s.steps(), options);
  EXPECT_EQ(scheme.first_origin(), 2u);  // as without a state
  Steps origins;
  Sequences data = scheme.windows(s, 0, s.steps(), true, origins);
  EXPECT_EQ(origins, (Steps{1, 2, 3, 4}));  // one step before it is enough
  EXPECT_EQ(data.begin, (Steps{0, 4}));
  EXPECT_EQ(data.target, TargetKind::kStepValue);
  expect_near(data.values, {1, 2, 4, 7});
  const std::vector<Numbers> wanted = {{1, 3}, {2, 5}, {3, 7}, {4, 9}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(scheme.row(origins, i), i);
    expect_targets(data, i, wanted[i]);
  }
  // The whole past of later origins, and targets of these alone.
  data = scheme.windows(s, 3, s.steps(), true, origins);
  EXPECT_EQ(origins, (Steps{3, 4}));
  EXPECT_EQ(data.begin, (Steps{0, 4}));
  for (std::size_t i = 0; i < 4; ++i) expect_targets(data, i, i < 2 ? Numbers{} : wanted[i]);
  EXPECT_EQ(scheme.row(origins, 0), 2u);
  // What follows the series.
  data = scheme.windows(s, s.steps(), s.steps() + 1, false, origins);
  EXPECT_EQ(origins, (Steps{6}));
  EXPECT_EQ(data.begin, (Steps{0, 6}));
  EXPECT_EQ(data.target, TargetKind::kNone);
  EXPECT_EQ(scheme.row(origins, 0), 5u);
  // None.
  data = scheme.windows(s, 5, 5, true, origins);
  EXPECT_TRUE(origins.empty());
  EXPECT_EQ(data.size(), 0u);
}

TEST(Forecast, StatefulChangesAndGaps) {
  const Series s = series_of({1, 2, 4, kNaN, 11, 16, 22});
  ForecastOptions options = plain(2, 1, Transform::kNone, ForecastInput::kChange);
  options.stateful = true, options.missing = Missing::kPrevious;
  const auto scheme = ForecastScheme::learn(s, s.steps(), options);
  Steps origins;
  const Sequences data = scheme.windows(s, 0, s.steps(), true, origins);
  EXPECT_EQ(origins, (Steps{2, 4, 5, 6}));    // 3 is not known
  expect_near(data.values, {1, 2, 0, 7, 5});  // of steps 1 to 5
  expect_targets(data, 0, {2});
  expect_targets(data, 1, {});
  expect_targets(data, 2, {7});
  EXPECT_EQ(scheme.row(origins, 0), 0u);
  EXPECT_EQ(scheme.row(origins, 1), 2u);
}

TEST(Forecast, WindowsOnATransformedScale) {
  const Windows root = all_windows(series_of({1, 4, 9, 25}), plain(2, 1, Transform::kSqrt));
  expect_near(root.data.values, {1, 2, 2, 3});
  expect_near(root.data.targets, {1, 2});
  const double e = std::exp(1);
  const Windows log = all_windows(series_of({1, e, 1, e * e, e}),
                                  plain(1, 2, Transform::kLog, ForecastInput::kChange));
  expect_near(log.data.values, {1, -1});
  expect_near(log.data.targets, {-1, 1, 2, 1});
}

TEST(Forecast, ColumnsLieSideBySide) {
  const Windows w = all_windows(series_of({1, 10, 2, 30, 4, 20, 8, 60}, 2), plain(1, 2));
  EXPECT_EQ(w.data.features, 2u);
  EXPECT_EQ(w.origins, (Steps{1, 2}));
  expect_near(w.data.values, {1, 10, 2, 30});
  expect_near(w.data.targets, {1, 20, 3, 10, 2, -10, 6, 30});  // (K, C)
}

TEST(Forecast, TheCalendar) {
  // Hours: time of year, week and day, each as sine and cosine. A day begins at second 0.
  const Windows w = all_windows(dated(Numbers(51, 1), 3600, Frequency::kHourly), plain(49, 1));
  ASSERT_EQ(w.data.features, 7u);
  const auto row = [&](std::size_t t) { return w.data.values.data() + t * 7; };
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(row(0)[i], i == 0 || i % 2 == 0 ? 1 : 0, 1e-12);
  EXPECT_NEAR(row(6)[5], 1, 1e-12);  // a quarter of a day
  EXPECT_NEAR(row(6)[6], 0, 1e-12);
  EXPECT_NEAR(row(42)[3], 1, 1e-12);  // a quarter of a week
  EXPECT_NEAR(row(42)[4], 0, 1e-12);
  EXPECT_NEAR(row(48)[5], 0, 1e-12);
  EXPECT_NEAR(row(48)[6], 1, 1e-12);
  EXPECT_NEAR(row(48)[1], std::sin(2 * M_PI * 2 / 365.2425), 1e-12);

  const struct {
    std::int64_t days;
    Frequency frequency;
    std::size_t features, season;
  } cases[] = {{365, Frequency::kYearly, 1, 0},  {91, Frequency::kQuarterly, 3, 4},
               {30, Frequency::kMonthly, 3, 12}, {7, Frequency::kWeekly, 3, 52},
               {1, Frequency::kDaily, 5, 7},     {3, Frequency::kOther, 5, 0}};
  for (const auto& c : cases) {
    const Series s = dated(Numbers(5, 1), c.days * 86400, c.frequency);
    const auto scheme = ForecastScheme::learn(s, 5, plain(1, 1));
    EXPECT_EQ(windows(scheme, s, 0, 5).data.features, c.features) << c.days;
    EXPECT_EQ(scheme.season(), c.season) << c.days;
    ForecastOptions without = plain(1, 1);
    without.calendar = false;
    EXPECT_EQ(all_windows(s, without).data.features, 1u);
  }
}

TEST(Forecast, OriginsBeyondTheEnd) {
  const Series s = series_of({1, 2, 4, 7});
  const auto scheme = ForecastScheme::learn(s, 4, plain(2, 1));
  const Windows next = windows(scheme, s, 0, 100, false);
  EXPECT_EQ(next.origins, (Steps{2, 3, 4}));  // the last one is the step after the end
  EXPECT_EQ(next.data.target, TargetKind::kNone);
  EXPECT_EQ(windows(scheme, s, 0, 100, true).origins, (Steps{2, 3}));
  EXPECT_TRUE(windows(scheme, s, 3, 3).origins.empty());
}

TEST(Forecast, MissingValues) {
  const Series s = series_of({kNaN, 1, kNaN, 4, 7, kNaN, 8});  // mean 5
  const struct {
    Missing missing;
    Numbers inputs;
  } cases[] = {{Missing::kZero, {0, 1, 1, 0, 0, 4, 7, 0}},
               {Missing::kMean, {5, 1, 1, 5, 5, 4, 7, 5}},
               {Missing::kPrevious, {5, 1, 1, 1, 1, 4, 7, 7}}};
  for (const auto& c : cases) {
    ForecastOptions options = plain(2, 1);
    options.missing = c.missing;
    const Windows w = all_windows(s, options);
    EXPECT_EQ(w.origins, (Steps{3, 4, 6})) << missing_name(c.missing);  // not the missing 2 and 5
    expect_near(w.data.values,
                {c.inputs[2], c.inputs[3], c.inputs[4], c.inputs[5], c.inputs[6], c.inputs[7]});
    // From the last step of the window, as it is filled.
    expect_near(w.data.targets, {4 - c.inputs[3], 3, 8 - c.inputs[7]});
  }
  // A target in the middle of the horizon is missing.
  ForecastOptions options = plain(1, 3);
  options.missing = Missing::kPrevious;
  EXPECT_TRUE(all_windows(s, options).origins.empty());

  expect_error<FormatError>([&] { all_windows(s, plain(2, 1)); },
                            {"a.csv", "'c0'", "missing", "step 1"});
  Series later = dated({1, 2, 3, 4, kNaN, 6}, 86400, Frequency::kDaily);
  const auto scheme = ForecastScheme::learn(later, 4, plain(2, 1));
  expect_error<FormatError>([&] { windows(scheme, later, 0, 6); }, {"a.csv", "'c0'", "ddddd"});
}

// With a search back from each it would take minutes.
TEST(Forecast, ManyMissingValues) {
  constexpr std::size_t kSteps = 200000;
  Series s = series_of(Numbers(kSteps, kNaN));
  s.values[0] = 5, s.values[kSteps - 2] = 8, s.values[kSteps - 1] = 9;
  ForecastOptions options = plain(1, 1);
  options.missing = Missing::kPrevious;
  const auto scheme = ForecastScheme::learn(s, kSteps, options);
  EXPECT_EQ(windows(scheme, s, 0, kSteps).origins, (Steps{kSteps - 2, kSteps - 1}));
  const Windows w = windows(scheme, s, 0, kSteps + 1, false);
  ASSERT_EQ(w.origins.size(), kSteps);
  for (std::size_t i = 0; i < kSteps; ++i) {
    ASSERT_EQ(w.data.values[i], i + 2 < kSteps ? 5 : i + 2 == kSteps ? 8 : 9) << i;
  }
  const Series known = scheme.fill_missing(s);
  EXPECT_EQ(known.values[kSteps - 3], 5);
  options.missing = Missing::kRefuse;
  const Series complete = series_of({1, 2, 3, 4});
  const auto refuses = ForecastScheme::learn(complete, 4, options);
  EXPECT_TRUE(std::isnan(refuses.fill_missing(series_of({1, kNaN})).values[1]));
}

TEST(Forecast, ForecastsInvertTheTransform) {
  const Series s = series_of({1, 3, 2, 5, 4, 4, 9, 0.5, 6, 2}, 2);
  for (const Transform transform : {Transform::kNone, Transform::kLog, Transform::kSqrt}) {
    for (const ForecastInput input : {ForecastInput::kLevel, ForecastInput::kChange}) {
      const auto scheme = ForecastScheme::learn(s, s.steps(), plain(1, 2, transform, input));
      const Windows w = windows(scheme, s, 0, s.steps());
      ASSERT_GT(w.origins.size(), 0u);
      for (std::size_t i = 0; i < w.origins.size(); ++i) {
        for (std::size_t j = 0; j < 4; ++j) {
          EXPECT_NEAR(scheme.forecast(s, w.origins[i], j % 2, w.data.targets[i * 4 + j]),
                      s.values[w.origins[i] * 2 + j], 1e-12);
        }
      }
    }
  }
  const auto root = ForecastScheme::learn(s, 5, plain(1, 1, Transform::kSqrt));
  EXPECT_EQ(root.forecast(s, 1, 0, -5), 0);  // not 16: it would rise as the change falls
  EXPECT_THROW(root.forecast(s, 0, 0, 1), ValueError);
  EXPECT_THROW(root.forecast(s, 6, 0, 1), ValueError);
  EXPECT_THROW(root.forecast(s, 1, 2, 1), ValueError);
}

// A walk whose changes are normal on the scale g, far enough from 0.
Numbers walk(double (*inverse)(double), double deviation) {
  const Random random(3, RandomUse::kCheck);
  Numbers x;
  double level = 3;
  for (std::size_t t = 0; t < 300; ++t) {
    level = 3 + 0.9 * (level - 3) + deviation * random.normal(t);
    x.push_back(inverse(level));
  }
  return x;
}

Transform chosen(const Series& s, std::size_t steps, Missing missing = Missing::kRefuse) {
  const auto scheme = ForecastScheme::learn(s, steps, {.lags = 2, .missing = missing});
  return *scheme.options().transform;
}

TEST(Forecast, ChoosesTheTransform) {
  const Numbers none = walk([](double x) { return x; }, 0.3);
  const Numbers root = walk([](double x) { return x * x; }, 0.3);
  const Numbers log = walk([](double x) { return std::exp(2 * x); }, 0.3);
  EXPECT_EQ(chosen(series_of(none), 300), Transform::kNone);
  EXPECT_EQ(chosen(series_of(root), 300), Transform::kSqrt);
  EXPECT_EQ(chosen(series_of(log), 300), Transform::kLog);
  // The unit makes no difference, and a constant beside it neither, however small.
  for (const double unit : {1e-9, 1e9}) {
    for (const Numbers* x : {&none, &root, &log}) {
      Numbers scaled, beside;
      for (const double value : *x) {
        scaled.push_back(unit * value);
        beside.push_back(value);
        beside.push_back(unit);
      }
      EXPECT_EQ(chosen(series_of(scaled), 300), chosen(series_of(*x), 300)) << unit;
      EXPECT_EQ(chosen(series_of(beside, 2), 300), chosen(series_of(*x), 300)) << unit;
    }
  }
}

TEST(Forecast, ChoosesOnlyWhatTheTrainingPartAllows) {
  Numbers log = walk([](double x) { return std::exp(2 * x); }, 0.3);
  log[100] = 0;
  EXPECT_EQ(chosen(series_of(log), 300), Transform::kSqrt);
  EXPECT_EQ(chosen(series_of(log), 100), Transform::kLog);  // the zero comes later
  log[101] = -1;
  EXPECT_EQ(chosen(series_of(log), 300), Transform::kNone);
  log[100] = log[101] = kNaN;
  EXPECT_EQ(chosen(series_of(log), 300, Missing::kMean), Transform::kLog);
  EXPECT_NE(chosen(series_of(log), 300, Missing::kZero), Transform::kLog);  // it would be log 0
  EXPECT_EQ(chosen(series_of(Numbers(20, 0)), 20), Transform::kNone);
}

TEST(Forecast, ChoosesTheInput) {
  Numbers sine, rising, falling, late;
  for (int t = 0; t < 200; ++t) {
    sine.push_back(std::sin(0.3 * t));
    rising.push_back(sine.back() + 0.05 * t);
    falling.push_back(sine.back() - 0.05 * t);
    late.push_back(sine.back() + (t < 100 ? 0 : t));
  }
  const auto input = [](const Numbers& x, std::size_t steps, std::size_t columns = 1) {
    return *ForecastScheme::learn(series_of(x, columns), steps, {.lags = 3}).options().input;
  };
  EXPECT_EQ(input(sine, 200), ForecastInput::kLevel);
  EXPECT_EQ(input(rising, 200), ForecastInput::kChange);
  EXPECT_EQ(input(falling, 200), ForecastInput::kChange);
  EXPECT_EQ(input(late, 100), ForecastInput::kLevel);
  EXPECT_EQ(input(late, 200), ForecastInput::kChange);
  EXPECT_EQ(input(Numbers(200, 7.3), 200), ForecastInput::kLevel);
  Numbers both;
  for (std::size_t t = 0; t < 200; ++t) both.push_back(sine[t]), both.push_back(rising[t]);
  EXPECT_EQ(input(both, 200, 2), ForecastInput::kChange);
}

// Whatever comes after the training part, scheme and windows of the training part are the same.
TEST(Forecast, NothingOfLaterPartsIsSeen) {
  const Numbers x = walk([](double v) { return v * v; }, 0.3);
  constexpr std::size_t kTrain = 200, kHorizon = 3;
  for (const Missing missing : {Missing::kZero, Missing::kMean, Missing::kPrevious}) {
    Series s = series_of(x), other = s;
    s.values[50] = other.values[50] = kNaN;
    for (std::size_t t = kTrain; t < x.size(); ++t) {
      other.values[t] = t % 3 == 0 ? kNaN : 1e3 * static_cast<double>(t);
    }
    const ForecastOptions options = {.lags = 5, .horizon = kHorizon, .missing = missing};
    const auto scheme = ForecastScheme::learn(s, kTrain, options);
    EXPECT_EQ(ForecastScheme::learn(other, kTrain, options).to_json(), scheme.to_json());
    const Windows a = windows(scheme, s, 0, kTrain - kHorizon + 1);
    const Windows b = windows(scheme, other, 0, kTrain - kHorizon + 1);
    EXPECT_EQ(a.origins.back(), kTrain - kHorizon);
    EXPECT_EQ(a.data.values, b.data.values);
    EXPECT_EQ(a.data.targets, b.data.targets);
    // The windows of a later origin do see it.
    EXPECT_NE(windows(scheme, s, kTrain + 1, kTrain + 2, false).data.values,
              windows(scheme, other, kTrain + 1, kTrain + 2, false).data.values);
  }
}

TEST(Forecast, RefusesWhatDoesNotFit) {
  const Series s = series_of({1, 2, 3, 4, 5, 6});
  const auto learn = [&](std::size_t steps, std::size_t lags, std::size_t horizon) {
    return ForecastScheme::learn(s, steps, plain(lags, horizon));
  };
  learn(6, 3, 2);
  expect_error<ValueError>([&] { learn(6, 3, 3); }, {"a.csv", "6 steps", "at least 7", "lower"});
  expect_error<ValueError>([&] { learn(7, 1, 1); }, {"a.csv", "6 steps", "7"});
  expect_error<ValueError>([&] { learn(6, 0, 1); }, {"lags", "0"});
  expect_error<ValueError>([&] { learn(6, 1, 0); }, {"horizon", "0"});
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  expect_error<ValueError>([&] { learn(6, most, 1); }, {"lags"});
  expect_error<ValueError>([&] { learn(6, most - 1, 2); }, {"lags"});
  expect_error<ValueError>([&] { learn(6, 1, most); }, {"horizon"});
  EXPECT_THROW(ForecastScheme::learn({}, 0, {}), ValueError);

  const Numbers hostile = {1, 2, 3, 0, -1, std::numeric_limits<double>::infinity()};
  const Series values = series_of(hostile);
  expect_error<FormatError>([&] { ForecastScheme::learn(values, 4, plain(1, 1, Transform::kLog)); },
                            {"a.csv", "'c0'", "step 4", "log", "none"});
  expect_error<FormatError>(
      [&] { ForecastScheme::learn(values, 5, plain(1, 1, Transform::kSqrt)); }, {"step 5", "sqrt"});
  expect_error<FormatError>([&] { ForecastScheme::learn(values, 6, plain(1, 1)); },
                            {"step 6", "inf", "finite"});
  // Their logarithms are not, but the comparisons on the series' own scale would overflow.
  expect_error<FormatError>(
      [] {
        ForecastScheme::learn(series_of({1e200, 2e200, 1e200, 3e200}), 4,
                              plain(1, 1, Transform::kLog));
      },
      {"a.csv", "'c0'", "too large", "scale them down"});
  const auto scheme = ForecastScheme::learn(values, 3, plain(1, 1, Transform::kLog));
  expect_error<FormatError>([&] { windows(scheme, values, 0, 3); }, {"step 5", "log"});
}

TEST(Forecast, RefusesAnotherSeries) {
  const Series s = dated(Numbers(9, 1), 86400, Frequency::kDaily);
  const auto scheme = ForecastScheme::learn(s, 9, plain(2, 1));
  Series other = s;
  other.column_names = {"else"};
  expect_error<FormatError>([&] { windows(scheme, other, 0, 9); }, {"a.csv", "'c0'"});
  other = s, other.seconds.clear();
  expect_error<FormatError>([&] { windows(scheme, other, 0, 9); }, {"a.csv", "no dates"});
  other = dated(Numbers(9, 1), 3600, Frequency::kHourly);
  expect_error<FormatError>([&] { windows(scheme, other, 0, 9); }, {"hourly", "daily"});
  // Of a single step the spacing is not known, but its calendar is.
  const auto one = ForecastScheme::learn(s, 9, plain(1, 1));
  EXPECT_EQ(windows(one, dated({1}, 0, Frequency::kOther), 0, 2, false).data.features, 5u);
}

TEST(Forecast, Names) {
  for (const Transform t : {Transform::kNone, Transform::kLog, Transform::kSqrt}) {
    EXPECT_EQ(parse_transform(transform_name(t)), t);
  }
  EXPECT_EQ(transform_name(Transform::kSqrt), "sqrt");
  EXPECT_EQ(parse_forecast_input("change"), ForecastInput::kChange);
  EXPECT_EQ(forecast_input_name(ForecastInput::kLevel), "level");
  expect_error<ValueError>([] { parse_transform("lg"); }, {"'lg'", "log"});
  EXPECT_THROW(parse_forecast_input("Level"), ValueError);
}

// Above half the smallest value nothing changes; below it log goes on as its tangent.
TEST(Forecast, LogSurvivesALaterZero) {
  Series s = series_of({2, 4, 8, 16, 8, 4});
  const auto scheme = ForecastScheme::learn(s, 6, plain(1, 1, Transform::kLog));
  EXPECT_DOUBLE_EQ(scheme.forecast(s, 6, 0, std::log(0.5)), 2);
  EXPECT_DOUBLE_EQ(scheme.forecast(s, 6, 0, std::log(0.25)), 1);
  EXPECT_DOUBLE_EQ(scheme.forecast(s, 6, 0, std::log(0.25) - 0.5), 0.5);
  EXPECT_EQ(scheme.forecast(s, 6, 0, -100), 0);
  s.values.push_back(0);
  std::vector<std::size_t> kept;
  const Sequences windows = scheme.windows(s, 6, 7, true, kept);
  EXPECT_DOUBLE_EQ(windows.targets.at(0), -1 - std::log(4));  // log 1 - 1
  EXPECT_NEAR(scheme.forecast(s, 7, 0, 0), 0, 1e-15);
  EXPECT_DOUBLE_EQ(scheme.forecast(s, 7, 0, 1 + std::log(3)), 3);
  s.values.back() = -1;
  expect_error<FormatError>([&] { scheme.windows(s, 6, 7, true, kept); },
                            {"is -1", "no log", "--transform none"});
  // The training part itself has to have logs.
  s.values[2] = 0;
  expect_error<FormatError>([&] { ForecastScheme::learn(s, 6, plain(1, 1, Transform::kLog)); },
                            {"is 0", "no log"});
}

TEST(Forecast, KnowsWhichColumnsAreConstant) {
  const Series s = series_of({1, 5, 2, 5, 3, 5, 4, 6}, 2);
  EXPECT_EQ(ForecastScheme::learn(s, 3, plain(1, 1)).constant_columns(),
            (std::vector<bool>{false, true}));
  EXPECT_EQ(ForecastScheme::learn(s, 4, plain(1, 1)).constant_columns(),
            (std::vector<bool>{false, false}));
}

// The squares of what is learnt from have to be numbers, and their sums.
TEST(Forecast, RefusesNumbersWithoutSquares) {
  for (const double large : {5e154, -5e154, 1e300}) {
    const Series s = series_of({large, large * 1.01, large, large * 1.01});
    expect_error<FormatError>([&] { ForecastScheme::learn(s, 4, plain(1, 1)); },
                              {"a.csv", "'c0'", "too large", "scale them down"});
  }
  const Series tiny = series_of({5e-199, 6e-199, 5e-199, 7e-199});
  expect_error<FormatError>([&] { ForecastScheme::learn(tiny, 4, plain(1, 1)); },
                            {"a.csv", "'c0'", "too little", "scale them up"});
  EXPECT_NO_THROW(ForecastScheme::learn(tiny, 4, plain(1, 1, Transform::kLog)));
  const Series s = series_of({5e150, 5.1e150, 5e150, 5.1e150});
  EXPECT_NO_THROW(ForecastScheme::learn(s, 4, plain(1, 1)));
}

TEST(Forecast, ASeasonOfDaysHasTheDaysThatOccur) {
  Series s = dated({1, 3, 2, 5, 4, 4}, 86400, Frequency::kDaily);
  EXPECT_EQ(ForecastScheme::learn(s, 6, plain(1, 1)).season(), 7u);
  s.step = {.microseconds = std::int64_t{86400} * 1000000, .weekdays = 0x1f};
  const auto scheme = ForecastScheme::learn(s, 6, plain(1, 1));
  EXPECT_EQ(scheme.season(), 5u);
  EXPECT_EQ(ForecastScheme::from_json(scheme.to_json(), "m").season(), 5u);
}

}  // namespace
}  // namespace unroll
