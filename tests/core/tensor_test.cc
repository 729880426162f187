#include "unroll/core/tensor.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "unroll/core/error.h"

namespace unroll {
namespace {

TEST(Tensor, StartsAtZeroAndAligned) {
  const Tensor<double> tensor({3, 5});
  EXPECT_EQ(tensor.size(), 15u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % kAlignment, 0u);
  for (const double value : tensor) EXPECT_EQ(value, 0.0);
}

TEST(Tensor, CopiesElements) {
  Tensor<float> first({2, 2});
  first[3] = 4;
  Tensor<float> second = first;
  second[3] = 5;
  EXPECT_EQ(first[3], 4);
  second = first;
  EXPECT_EQ(second[3], 4);
  second = Tensor<float>();
  EXPECT_EQ(second.size(), 0u);
}

TEST(Shape, SaysWhatIsWrong) {
  EXPECT_EQ(Shape({3, 200}).text(), "(3, 200)");
  try {
    check_shape("weight", {3, 4}, {4, 3});
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(), "weight has shape (3, 4), wanted (4, 3)");
  }
  EXPECT_THROW(Shape({1, 2, 3, 4, 5}), ShapeError);
  EXPECT_THROW(Tensor<float>({std::size_t{1} << 40, std::size_t{1} << 40}), ShapeError);
}

}  // namespace
}  // namespace unroll
