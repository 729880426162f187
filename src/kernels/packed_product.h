#pragma once

#include <cstddef>

#include "kernels/packed_layout.h"

namespace unroll::kernels {

// C (rows, ·) = S (rows, ·) + A (rows, K) · B (K, ·) for a packed B:
// c[row][output] = start[row][output] + sum over k of a[row][k * a_stride] * B(k, column). `start`
// may be `c` itself, or null for zero. In Precision::kBf16, for floats, A and B are pairs of k
// (bf16_pairs.h): a[row][pair * a_stride].
template <class T>
struct PackedProduct {
  const PackedLayout& layout;
  const T* packed;
  std::size_t rows;
  const T* const* a;
  std::size_t a_stride;
  const T* const* start;
  T* const* c;
};

// For panels [begin, end). One tile keeps (its rows) x (the vectors of its panel) accumulators in
// registers while it walks down k. Every element of C is one chain of fused multiply-adds over
// ascending k, whatever the tile it falls into: how rows and panels are split over calls, tiles and
// threads does not change a bit. In kBf16 a link is a pair, its odd k first.
template <class T>
void multiply(const PackedProduct<T>& product, std::size_t begin, std::size_t end) noexcept;

// The part of multiply<float>() for layouts in Precision::kBf16.
void multiply_bf16(const PackedProduct<float>& product, std::size_t begin,
                   std::size_t end) noexcept;

}  // namespace unroll::kernels
