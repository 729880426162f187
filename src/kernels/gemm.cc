#include "kernels/gemm.h"

#include <algorithm>

#include "kernels/bf16_pairs.h"
#include "kernels/block_sizes.h"
#include "kernels/pack.h"
#include "kernels/packed_product.h"
#include "kernels/preconditions.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

constexpr std::size_t kRows = kBlockRows;
// k of a block of B that is packed at a time. Deep, since C is read and written once a block.
constexpr std::size_t kDepth = 768;
static_assert(kDepth <= kColumnScratch / kBlockRows);
// k that are fetched ahead where columns of A are read: they are often no longer in L3.
constexpr std::size_t kAhead = 12;
// Multiply-adds that take as long as an element of ThreadTeam::for_elements(), and such elements
// that take as long as one that is packed.
constexpr std::size_t kPerElement = 8, kPerPacked = 2;

// Preconditions, for assert(). A (rows, columns): from row to row, or, transposed, from column to
// column, the stride reaches over the other side.
template <class T>
bool is_operand(const Matrix<T>& a, std::size_t rows, std::size_t columns) {
  if (rows == 0 || columns == 0) return true;
  if (a.rows != nullptr) {
    return a.column_stride == 1 && std::find(a.rows, a.rows + rows, nullptr) == a.rows + rows;
  }
  return (a.column_stride == 1 && is_matrix(a.data, rows, columns, a.row_stride)) ||
         (a.row_stride == 1 && is_matrix(a.data, columns, rows, a.column_stride));
}

// Nothing, C itself, or apart from it.
template <class T>
bool is_start(Start<T> start, std::size_t m, std::size_t n, const T* c, std::size_t c_stride) {
  if (start.data == nullptr || m == 0 || n == 0) return true;
  if (start.data == c) return start.stride == c_stride || m == 1;
  return start.stride == 0 || is_matrix(start.data, m, n, start.stride);
}

// C is none of A's elements. Matrices with the same stride may lie side by side in one array.
template <class T>
bool is_apart(const Matrix<T>& a, std::size_t rows, std::size_t columns, const T* c, std::size_t m,
              std::size_t n, std::size_t c_stride) {
  if (a.rows != nullptr || rows * columns == 0 || m * n == 0) return true;
  const bool row_major = a.column_stride == 1;
  const std::size_t stride = row_major ? a.row_stride : a.column_stride;
  const std::size_t long_rows = row_major ? rows : columns, width = row_major ? columns : rows;
  return (stride == c_stride && a.data != c) ||
         are_apart(a.data, (long_rows - 1) * stride + width, c, (m - 1) * c_stride + n);
}

// Rows of A become pairs of bf16 in scratch, transposed as they were.
void round_rows(PackedProduct<float>& product, const float** a_rows, float* scratch) {
  const std::size_t depth = product.layout.depth, pairs = product.layout.packed_depth();
  if (product.a_stride == 1) {
    for (std::size_t r = 0; r < product.rows; ++r) {
      pair_row(a_rows[r], depth, scratch + r * pairs);
      a_rows[r] = scratch + r * pairs;
    }
    return;
  }
  constexpr std::size_t kLine = 16;
  for (std::size_t k = 0; k < depth; k += 2) {
    const float* even = a_rows[0] + k * product.a_stride;
    if (k + kAhead + 1 < depth) {
      const float* ahead = even + kAhead * product.a_stride;
      for (std::size_t r = 0; r < product.rows; r += kLine) {
        __builtin_prefetch(ahead + r);
        __builtin_prefetch(ahead + product.a_stride + r);
      }
    }
    pair_rows(even, k + 1 < depth ? even + product.a_stride : nullptr, product.rows,
              scratch + k / 2 * kRows);
  }
  for (std::size_t r = 0; r < product.rows; ++r) a_rows[r] = scratch + r;
  product.a_stride = kRows;
}

}  // namespace

template <class T>
T* column_scratch(const ThreadTeam& team, std::size_t elements) {
  static thread_local Tensor<T> scratch;
  const std::size_t wanted = static_cast<std::size_t>(team.size()) * elements;
  if (scratch.size() < wanted) scratch = Tensor<T>({wanted});
  return scratch.data();
}

