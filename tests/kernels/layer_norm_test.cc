// Layer normalisation on every instruction set, against plain loops in long double.

#include "kernels/layer_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

template <class T>
std::vector<T> random_values(std::size_t count, std::uint64_t stream) {
  const Random random(3, RandomUse::kCheck, stream);
  std::vector<T> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(random.uniform(i, -2, 2));
  return x;
}

// A row of `count` numbers, forward and back.
template <class T>
struct Row {
  explicit Row(std::size_t count)
      : x(random_values<T>(count, 10 * count)),
        gain(random_values<T>(count, 10 * count + 1)),
        shift(random_values<T>(count, 10 * count + 2)),
        d(random_values<T>(count, 10 * count + 3)),
        d_gain(random_values<T>(count, 10 * count + 4)),
        d_shift(random_values<T>(count, 10 * count + 5)),
        normal(count) {}

  void run() {
    inverse =
        kernels::layer_norm<T>({x.size(), x.data(), gain.data(), shift.data(), normal.data()});
    kernels::layer_norm_backward<T>(
        {x.size(), d.data(), gain.data(), normal.data(), inverse, d_gain.data(), d_shift.data()});
  }

  // The formulas of layer_norm.h.
  void run_plainly() {
    using Long = long double;
    const std::size_t count = x.size();
    const Long n = static_cast<Long>(count);
    Long mean = 0, variance = 0, d_mean = 0, along = 0;
    for (const T value : x) mean += value / n;
    for (const T value : x) variance += (value - mean) * (value - mean) / n;
    const Long inv = 1 / std::sqrt(variance + static_cast<Long>(kernels::kLayerNormEpsilon));
    std::vector<Long> exact(count);
    for (std::size_t i = 0; i < count; ++i) {
      exact[i] = (x[i] - mean) * inv;
      d_mean += static_cast<Long>(d[i]) * gain[i] / n;
      along += static_cast<Long>(d[i]) * gain[i] * exact[i] / n;
    }
    for (std::size_t i = 0; i < count; ++i) {
      normal[i] = static_cast<T>(exact[i]);
      x[i] = static_cast<T>(gain[i] * exact[i] + shift[i]);
      d_gain[i] = static_cast<T>(d_gain[i] + d[i] * exact[i]);
      d_shift[i] = static_cast<T>(static_cast<Long>(d_shift[i]) + d[i]);
      const Long d_normal = static_cast<Long>(d[i]) * gain[i];
      d[i] = static_cast<T>((d_normal - d_mean - exact[i] * along) * inv);
    }
    inverse = static_cast<T>(inv);
  }

  std::vector<T> x, gain, shift, d, d_gain, d_shift, normal;
  T inverse = 0;
};

// Means of numbers below 2 of either sign are off by at most `count` roundings, in practice by
// their root; x̂ and dx by that over σ, and σ is above 0.3 from two random numbers on.
template <class T>
void check(const std::string& target) {
  for (std::size_t count = 1; count <= 150; ++count) {
    Row<T> got(count), wanted(count);
    got.run();
    wanted.run_plainly();
    const double near = 64 * std::sqrt(static_cast<double>(count)) *
                        double{std::numeric_limits<T>::epsilon()} *
                        std::max(1.0, std::pow(double{wanted.inverse}, 2));
    EXPECT_NEAR(got.inverse, wanted.inverse, near * double{wanted.inverse}) << count << target;
    const auto expect = [&](const std::vector<T>& a, const std::vector<T>& b, const char* what) {
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_NEAR(a[i], b[i], near) << what << "[" << i << "] of " << count << " on " << target;
      }
    };
    expect(got.normal, wanted.normal, "normal");
    expect(got.x, wanted.x, "y");
    expect(got.d, wanted.d, "dx");
    expect(got.d_gain, wanted.d_gain, "d(gain)");
    expect(got.d_shift, wanted.d_shift, "d(shift)");
  }
}

TEST(LayerNorm, AgreesWithPlainLoops) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check<float>(target);
    check<double>(target);
  }
}

// Without any variance all stays finite: y is the shift.
TEST(LayerNorm, OfEqualNumbersIsTheShift) {
  for (const std::size_t count : {1u, 7u, 64u}) {
    Row<double> row(count);
    std::fill(row.x.begin(), row.x.end(), 0.5);
    row.run();
    EXPECT_EQ(row.x, row.shift);
    for (const double d : row.d) EXPECT_TRUE(std::isfinite(d));
  }
}

TEST(LayerNorm, NanReachesTheWholeRow) {
  Row<float> row(37);
  row.x[36] = std::numeric_limits<float>::quiet_NaN();
  row.run();
  for (const float y : row.x) EXPECT_TRUE(std::isnan(y));
}

}  // namespace
}  // namespace unroll
