#include "kernels/target_order.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "hwy/highway.h"
#include "kernels/packed_layout.h"
#include "kernels/targets.h"

// The preprocessor decides with it.
#if !UNROLL_IS_AVX512(HWY_AVX3_DL) || UNROLL_IS_AVX512(HWY_AVX2)
#error "the order of targets"
#endif

namespace unroll::kernels {
namespace {

// Also for sets that this version of Highway does not know.
TEST(TargetOrder, WhatIsBetterThanAVX3IsAVX512) {
  for (std::int64_t target = HWY_AVX3; target > 0; target /= 2) {
    EXPECT_TRUE(UNROLL_IS_AVX512(target)) << target;
    EXPECT_FALSE(UNROLL_IS_ARM(target)) << target;
    EXPECT_TRUE(UNROLL_HAS_32_REGISTERS(target)) << target;
  }
  for (const std::int64_t target : {HWY_AVX2, HWY_SSE4, HWY_SSSE3, HWY_AVX3 << 1}) {
    EXPECT_FALSE(UNROLL_IS_AVX512(target)) << target;
    EXPECT_FALSE(UNROLL_HAS_32_REGISTERS(target)) << target;
  }
}

TEST(TargetOrder, OtherArchitecturesAreNoAVX512) {
  for (const std::int64_t target :
       {HWY_NEON, HWY_NEON << 1, HWY_NEON >> 5, HWY_SVE, HWY_SVE2_128}) {
    EXPECT_FALSE(UNROLL_IS_AVX512(target)) << target;
    EXPECT_TRUE(UNROLL_HAS_32_REGISTERS(target)) << target;
  }
  for (const std::int64_t target : {HWY_RVV, HWY_PPC8, HWY_WASM, HWY_EMU128, HWY_SCALAR}) {
    EXPECT_FALSE(UNROLL_IS_AVX512(target)) << target;
    EXPECT_FALSE(UNROLL_HAS_32_REGISTERS(target)) << target;
  }
}

TEST(TargetOrder, DecidesTheWidthOfPanels) {
  for (const std::string& name : target_names()) {
    set_target(name);
    EXPECT_EQ(max_panel_vectors(), name.starts_with("avx3") || name.starts_with("neon") ? 4u : 3u);
  }
}

}  // namespace
}  // namespace unroll::kernels
