#include "data/forecast_choice.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace unroll::detail {
namespace {

constexpr double kTrend = 0.7;  // a larger correlation with time is one
constexpr double kNever = -std::numeric_limits<double>::infinity();

// -n/2 log(mean square of the changes of g(x)) + sum of log g'(x): the likelihood of the changes of
// x itself, up to a constant. g' is bounded at zero by half the smallest positive value.
double likelihood(Transform transform, const std::vector<double>& x) {
  const double floor = floor_of(x) > 0 ? floor_of(x) : std::numeric_limits<double>::infinity();
  double squares = 0, jacobian = 0;
  for (std::size_t t = 1; t < x.size(); ++t) {
    const double change = apply(transform, x[t]) - apply(transform, x[t - 1]);
    squares += change * change;
    const double at = std::max(x[t], floor);
    if (transform == Transform::kLog) jacobian -= std::log(at);
    if (transform == Transform::kSqrt) jacobian -= std::log(2 * std::sqrt(at));
  }
  const auto n = static_cast<double>(x.size() - 1);
  return jacobian - n / 2 * std::log(squares / n + 1e-300);
}

}  // namespace

double apply(Transform transform, double x, double floor) {
  if (transform == Transform::kLog) {
    return x < floor ? std::log(floor) + (x - floor) / floor : std::log(x);
  }
  return transform == Transform::kSqrt ? std::sqrt(x) : x;
}

double undo(Transform transform, double x, double floor) {
  if (transform == Transform::kNone) return x;
  if (transform == Transform::kSqrt) return x > 0 ? x * x : 0;
  if (floor == 0 || x >= std::log(floor)) return std::exp(x);
  return std::max(0.0, floor + floor * (x - std::log(floor)));
}

bool allows(Transform transform, double x, double floor) {
  if (transform == Transform::kLog) return std::isfinite(x) && (floor > 0 ? x >= 0 : x > 0);
  return std::isfinite(x) && (transform == Transform::kNone || x >= 0);
}

bool is_constant(const std::vector<double>& x) {
  return std::adjacent_find(x.begin(), x.end(), std::not_equal_to<>()) == x.end();
}

double floor_of(const std::vector<double>& x) {
  double smallest = std::numeric_limits<double>::infinity();
  for (const double value : x) {
    if (value > 0) smallest = std::min(smallest, value);
  }
  return std::isfinite(smallest) ? smallest / 2 : 0;
}

Transform choose_transform(const std::vector<std::vector<double>>& columns) {
  Transform best = Transform::kNone;
  double highest = kNever;
  for (const Transform transform : {Transform::kNone, Transform::kSqrt, Transform::kLog}) {
    double sum = 0;
    for (const std::vector<double>& x : columns) {
      // A constant has no changes to be likely; but it has to allow the transform.
      const bool allowed =
          std::all_of(x.begin(), x.end(), [&](double value) { return allows(transform, value); });
      sum += !allowed ? kNever : is_constant(x) ? 0 : likelihood(transform, x);
    }
    if (sum > highest) best = transform, highest = sum;
  }
  return best;
}

bool has_trend(const std::vector<double>& x) {
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, xx = 0, xt = 0, tt = 0;
  for (const double value : x) mean_x += value / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) - (n - 1) / 2, d = x[i] - mean_x;
    xx += d * d, xt += d * t, tt += t * t;
  }
  return !is_constant(x) && xx > 0 && std::fabs(xt) > kTrend * std::sqrt(xx * tt);
}

std::size_t season_of(Frequency frequency, const TimeStep& step) {
  switch (frequency) {
    case Frequency::kQuarterly:
      return 4;
    case Frequency::kMonthly:
      return 12;
    case Frequency::kWeekly:
      return 52;
    case Frequency::kDaily:
      return step.days_of_week();
    case Frequency::kHourly:
      return 24;
    default:
      return 0;
  }
}

}  // namespace unroll::detail
