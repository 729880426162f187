// Rounding to bf16 and packing in pairs of k, against the definition, on every instruction set.

#include "kernels/bf16_pairs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/bf16_testing.h"
#include "kernels/pack.h"
#include "kernels/random_values.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

constexpr std::size_t kSizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};

float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// Every upper half with lower halves around the middle between two bf16 numbers.
std::vector<float> hard_cases() {
  std::vector<float> cases;
  for (std::uint32_t upper = 0; upper < 0x10000; ++upper) {
    for (const std::uint32_t lower : {0u, 1u, 0x7FFFu, 0x8000u, 0x8001u, 0xFFFFu}) {
      const float x = float_of(upper << 16 | lower);
      if (x == 0 || std::fpclassify(x) != FP_SUBNORMAL) cases.push_back(x);
    }
  }
  return cases;
}

void expect_rounded(float half, float from, const std::string& where) {
  if (std::isnan(from)) {
    EXPECT_TRUE(std::isnan(half)) << where << " of a NaN with bits " << float_bits(from);
  } else {
    ASSERT_EQ(float_bits(half), float_bits(nearest_bf16(from))) << where << " of " << from;
  }
}

TEST(Bf16Pairs, RoundToNearestEven) {
  const std::vector<float> cases = hard_cases();
  EXPECT_EQ(nearest_bf16(std::numeric_limits<float>::max()),
            std::numeric_limits<float>::infinity());
  on_all_bf16_targets([&](const std::string& target) {
    const std::size_t half = cases.size() / 2;
    std::vector<float> along(half), across(half);
    pair_row(cases.data(), 2 * half, along.data());
    pair_rows(cases.data(), cases.data() + half, half, across.data());
    for (std::size_t i = 0; i < half; ++i) {
      expect_rounded(half_of(along[i], false), cases[2 * i], target + " row");
      expect_rounded(half_of(along[i], true), cases[2 * i + 1], target + " row");
      expect_rounded(half_of(across[i], false), cases[i], target + " rows");
      expect_rounded(half_of(across[i], true), cases[half + i], target + " rows");
    }
  });
}

TEST(Bf16Pairs, OddCountsAndInPlace) {
  on_all_bf16_targets([&](const std::string& target) {
    for (const std::size_t count : kSizes) {
      const std::vector<float> even = random_values<float>(count, 1),
                               odd = random_values<float>(count, 2);
      std::vector<float> to(count + 1, 7.0f);
      pair_row(even.data(), count, to.data());
      for (std::size_t i = 0; i < bf16_pairs(count); ++i) {
        ASSERT_EQ(half_of(to[i], false), nearest_bf16(even[2 * i])) << target << " " << count;
        ASSERT_EQ(half_of(to[i], true), 2 * i + 1 < count ? nearest_bf16(even[2 * i + 1]) : 0);
      }
      ASSERT_EQ(to[bf16_pairs(count)], 7.0f) << target << " wrote beyond its " << count;
      std::vector<float> place = even;
      pair_rows(place.data(), odd.data(), count, place.data());
      pair_rows(even.data(), nullptr, count, to.data());
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(half_of(place[i], false), nearest_bf16(even[i])) << target << " " << count;
        ASSERT_EQ(half_of(place[i], true), nearest_bf16(odd[i])) << target << " " << count;
        ASSERT_EQ(half_of(to[i], false), nearest_bf16(even[i])) << target << " " << count;
        ASSERT_EQ(half_of(to[i], true), 0) << target << " " << count;
      }
      ASSERT_EQ(to[count], 7.0f) << target << " wrote beyond its " << count;
    }
  });
}

// B (depth, columns) by rows, by columns and by pointers to its rows.
TEST(Bf16Pairs, PackEveryForm) {
  on_all_bf16_targets([&](const std::string& target) {
    for (const std::size_t depth : kSizes) {
      for (const std::size_t columns : {1u, 3u, 16u, 17u, 63u, 129u}) {
        const std::vector<float> b = random_values<float>(depth * columns, 3);
        std::vector<float> turned(b.size());
        std::vector<const float*> rows;
        for (std::size_t k = 0; k < depth; ++k) {
          rows.push_back(b.data() + k * columns);
          for (std::size_t c = 0; c < columns; ++c) turned[c * depth + k] = b[k * columns + c];
        }
        const PackedLayout layout = dense_layout<float>(depth, columns, Precision::kBf16);
        ASSERT_EQ(layout.packed_depth(), bf16_pairs(depth));
        for (const PackSource<float>& source :
             {PackSource<float>{b.data(), columns, 1}, PackSource<float>{turned.data(), 1, depth},
              PackSource<float>{nullptr, 0, 1, rows.data(), 0}}) {
          Tensor<float> packed({layout.size()});
          packed.fill(7.0f);
          pack<float>(layout, source, 0, layout.panels(), packed.data());
          for (std::size_t panel = 0; panel < layout.panels(); ++panel) {
            const std::size_t width = layout.width(panel) * layout.lanes;
            for (std::size_t k = 0; k < 2 * layout.packed_depth(); ++k) {
              for (std::size_t i = 0; i < width; ++i) {
                const PackedColumns& vector =
                    layout.vectors[layout.panel_begin[panel] + i / layout.lanes];
                const std::size_t lane = i % layout.lanes, c = vector.source + lane;
                const bool there = k < depth && lane < vector.count;
                ASSERT_EQ(half_of(packed[layout.offset(panel) + k / 2 * width + i], k % 2 == 1),
                          there ? nearest_bf16(b[k * columns + c]) : 0)
                    << target << " " << depth << "x" << columns << " k " << k << " column " << c;
              }
            }
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace unroll::kernels
