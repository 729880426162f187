// Sum of squares and clamp on every instruction set, against plain loops.

#include "kernels/norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/targets.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

template <class T>
std::vector<T> random_values(std::size_t count) {
  const Random random(3, RandomUse::kCheck, count);
  std::vector<T> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(random.uniform(i, -2, 2));
  return x;
}

template <class T>
void check_sum(const std::string& target) {
  for (std::size_t count = 0; count <= 130; ++count) {
    std::vector<T> x = random_values<T>(count);
    long double wanted = 0;
    for (const T value : x) wanted += static_cast<long double>(value) * value;
    const double got = kernels::sum_of_squares(x.data(), count);
    // At most `count` roundings in double, also for float.
    EXPECT_NEAR(got, static_cast<double>(wanted), got * static_cast<double>(count) * 2.3e-16)
        << count << " on " << target;
    for (std::size_t i = 0; i < count; ++i) {
      const T was = x[i];
      x[i] = std::numeric_limits<T>::quiet_NaN();
      EXPECT_TRUE(std::isnan(kernels::sum_of_squares(x.data(), count)));
      x[i] = -std::numeric_limits<T>::infinity();
      EXPECT_TRUE(std::isinf(kernels::sum_of_squares(x.data(), count)));
      x[i] = was;
    }
  }
}

template <class T>
void check_clamp(const std::string& target) {
  for (std::size_t count = 0; count <= 130; ++count) {
    const std::vector<T> before = random_values<T>(count + 8);
    std::vector<T> x = before;
    if (count > 0) x[count - 1] = std::numeric_limits<T>::quiet_NaN();
    kernels::clamp(x.data(), count, T(1.5));
    for (std::size_t i = 0; i + 1 < count; ++i) {
      ASSERT_EQ(x[i], std::min(std::max(before[i], T(-1.5)), T(1.5))) << i << " on " << target;
    }
    if (count > 0) {
      ASSERT_TRUE(std::isnan(x[count - 1])) << target;
    }
    for (std::size_t i = count; i < x.size(); ++i) ASSERT_EQ(x[i], before[i]) << target;
  }
}

TEST(Norm, SumOfSquares) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check_sum<float>(target);
    check_sum<double>(target);
  }
}

// In float these squares would overflow or vanish.
TEST(Norm, FloatsAreSummedInDouble) {
  const std::vector<float> large(100, 1e30f), small(100, 1e-30f);
  EXPECT_NEAR(kernels::sum_of_squares(large.data(), 100), 1e62, 1e55);
  EXPECT_NEAR(kernels::sum_of_squares(small.data(), 100), 1e-58, 1e-65);
}

TEST(Norm, Clamp) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    check_clamp<float>(target);
    check_clamp<double>(target);
  }
}

}  // namespace
}  // namespace unroll