template <class T>
void multiply_block(std::size_t rows, const Matrix<T>& a, const PackedLayout& layout,
                    const T* packed, std::size_t begin, std::size_t end, Start<T> start, T* c,
                    std::size_t c_stride, T* scratch) noexcept {
  assert(rows <= kRows && begin <= end && end <= layout.panels());
  assert(a.rows == nullptr && is_operand(a, rows, layout.depth));
  assert(is_array(c, rows * (end - begin)));
  assert(layout.precision == Precision::kFull || scratch != nullptr);
  const T* a_rows[kRows];
  const T* start_rows[kRows];
  T* c_rows[kRows];
  const std::size_t row_stride = layout.depth > 0 ? a.row_stride : 0;  // A may have no data
  for (std::size_t r = 0; r < rows; ++r) {
    a_rows[r] = a.data + r * row_stride;
    start_rows[r] = start.data == nullptr ? nullptr : start.data + r * start.stride;
    c_rows[r] = c + r * c_stride;
  }
  PackedProduct<T> product = {layout, packed,          rows,
                              a_rows, a.column_stride, start.data == nullptr ? nullptr : start_rows,
                              c_rows};
  if (layout.precision == Precision::kBf16) {
    if constexpr (sizeof(T) == 4) round_rows(product, a_rows, scratch);
  } else if (a.column_stride != 1 &&
             a.column_stride * layout.depth * sizeof(T) > copied_bytes(caches_in_use())) {
    assert(scratch != nullptr && layout.depth <= kColumnScratch / kBlockRows);
    constexpr std::size_t kLine = 64 / sizeof(T);
    for (std::size_t k = 0; k < layout.depth; ++k) {
      const T* from = a.data + k * a.column_stride;
      const T* ahead = from + std::min(kAhead, layout.depth - 1 - k) * a.column_stride;
      for (std::size_t r = 0; r < rows; r += kLine) __builtin_prefetch(ahead + r);
      if (rows == kRows) {
        std::copy_n(from, kRows, scratch + k * kRows);
      } else {
        std::copy_n(from, rows, scratch + k * kRows);
      }
    }
    for (std::size_t r = 0; r < rows; ++r) a_rows[r] = scratch + r;
    product.a_stride = kRows;
  }
  multiply(product, begin, end);
}

namespace {

template <class T>
void multiply_packed(const ThreadTeam& team, std::size_t m, const Matrix<T>& a,
                     const PackedLayout& layout, const T* packed, Start<T> start, T* c,
                     std::size_t c_stride) {
  const bool round = layout.precision == Precision::kBf16;
  const std::size_t scratch_size =
      round ? std::max(kColumnScratch, kRows * layout.packed_depth()) : kColumnScratch;
  T* scratch = a.column_stride == 1 && !round ? nullptr : column_scratch<T>(team, scratch_size);
  // As even as possible: 50 rows as 30 and 20, not 48 and 2.
  constexpr std::size_t kTileRows = 6;
  const std::size_t fewest = (m + kRows - 1) / kRows, tiles = (m + kTileRows - 1) / kTileRows;
  const std::size_t block_rows = (tiles + fewest - 1) / fewest * kTileRows;
  const std::size_t blocks = (m + block_rows - 1) / block_rows, panels = layout.panels();
  const ThreadTeam workers = team.for_elements(m * layout.size() / kPerElement);
  const auto threads = static_cast<std::size_t>(workers.size());
  // With few blocks of rows, the panels are shared out too.
  const std::size_t parts =
      threads == 1
          ? 1
          : std::clamp<std::size_t>(4 * threads / blocks, 1, std::max<std::size_t>(1, panels));
  workers.for_each_block(blocks * parts, [&](std::size_t item, std::size_t worker) {
    const std::size_t first = item / parts * block_rows, part = item % parts;
    Matrix<T> rows_of_a = a;
    if (layout.depth > 0) rows_of_a.data += first * a.row_stride;
    Start<T> rows_of_start = start;
    if (start.data != nullptr) rows_of_start.data += first * start.stride;
    multiply_block(std::min(block_rows, m - first), rows_of_a, layout, packed,
                   panels * part / parts, panels * (part + 1) / parts, rows_of_start,
                   c + first * c_stride, c_stride,
                   scratch + (scratch == nullptr ? 0 : worker * scratch_size));
  });
}

}  // namespace

template <class T>
void gemm(const ThreadTeam& team, std::size_t m, const Matrix<T>& a, const PackedLayout& layout,
          const T* packed, Start<T> start, T* c, std::size_t c_stride) {
  assert(a.rows == nullptr && is_operand(a, m, layout.depth) && is_packed(layout, packed));
  assert(is_matrix(c, m, output_columns(layout), c_stride));
  assert(is_start(start, m, output_columns(layout), c, c_stride));
  assert(is_apart(a, m, layout.depth, c, m, output_columns(layout), c_stride));
  if (m > 0) multiply_packed(team, m, a, layout, packed, start, c, c_stride);
}

