#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unroll::kernels {

// C (rows, ·) += A (rows, K) · B (K, ·), where B was packed beforehand for a register tile: B is
// cut into panels of `width` vectors of columns, a panel holds [k][vector][lane], and one tile
// keeps (rows of the tile) x width accumulators in registers while it walks down k.
//
// Every element of C is one chain of fused multiply-adds over ascending k, whatever the tile it
// falls into: how rows and panels are split over calls, tiles and threads does not change a bit.

// A vector of up to `lanes` columns of B: `source` is the first one's column in B, `output` its
// column in C. Columns above `count` are padding.
struct PackedColumns {
  std::size_t source, output, count;
};

struct PackedLayout {
  std::size_t depth = 0;               // K
  std::size_t width = 0;               // vectors a panel
  std::size_t lanes = 0;               // columns a vector
  std::vector<PackedColumns> vectors;  // panels() x width

  std::size_t panels() const { return vectors.size() / width; }
  std::size_t size() const { return vectors.size() * lanes * depth; }  // elements when packed
};

// Columns a vector of T has on the instruction set in use.
template <class T>
std::size_t vector_lanes() noexcept;

// B has `columns` columns that stay in their order.
template <class T>
PackedLayout dense_layout(std::size_t depth, std::size_t columns);

// B has groups.size() groups of `group_size` columns, of which groups[g] is the place in C (in
// units of group_size). A panel holds the same columns of all groups, so that one tile yields, for
// a block of hidden units, the pre-activations of all their gates.
template <class T>
PackedLayout interleaved_layout(std::size_t depth, std::size_t group_size,
                                const std::vector<std::size_t>& groups);

// Panels [begin, end) of packed (layout.size()) from B, whose element (k, column) is
// b[k * k_stride + column * column_stride].
template <class T>
void pack(const PackedLayout& layout, const T* b, std::size_t k_stride, std::size_t column_stride,
          std::size_t begin, std::size_t end, T* packed) noexcept;

// For panels [begin, end): c[row][output] += (or =) sum over k of a[row][k * a_stride] * B(k,
// column).
template <class T>
void packed_product(const PackedLayout& layout, const T* packed, std::size_t begin, std::size_t end,
                    std::size_t rows, const T* const* a, std::size_t a_stride, T* const* c,
                    bool accumulate) noexcept;

}  // namespace unroll::kernels
