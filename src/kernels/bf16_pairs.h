#pragma once

#include <cstddef>

namespace unroll::kernels {

// Two consecutive k of an operand of a product in Precision::kBf16 are kept together, in the 32
// bits of a float: bf16(even k) in the lower half, bf16(odd k) in the upper one. Rounding is to
// nearest, ties to even; NaN stays NaN.
//
// An operand of depth K has bf16_pairs(K) pairs; the last one of an odd K is filled up with 0.
inline constexpr std::size_t bf16_pairs(std::size_t depth) { return (depth + 1) / 2; }

// to[i] = (from[2 i], from[2 i + 1]), `count` floats in all.
void pair_row(const float* from, std::size_t count, float* to) noexcept;

// to[i] = (even[i], odd[i]), or (even[i], 0) where `odd` is null. `to` may be either of them.
void pair_rows(const float* even, const float* odd, std::size_t count, float* to) noexcept;

}  // namespace unroll::kernels
