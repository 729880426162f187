// Every instruction set, against the C library's long double functions: the largest error in units
// in the last place (ULP) over random arguments of all magnitudes and the places where formulas
// change.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/math_test.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/math-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class T, class Function>
void Apply(const Function& function, const T* x, T* y, std::size_t count) {
  const hn::ScalableTag<T> d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::StoreU(function(d, hn::LoadU(d, x + i)), d, y + i);
  }
}
template <class T>
void ApplyNamed(int which, const T* x, T* y, std::size_t count) {
  const auto exp = [](auto d, auto v) HWY_ATTR { return exp_vector(d, v); };
  const auto tanh = [](auto d, auto v) HWY_ATTR { return tanh_vector(d, v); };
  const auto sigmoid = [](auto d, auto v) HWY_ATTR { return sigmoid_vector(d, v); };
  const auto log = [](auto d, auto v) HWY_ATTR { return log_vector(d, v); };
  const auto nonpositive = [](auto d, auto v) HWY_ATTR { return exp_nonpositive(d, v); };
  if (which == 0) Apply(exp, x, y, count);
  if (which == 1) Apply(tanh, x, y, count);
  if (which == 2) Apply(sigmoid, x, y, count);
  if (which == 3) Apply(log, x, y, count);
  if (which == 4) Apply(nonpositive, x, y, count);
}
void MathF32(int which, const float* x, float* y, std::size_t n) { ApplyNamed(which, x, y, n); }
void MathF64(int which, const double* x, double* y, std::size_t n) { ApplyNamed(which, x, y, n); }

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/targets.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

HWY_EXPORT(MathF32);
HWY_EXPORT(MathF64);

void apply(int which, const std::vector<float>& x, std::vector<float>& y) {
  UNROLL_DISPATCH(MathF32)(which, x.data(), y.data(), x.size());
}
void apply(int which, const std::vector<double>& x, std::vector<double>& y) {
  UNROLL_DISPATCH(MathF64)(which, x.data(), y.data(), x.size());
}

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

// The distance between neighbouring T near `y`.
template <class T>
long double ulp(long double y) {
  const T magnitude = std::max(static_cast<T>(std::fabs(y)), std::numeric_limits<T>::min());
  return std::nextafter(magnitude, std::numeric_limits<T>::infinity()) - magnitude;
}

struct Row {
  const char* name;
  long double (*oracle)(long double);
  double low, high;  // arguments are drawn from here, half of them log-uniformly
  double max_ulp_float, max_ulp_double;
};

const Row kRows[] = {
    {"exp", [](long double x) { return std::exp(x); }, -87, 88.7, 1.1, 2},
    {"tanh", [](long double x) { return std::tanh(x); }, -30, 30, 6, 5},
    {"sigmoid", sigmoid, -86, 100, 3, 4},
    {"log", [](long double x) { return std::log(x); }, 0, 1e30, 4, 4},
    {"exp_nonpositive", [](long double x) { return std::exp(x); }, -87.32, 0, 1.1, 2},
};

template <class T>
void check_rows(const std::string& target) {
  const std::size_t count = 1 << 17;
  for (int which = 0; which < 5; ++which) {
    const Row& row = kRows[which];
    const Random random(17, RandomUse::kCheck, static_cast<std::uint64_t>(which));
    std::vector<T> x(count), y(count);
    for (std::size_t i = 0; i < count; ++i) {
      const double bound = random.uniform(3 * i) < 0.5 ? row.low : row.high;
      x[i] = static_cast<T>(i % 2 == 0 ? random.uniform(3 * i + 4, row.low, row.high)
                                       : bound * std::exp(-random.uniform(3 * i + 8, 0, 40)));
    }
    if (row.low < 0) x[0] = 0;
    apply(which, x, y);
    long double worst = 0;
    T where = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (row.low == 0 && !(x[i] > 0)) continue;
      const long double wanted = row.oracle(static_cast<long double>(x[i]));
      const long double error = std::fabs(static_cast<long double>(y[i]) - wanted) / ulp<T>(wanted);
      if (!(error <= worst)) worst = error, where = x[i];
    }
    const double bound = sizeof(T) == 4 ? row.max_ulp_float : row.max_ulp_double;
    EXPECT_LE(static_cast<double>(worst), bound) << row.name << " of " << where << " on " << target;
  }
}

template <class T>
void check_special(const std::string& target) {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  std::vector<T> x(64, 0), y(64);
  x[0] = inf, x[1] = -inf, x[2] = nan, x[3] = 1000, x[4] = -1000, x[5] = 0;
  const T wanted[5][6] = {{inf, 0, nan, inf, 0, 1},
                          {1, -1, nan, 1, -1, 0},
                          {1, 0, nan, 1, 0, T(0.5)},
                          {inf, nan, nan, std::log(T(1000)), nan, -inf},
                          {1, 0, nan, 1, 0, 1}};
  for (int which = 0; which < 5; ++which) {
    apply(which, x, y);
    for (std::size_t i = 0; i < 6; ++i) {
      const T want = wanted[which][i];
      const bool right =
          std::isnan(want) ? std::isnan(y[i]) : y[i] == want || std::fabs(y[i] - want) <= T(1e-6);
      EXPECT_TRUE(right) << kRows[which].name << "(" << x[i] << ") = " << y[i] << " on " << target;
    }
  }
}

TEST(Math, ErrorIsBounded) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check_rows<float>(target);
    check_rows<double>(target);
  }
}

TEST(Math, SpecialValues) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check_special<float>(target);
    check_special<double>(target);
  }
}

}  // namespace
}  // namespace unroll
#endif  // HWY_ONCE
