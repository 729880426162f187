#include "unroll/nn/dropout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unroll/core/error.h"

namespace unroll {
namespace {

template <class T>
std::vector<T> masked(const Dropout& dropout, const DropoutKey& key, std::size_t count,
                      int threads = 1) {
  const std::vector<T> x(count, T(3));
  std::vector<T> y(count);
  dropout.forward(ThreadTeam(threads), key, count, x.data(), y.data());
  return y;
}

TEST(Dropout, KeepsTheShareAndTheScale) {
  const std::size_t count = 100003;
  for (const double rate : {0.1, 0.5, 0.65}) {
    const std::vector<float> y = masked<float>(Dropout(rate, 0), {1, 2}, count);
    std::size_t dropped = 0;
    for (const float value : y) {
      if (value == 0) {
        ++dropped;
      } else {
        ASSERT_EQ(value, 3 * static_cast<float>(1 / (1 - rate)));
      }
    }
    // Five standard deviations of a binomial count.
    EXPECT_NEAR(static_cast<double>(dropped), rate * static_cast<double>(count),
                5 * std::sqrt(rate * (1 - rate) * static_cast<double>(count)));
  }
}

TEST(Dropout, TheMaskIsAFunctionOfKeyAndSite) {
  const Dropout dropout(0.5, 0);
  const auto mask = masked<double>(dropout, {1, 2}, 30000);
  EXPECT_EQ(mask, masked<double>(dropout, {1, 2}, 30000, 3));
  EXPECT_NE(mask, masked<double>(dropout, {2, 2}, 30000));
  EXPECT_NE(mask, masked<double>(dropout, {1, 3}, 30000));
  EXPECT_NE(mask, masked<double>(Dropout(0.5, 255), {1, 2}, 30000));
}

TEST(Dropout, BackwardUsesTheSameMaskAlsoInPlace) {
  const Dropout dropout(0.4, 7);
  const auto y = masked<double>(dropout, {5, 6}, 1001);
  std::vector<double> d(1001, 3.);
  dropout.backward(ThreadTeam(2), {5, 6}, d.size(), d.data(), d.data());
  EXPECT_EQ(d, y);
}

TEST(Dropout, RateZeroCopies) {
  EXPECT_EQ(masked<float>(Dropout(0, 0), {1, 2}, 5), std::vector<float>(5, 3.f));
}

TEST(Dropout, RefusesBadOptions) {
  EXPECT_THROW(Dropout(1, 0), ValueError);
  EXPECT_THROW(Dropout(-0.1, 0), ValueError);
  EXPECT_THROW(Dropout(std::nan(""), 0), ValueError);
  EXPECT_THROW(Dropout(0.5, 256), ValueError);
}

}  // namespace
}  // namespace unroll
