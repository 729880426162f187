#include "unroll/data/forecast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/names.h"
#include "core/range.h"
#include "data/forecast_choice.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 3> kTransformNames = {"none", "log", "sqrt"};
constexpr std::array<std::string_view, 2> kInputNames = {"level", "change"};

std::string when(const Series& series, std::size_t step) {
  return series.dates.empty() ? "step " + std::to_string(step + 1) : printable(series.dates[step]);
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

double ForecastScheme::log_floor(std::size_t column) const {
  return column < log_floors_.size() ? log_floors_[column] : 0;
}

std::size_t ForecastScheme::first_step() const {
  return options_.input == ForecastInput::kChange ? 1 : 0;
}

std::size_t ForecastScheme::first_origin() const { return first_step() + options_.lags; }

std::size_t ForecastScheme::row(std::span<const std::size_t> kept, std::size_t i) const {
  return options_.stateful ? kept[i] - 1 - first_step() : i;
}

void ForecastScheme::require_columns(const Series& series) const {
  if (series.column_names != columns_) {
    throw FormatError(
        series.source + ": has other columns than the series that the model was " +
        "trained on; wanted " + quote(columns_.front()) +
        (columns_.size() > 1 ? " and " + std::to_string(columns_.size() - 1) + " more" : ""));
  }
  if (!periods_.empty() && series.seconds.empty()) {
    throw FormatError(series.source + ": has no dates, which the model was trained with");
  }
  if (has_dates_ && series.spacing > 0 && series.frequency != frequency_) {
    throw FormatError(
        series.source + ": its dates look " + std::string(frequency_name(series.frequency)) +
        ", but those that the model was trained with " + std::string(frequency_name(frequency_)));
  }
}

double ForecastScheme::transformed(const Series& series, std::size_t step,
                                   std::size_t column) const {
  const double value = filled(series, step, column);
  const double floor = log_floor(column);
  if (detail::allows(*options_.transform, value, floor)) {
    return detail::apply(*options_.transform, value, floor);
  }
  const std::string what = series.source + ": " + quote(columns_[column]) + " is " +
                           number_text(value) + " at " + when(series, step);
  if (!std::isfinite(value)) throw FormatError(what + "; wanted a finite number");
  throw FormatError(what + ", which has no " + transform_name(*options_.transform) +
                    "; train with --transform none");
}

double ForecastScheme::filled(const Series& series, std::size_t step, std::size_t column) const {
  const std::size_t width = series.columns();
  const double value = series.values[step * width + column];
  if (!std::isnan(value)) return value;
  switch (options_.missing) {
    case Missing::kRefuse:
      throw FormatError(series.source + ": " + quote(columns_[column]) + " is missing at " +
                        when(series, step) +
                        "; fill it, or say in training what is to become of it: --missing "
                        "previous, mean or zero");
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

Series ForecastScheme::fill_missing(const Series& series) const {
  require_columns(series);
  Series known = series;
  std::vector<double> previous = means;
  for (std::size_t i = 0; i < known.values.size(); ++i) {
    double& value = known.values[i];
    const std::size_t column = i % known.columns();
    if (std::isnan(value) && options_.missing == Missing::kPrevious) value = previous[column];
    if (std::isnan(value) && options_.missing == Missing::kMean) value = means[column];
    if (std::isnan(value) && options_.missing == Missing::kZero) value = 0;
    previous[column] = value;
  }
  return known;
}

Sequences ForecastScheme::windows(const Series& series, std::size_t first, std::size_t last,
                                  bool targets, std::vector<std::size_t>& kept) const {
  const std::size_t width = series.columns(), steps = series.steps();
  // 1. All values on the transformed scale.
  const Series filled = fill_missing(series);
  std::vector<double> x(steps * width);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = transformed(filled, i / width, i % width);
  // 2. The origins.
  const std::size_t least = options_.stateful ? first_step() + 1 : first_origin();
  kept.clear();
  for (std::size_t o = std::max(first, least); o < std::min(last, steps + 1); ++o) {
    bool whole = true;
    for (std::size_t i = o * width; targets && whole && i < (o + options_.horizon) * width; ++i) {
      whole = i < series.values.size() && !std::isnan(series.values[i]);
    }
    if (whole) kept.push_back(o);
  }
  // 3. What a step shows: levels or changes, and the time of year, week and day.
  Sequences out;
  out.source = series.source;
  out.features = width + 2 * periods_.size();
  const auto store_steps = [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      for (std::size_t c = 0; c < width; ++c) {
        const double now = x[t * width + c];
        out.values.push_back(first_step() > 0 ? now - x[(t - 1) * width + c] : now);
      }
      for (const double period : periods_) {
        const double phase = 2 * std::numbers::pi *
                             std::fmod(static_cast<double>(series.seconds[t]), period) / period;
        out.values.push_back(std::sin(phase));
        out.values.push_back(std::cos(phase));
      }
    }
  };
  if (!kept.empty()) {
    const std::size_t begin = options_.stateful ? first_step() : kept.front() - options_.lags;
    out.values.reserve((kept.back() - begin) * out.features);
    store_steps(begin, kept.back());
    if (options_.stateful) out.begin.push_back(kept.back() - begin);
    for (std::size_t i = 0; !options_.stateful && i < kept.size(); ++i) {
      out.begin.push_back(out.begin.back() + options_.lags);
      out.offsets.push_back(kept[i] - options_.lags - begin);
    }
  }
  if (!targets) return out;
  // 4. The changes to the steps that follow.
  out.target = options_.stateful ? TargetKind::kStepValue : TargetKind::kValue;
  out.target_width = options_.horizon * width;
  out.targets_may_be_missing = options_.stateful;
  out.targets.assign((options_.stateful ? out.steps() : kept.size()) * out.target_width,
                     std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    double* const row_of = out.targets.data() + row(kept, i) * out.target_width;
    for (std::size_t k = 0; k < out.target_width; ++k) {
      row_of[k] = x[kept[i] * width + k] - x[(kept[i] - 1) * width + k % width];
    }
  }
  return out;
}

double ForecastScheme::forecast(const Series& series, std::size_t origin, std::size_t column,
                                double change) const {
  if (origin < 1 || origin > series.steps() || series.columns() != columns_.size() ||
      column >= columns_.size()) {
    throw ValueError("a forecast of column " + std::to_string(column) + " from step " +
                     std::to_string(origin) + " has nothing to begin from in a series of (" +
                     std::to_string(series.steps()) + ", " + std::to_string(series.columns()) +
                     ")");
  }
  const double level = transformed(series, origin - 1, column) + change;
  return detail::undo(*options_.transform, level, log_floor(column));
}

}  // namespace unroll
