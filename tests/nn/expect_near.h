#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace unroll {

// Within `tolerance` of the largest magnitude in the array: errors of a sum scale with its terms.
template <class Array>
void expect_near(const Array& got, const Array& wanted, double tolerance, const std::string& what) {
  double largest = 1;
  for (const auto value : wanted) largest = std::max(largest, std::fabs(double{value}));
  ASSERT_EQ(got.size(), wanted.size()) << what;
  auto want = wanted.begin();
  std::size_t index = 0;
  for (const auto value : got) {
    ASSERT_NEAR(value, *want, tolerance * largest) << what << "[" << index << "]";
    ++want, ++index;
  }
}

}  // namespace unroll