template <class T>
void gemm(const ThreadTeam& team, std::size_t m, std::size_t n, std::size_t k, const Matrix<T>& a,
          const Matrix<T>& b, Start<T> start, T* c, std::size_t c_stride, Precision precision) {
  assert(a.rows == nullptr && is_operand(a, m, k) && is_operand(b, k, n));
  assert(is_matrix(c, m, n, c_stride) && is_start(start, m, n, c, c_stride));
  assert(is_apart(a, m, k, c, m, n, c_stride) && is_apart(b, k, n, c, m, n, c_stride));
  assert(precision == Precision::kFull || sizeof(T) == sizeof(float));
  if (m == 0 || n == 0) return;
  // The caller's, for all threads.
  static thread_local PackedLayout scratch_layout;
  static thread_local Tensor<T> scratch;
  PackedLayout& layout = scratch_layout;
  // How many k an element of packed B holds; a block holds whole elements, but for the last one.
  const std::size_t ks = precision == Precision::kBf16 ? 2 : 1;
  const std::size_t k_blocks = std::max<std::size_t>(1, (k + ks * kDepth - 1) / (ks * kDepth));
  const auto cut_k = [&](std::size_t block) {
    return std::min(k, (k * block / k_blocks + ks - 1) / ks * ks);
  };
  const std::size_t lanes = vector_lanes<T>();
  const std::size_t deepest =
      std::max<std::size_t>(1, ((k + k_blocks - 1) / k_blocks + ks - 1) / ks);
  const std::size_t block_size = packed_bytes(caches_in_use()) / sizeof(T);
  const std::size_t columns = block_size / deepest / (4 * lanes) * (4 * lanes);
  const std::size_t n_blocks = (n + columns - 1) / columns;
  // Columns of the widest block, in whole vectors.
  const std::size_t widest = (n / n_blocks / lanes + 2) * lanes;
  if (scratch.size() < widest * deepest) scratch = Tensor<T>({widest * deepest});
  T* packed = scratch.data();
  for (std::size_t nb = 0; nb < n_blocks; ++nb) {
    // Whole vectors, but for the last block.
    const auto cut = [&](std::size_t block) {
      return std::min(n, (n * block / n_blocks + lanes - 1) / lanes * lanes);
    };
    const std::size_t n0 = cut(nb), width = cut(nb + 1) - n0;
    for (std::size_t kb = 0; kb < k_blocks; ++kb) {
      const std::size_t k0 = cut_k(kb), depth = cut_k(kb + 1) - k0;
      make_dense_layout<T>(depth, width, layout, precision);
      const PackSource<T> source =
          b.rows != nullptr ? PackSource<T>{nullptr, 0, 1, b.rows + k0, n0}
                            : PackSource<T>{b.data + k0 * b.row_stride + n0 * b.column_stride,
                                            b.row_stride, b.column_stride};
      team.for_elements(std::min(m * layout.size() / kPerElement, layout.size() * kPerPacked))
          .for_each_block(layout.panels(), [&](std::size_t panel) {
            pack(layout, source, panel, panel + 1, packed);
          });
      Matrix<T> part_of_a = a;
      part_of_a.data += k0 * a.column_stride;
      Start<T> from = {c + n0, c_stride};
      if (kb == 0) from = {start.data == nullptr ? nullptr : start.data + n0, start.stride};
      multiply_packed(team, m, part_of_a, layout, packed, from, c + n0, c_stride);
    }
  }
}

template void multiply_block<float>(std::size_t, const Matrix<float>&, const PackedLayout&,
                                    const float*, std::size_t, std::size_t, Start<float>, float*,
                                    std::size_t, float*) noexcept;
template void multiply_block<double>(std::size_t, const Matrix<double>&, const PackedLayout&,
                                     const double*, std::size_t, std::size_t, Start<double>,
                                     double*, std::size_t, double*) noexcept;
template float* column_scratch<float>(const ThreadTeam&, std::size_t);
template double* column_scratch<double>(const ThreadTeam&, std::size_t);
template void gemm<float>(const ThreadTeam&, std::size_t, std::size_t, std::size_t,
                          const Matrix<float>&, const Matrix<float>&, Start<float>, float*,
                          std::size_t, Precision);
template void gemm<double>(const ThreadTeam&, std::size_t, std::size_t, std::size_t,
                           const Matrix<double>&, const Matrix<double>&, Start<double>, double*,
                           std::size_t, Precision);
template void gemm<float>(const ThreadTeam&, std::size_t, const Matrix<float>&, const PackedLayout&,
                          const float*, Start<float>, float*, std::size_t);
template void gemm<double>(const ThreadTeam&, std::size_t, const Matrix<double>&,
                           const PackedLayout&, const double*, Start<double>, double*, std::size_t);

}  // namespace unroll::kernels
