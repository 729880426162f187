#include "io/float_bits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace unroll {
namespace {

TEST(FloatBits, HalfKnownValues) {
  EXPECT_EQ(float_from_half(0x3c00), 1.0f);
  EXPECT_EQ(float_from_half(0xc000), -2.0f);
  EXPECT_EQ(float_from_half(0x7bff), 65504.0f);
  EXPECT_EQ(float_from_half(0x3555), 0.333251953125f);
  EXPECT_EQ(float_from_half(0x0400), 0x1p-14f);       // smallest normal
  EXPECT_EQ(float_from_half(0x0001), 0x1p-24f);       // smallest subnormal
  EXPECT_EQ(float_from_half(0x83ff), -0x1.ff8p-15f);  // largest subnormal
  EXPECT_EQ(float_from_half(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(float_from_half(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(float_from_half(0x8000), 0.0f);
  EXPECT_TRUE(std::signbit(float_from_half(0x8000)));
  EXPECT_FALSE(std::signbit(float_from_half(0x0000)));
  EXPECT_EQ(std::bit_cast<std::uint32_t>(float_from_half(0xfe01)), 0xffc02000u);
}

// (-1)^s · 2^(e-15) · (1 + f/1024), or (-1)^s · 2^-14 · f/1024 for e = 0.
TEST(FloatBits, HalfFollowsTheDefinition) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const int exponent = static_cast<int>((bits >> 10) & 31);
    const double fraction = static_cast<double>(bits & 0x3ff) / 1024;
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    const float got = float_from_half(static_cast<std::uint16_t>(bits));
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(got), fraction != 0) << bits;
      EXPECT_EQ(std::isinf(got), fraction == 0) << bits;
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
      ASSERT_EQ(static_cast<double>(got), sign * magnitude) << bits;
    }
  }
}

TEST(FloatBits, Bfloat16KnownValues) {
  EXPECT_EQ(float_from_bfloat16(0x3f80), 1.0f);
  EXPECT_EQ(float_from_bfloat16(0xc049), -3.140625f);
  EXPECT_EQ(float_from_bfloat16(0x0001), 0x1p-133f);  // smallest subnormal
  EXPECT_EQ(float_from_bfloat16(0x7f80), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(float_from_bfloat16(0x7fc0)));
  EXPECT_TRUE(std::signbit(float_from_bfloat16(0x8000)));
}

}  // namespace
}  // namespace unroll
