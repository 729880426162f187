#include "unroll/core/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace unroll {
namespace {

// The known answers published with Random123 1.09 (kat_vectors, philox4x32 10).
TEST(Random, PhiloxKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsDiffer) {
  const Random first(1, RandomUse::kDropout, 7);
  EXPECT_NE(first.block(0), Random(2, RandomUse::kDropout, 7).block(0));
  EXPECT_NE(first.block(0), Random(1, RandomUse::kSampling, 7).block(0));
  EXPECT_NE(first.block(0), Random(1, RandomUse::kDropout, 8).block(0));
  EXPECT_EQ(first.block(5)[2], Random(1, RandomUse::kDropout, 7).bits(22));
}

TEST(Random, MomentsAreRight) {
  const Random random(3, RandomUse::kInitialization);
  const int count = 100000;
  double uniform = 0, normal = 0, square = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double u = random.uniform(i);
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    const double z = random.normal(i);
    uniform += u / count;
    normal += z / count;
    square += z * z / count;
    ASSERT_LT(random.below(i, 7), 7u);
  }
  // Five standard errors: sqrt(1/12/n), sqrt(1/n), sqrt(2/n).
  EXPECT_NEAR(uniform, 0.5, 5 * std::sqrt(1.0 / 12 / count));
  EXPECT_NEAR(normal, 0.0, 5 * std::sqrt(1.0 / count));
  EXPECT_NEAR(square, 1.0, 5 * std::sqrt(2.0 / count));
}

}  // namespace
}  // namespace unroll
