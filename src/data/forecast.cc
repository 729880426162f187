#include "unroll/data/forecast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/names.h"
#include "core/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 3> kTransformNames = {"none", "log", "sqrt"};
constexpr std::array<std::string_view, 2> kInputNames = {"level", "change"};
constexpr double kTrend = 0.7;  // a larger correlation with time is one

double apply(Transform transform, double x) {
  return transform == Transform::kLog    ? std::log(x)
         : transform == Transform::kSqrt ? std::sqrt(x)
                                         : x;
}

bool allows(Transform transform, double x) {
  return transform == Transform::kLog ? x > 0 : transform == Transform::kSqrt ? x >= 0 : true;
}

std::vector<double> column_of(const Series& series, std::size_t column, std::size_t steps) {
  std::vector<double> values;
  for (std::size_t t = 0; t < steps; ++t) {
    const double x = series.values[t * series.columns() + column];
    if (!std::isnan(x)) values.push_back(x);
  }
  return values;
}

// -n/2 log(mean square of the changes of g(x)) + sum of log g'(x): the likelihood of the changes of
// x itself, up to a constant. g' is bounded at zero by half the smallest positive value.
double likelihood(Transform transform, const std::vector<double>& x) {
  double smallest = std::numeric_limits<double>::infinity(), squares = 0, jacobian = 0;
  for (const double value : x) {
    if (!allows(transform, value)) return -std::numeric_limits<double>::infinity();
    if (value > 0) smallest = std::min(smallest, value);
  }
  for (std::size_t t = 1; t < x.size(); ++t) {
    const double change = apply(transform, x[t]) - apply(transform, x[t - 1]);
    squares += change * change;
    const double at = std::max(x[t], smallest / 2);
    if (transform == Transform::kLog) jacobian -= std::log(at);
    if (transform == Transform::kSqrt) jacobian -= std::log(2 * std::sqrt(at));
  }
  const auto n = static_cast<double>(x.size() - 1);
  return jacobian - n / 2 * std::log(squares / n + 1e-300);
}

Transform choose_transform(const Series& series, std::size_t steps) {
  Transform best = Transform::kNone;
  double highest = -std::numeric_limits<double>::infinity();
  for (const Transform transform : {Transform::kNone, Transform::kSqrt, Transform::kLog}) {
    double sum = 0;
    for (std::size_t c = 0; c < series.columns(); ++c) {
      const std::vector<double> x = column_of(series, c, steps);
      if (x.size() > 1) sum += likelihood(transform, x);
    }
    if (sum > highest) best = transform, highest = sum;
  }
  return best;
}

bool has_trend(const Series& series, std::size_t column, std::size_t steps) {
  const std::vector<double> x = column_of(series, column, steps);
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, xx = 0, xt = 0, tt = 0;
  for (const double value : x) mean_x += value / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) - (n - 1) / 2, d = x[i] - mean_x;
    xx += d * d, xt += d * t, tt += t * t;
  }
  return xx > 0 && std::fabs(xt) > kTrend * std::sqrt(xx * tt);
}

Frequency parse_frequency(const std::string& name) {
  constexpr Frequency kAll[] = {Frequency::kYearly, Frequency::kQuarterly, Frequency::kMonthly,
                                Frequency::kWeekly, Frequency::kDaily,     Frequency::kHourly,
                                Frequency::kOther};
  for (const Frequency frequency : kAll) {
    if (frequency_name(frequency) == name) return frequency;
  }
  throw ValueError("there is no frequency " + quote(name));
}

std::size_t season_of(Frequency frequency) {
  switch (frequency) {
    case Frequency::kQuarterly:
      return 4;
    case Frequency::kMonthly:
      return 12;
    case Frequency::kWeekly:
      return 52;
    case Frequency::kDaily:
      return 7;
    case Frequency::kHourly:
      return 24;
    default:
      return 0;
  }
}

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

std::string transform_name(Transform transform) {
  return std::string(kTransformNames[static_cast<std::size_t>(transform)]);
}
Transform parse_transform(const std::string& name) {
  return static_cast<Transform>(find_name("transform", name, kTransformNames));
}
std::string forecast_input_name(ForecastInput input) {
  return std::string(kInputNames[static_cast<std::size_t>(input)]);
}
ForecastInput parse_forecast_input(const std::string& name) {
  return static_cast<ForecastInput>(find_name("input", name, kInputNames));
}

