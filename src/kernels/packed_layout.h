#pragma once

#include <cstddef>
#include <vector>

#include "unroll/kernels/precision.h"

namespace unroll::kernels {

// A vector of up to `lanes` columns of B: `source` is the first one's column in B, `output` its
// column in C. Columns above `count` are padding.
struct PackedColumns {
  std::size_t source, output, count;
};

// How a matrix B (K, ·) is packed for a register tile: its columns are cut into vectors, the
// vectors into panels of 1 … max_panel_vectors(), and a panel holds [k][vector][lane]. A group of
// panels holds whole hidden units: all the gates of a block of them.
struct PackedLayout {
  std::size_t depth = 0;  // K
  std::size_t lanes = 0;  // columns a vector
  std::size_t group_panels = 1;
  std::vector<PackedColumns> vectors;
  std::vector<std::size_t> panel_begin = {0};  // (panels + 1): each panel's first vector
  // 0: panel after panel, as pack() writes them; else panels side by side, with this many elements
  // from k to k.
  std::size_t k_stride = 0;
  Precision precision = Precision::kFull;

  // Elements of a packed column; in kBf16 an element is a pair of k (bf16_pairs.h).
  std::size_t packed_depth() const {
    return precision == Precision::kBf16 ? (depth + 1) / 2 : depth;
  }
  std::size_t panels() const { return panel_begin.size() - 1; }
  std::size_t groups() const { return panels() / group_panels; }
  std::size_t width(std::size_t panel) const { return panel_begin[panel + 1] - panel_begin[panel]; }
  // Elements before a panel; offset(panels()) is the size of the whole.
  std::size_t offset(std::size_t panel) const {
    return panel_begin[panel] * lanes * (k_stride > 0 ? 1 : packed_depth());
  }
  std::size_t size() const { return offset(panels()); }
};

// Columns a vector of T has, and vectors a panel can have, on the instruction set in use.
template <class T>
std::size_t vector_lanes() noexcept;
std::size_t max_panel_vectors() noexcept;

// B has `columns` columns that stay in their order; panels as even as possible, so that none is
// mostly padding.
template <class T>
PackedLayout dense_layout(std::size_t depth, std::size_t columns,
                          Precision precision = Precision::kFull);
// The same in place of `layout`, whose memory is used again.
template <class T>
void make_dense_layout(std::size_t depth, std::size_t columns, PackedLayout& layout,
                       Precision precision = Precision::kFull);

// B has groups.size() groups of `group_size` columns, of which groups[g] is the place in C (in
// units of group_size). A group of panels holds the same columns of all of them, so that one pass
// yields, for a block of hidden units, the pre-activations of all their gates.
template <class T>
PackedLayout interleaved_layout(std::size_t depth, std::size_t group_size,
                                const std::vector<std::size_t>& groups,
                                Precision precision = Precision::kFull);

}  // namespace unroll::kernels