ForecastScheme ForecastScheme::learn(const Series& series, std::size_t train_steps,
                                     const ForecastOptions& options) {
  ForecastScheme scheme;
  scheme.options_ = options;
  scheme.columns_ = series.column_names;
  if (options.lags < 1 || options.horizon < 1) {
    throw ValueError("lags and horizon are " + std::to_string(options.lags) + " and " +
                     std::to_string(options.horizon) + "; wanted at least 1");
  }
  if (train_steps < options.lags + options.horizon + 1) {
    throw ValueError(series.source + ": " + std::to_string(train_steps) +
                     " steps to train on are too few for lags " + std::to_string(options.lags) +
                     " and horizon " + std::to_string(options.horizon) + "; wanted at least " +
                     std::to_string(options.lags + options.horizon + 1));
  }
  if (!options.transform) scheme.options_.transform = choose_transform(series, train_steps);
  if (!options.input) {
    bool trend = false;
    for (std::size_t c = 0; c < series.columns(); ++c) {
      trend = trend || has_trend(series, c, train_steps);
    }
    scheme.options_.input = trend ? ForecastInput::kChange : ForecastInput::kLevel;
  }
  scheme.has_dates_ = !series.seconds.empty();
  scheme.frequency_ = series.frequency;
  scheme.season_ = season_of(series.frequency);
  for (std::size_t c = 0; c < series.columns(); ++c) {
    const std::vector<double> x = column_of(series, c, train_steps);
    double sum = 0;
    for (const double value : x) sum += value;
    scheme.means.push_back(x.empty() ? 0 : sum / static_cast<double>(x.size()));
  }
  return scheme;
}

std::size_t ForecastScheme::first_origin() const {
  return options_.lags + (options_.input == ForecastInput::kChange ? 1 : 0);
}

void ForecastScheme::require_columns(const Series& series) const {
  if (series.column_names != columns_) {
    throw FormatError(
        series.source + ": has other columns than the series that the model was " +
        "trained on; wanted " + quote(columns_.front()) +
        (columns_.size() > 1 ? " and " + std::to_string(columns_.size() - 1) + " more" : ""));
  }
  if (options_.calendar && has_dates_ && series.seconds.empty()) {
    throw FormatError(series.source + ": has no dates, which the model was trained with");
  }
}

double ForecastScheme::transformed(double value) const { return apply(*options_.transform, value); }

double ForecastScheme::filled(const Series& series, std::size_t step, std::size_t column) const {
  const std::size_t width = series.columns();
  const double value = series.values[step * width + column];
  if (!std::isnan(value)) return value;
  switch (options_.missing) {
    case Missing::kRefuse: {
      const std::string when =
          series.dates.empty() ? "step " + std::to_string(step + 1) : series.dates[step];
      throw FormatError(series.source + ": " + quote(columns_[column]) + " is missing at " + when +
                        "; fill it, or say with missing what is to become of it");
    }
    case Missing::kZero:
      return 0;
    case Missing::kMean:
      return means[column];
    case Missing::kPrevious:
      break;
  }
  for (std::size_t t = step; t-- > 0;) {
    const double before = series.values[t * width + column];
    if (!std::isnan(before)) return before;
  }
  return means[column];
}

Sequences ForecastScheme::windows(const Series& series, std::size_t first, std::size_t last,
                                  bool targets, std::vector<std::size_t>& kept) const {
  require_columns(series);
  const std::size_t width = series.columns(), steps = series.steps();
  const std::size_t needed = first_origin() - options_.lags;
  // 1. All values on the transformed scale.
  std::vector<double> x(steps * width);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = filled(series, i / width, i % width);
    if (!allows(*options_.transform, value)) {
      const std::string when =
          series.dates.empty() ? "step " + std::to_string(i / width + 1) : series.dates[i / width];
      throw FormatError(series.source + ": " + quote(columns_[i % width]) + " is " +
                        std::to_string(value) + " at " + when + ", which has no " +
                        transform_name(*options_.transform) + "; set transform to none");
    }
    x[i] = transformed(value);
  }
  // 2. What a step shows: levels or changes, and the time of year, week and day.
  const std::vector<double> cycles =
      options_.calendar && has_dates_ ? periods(series.spacing) : std::vector<double>{};
  Sequences out;
  out.source = series.source;
  out.features = width + 2 * cycles.size();
  out.target = targets ? TargetKind::kValue : TargetKind::kNone;
  out.target_width = targets ? options_.horizon * width : 0;
  kept.clear();
  for (std::size_t o = std::max(first, first_origin()); o < last; ++o) {
    bool whole = true;
    for (std::size_t i = o * width; targets && i < (o + options_.horizon) * width; ++i) {
      whole = whole && i < series.values.size() && !std::isnan(series.values[i]);
    }
    if (!whole) continue;
    kept.push_back(o);
    for (std::size_t t = o - options_.lags; t < o; ++t) {
      for (std::size_t c = 0; c < width; ++c) {
        const double now = x[t * width + c];
        out.values.push_back(needed > 0 ? now - x[(t - 1) * width + c] : now);
      }
      for (const double period : cycles) {
        const double phase = 2 * std::numbers::pi *
                             std::fmod(static_cast<double>(series.seconds[t]), period) / period;
        out.values.push_back(std::sin(phase));
        out.values.push_back(std::cos(phase));
      }
    }
    out.begin.push_back(out.begin.back() + options_.lags);
    // 3. The changes to the steps that follow.
    for (std::size_t k = 0; targets && k < options_.horizon; ++k) {
      for (std::size_t c = 0; c < width; ++c) {
        out.targets.push_back(x[(o + k) * width + c] - x[(o - 1) * width + c]);
      }
    }
  }
  return out;
}

double ForecastScheme::forecast(const Series& series, std::size_t origin, std::size_t column,
                                double change) const {
  const double level = transformed(filled(series, origin - 1, column)) + change;
  switch (*options_.transform) {
    case Transform::kLog:
      return std::exp(level);
    case Transform::kSqrt:
      return level > 0 ? level * level : 0;
    default:
      return level;
  }
}

std::string ForecastScheme::to_json() const {
  return nlohmann::ordered_json{{"columns", columns_},
                                {"lags", options_.lags},
                                {"horizon", options_.horizon},
                                {"transform", transform_name(*options_.transform)},
                                {"input", forecast_input_name(*options_.input)},
                                {"calendar", options_.calendar},
                                {"missing", missing_name(options_.missing)},
                                {"has_dates", has_dates_},
                                {"frequency", frequency_name(frequency_)},
                                {"means", means},
                                {"naive_errors", naive_errors},
                                {"autoregressions", autoregressions},
                                {"interval_factors", interval_factors}}
      .dump();
}

ForecastScheme ForecastScheme::from_json(std::string_view text, const std::string& source) {
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    ForecastScheme scheme;
    json.at("columns").get_to(scheme.columns_);
    json.at("lags").get_to(scheme.options_.lags);
    json.at("horizon").get_to(scheme.options_.horizon);
    scheme.options_.transform = parse_transform(json.at("transform").get<std::string>());
    scheme.options_.input = parse_forecast_input(json.at("input").get<std::string>());
    json.at("calendar").get_to(scheme.options_.calendar);
    scheme.options_.missing = parse_missing(json.at("missing").get<std::string>());
    json.at("has_dates").get_to(scheme.has_dates_);
    scheme.frequency_ = parse_frequency(json.at("frequency").get<std::string>());
    scheme.season_ = season_of(scheme.frequency_);
    json.at("means").get_to(scheme.means);
    json.at("naive_errors").get_to(scheme.naive_errors);
    json.at("autoregressions").get_to(scheme.autoregressions);
    json.at("interval_factors").get_to(scheme.interval_factors);
    const std::size_t width = scheme.columns_.size();
    if (width == 0 || scheme.means.size() != width || scheme.naive_errors.size() != width ||
        scheme.options_.lags == 0 || scheme.options_.horizon == 0 ||
        (!scheme.autoregressions.empty() && scheme.autoregressions.size() != width) ||
        (!scheme.interval_factors.empty() &&
         scheme.interval_factors.size() != scheme.options_.horizon * width)) {
      throw FormatError(source + ": the forecast's description does not fit together");
    }
    return scheme;
  } catch (const nlohmann::json::exception& error) {
    throw FormatError(source + ": the forecast's description is damaged: " + error.what());
  } catch (const ValueError& error) {
    throw FormatError(source + ": the forecast's description is damaged: " + error.what());
  }
}

}  // namespace unroll
