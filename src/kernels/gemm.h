#pragma once

#include <cstddef>

#include "kernels/packed_layout.h"
#include "unroll/core/threads.h"

namespace unroll::kernels {

// A row-major matrix, or its transpose: element (i, j) is data[i * row_stride + j * column_stride],
// and one of the strides is 1. With `rows`, row-major and row i at rows[i].
template <class T>
struct Matrix {
  const T* data;
  std::size_t row_stride, column_stride;
  const T* const* rows = nullptr;
};

// data (rows, columns) with `stride` elements from row to row.
template <class T>
Matrix<T> matrix(const T* data, std::size_t stride) {
  return {data, stride, 1};
}
template <class T>
Matrix<T> transposed(const T* data, std::size_t stride) {
  return {data, 1, stride};
}
template <class T>
Matrix<T> matrix_of_rows(const T* const* rows) {
  return {nullptr, 0, 1, rows};
}

// What a product is added to: nothing, the matrix that is there (its data and stride), or the same
// row everywhere (stride 0).
template <class T>
struct Start {
  const T* data = nullptr;
  std::size_t stride = 0;
};

// C (m, n) = start + A (m, k) · B (k, n); C has c_stride elements from row to row. It may be the
// start, and has no element in common with A and B. Only B may be given by its rows.
//
// Every element is one chain of fused multiply-adds over ascending k, so its bits depend neither on
// the number of threads nor on m and n. The calling thread keeps memory for blocks of B and columns
// of A; std::bad_alloc where there is none. In Precision::kBf16, for floats, A and B are rounded,
// and a link is a pair of k.
template <class T>
void gemm(const ThreadTeam& team, std::size_t m, std::size_t n, std::size_t k, const Matrix<T>& a,
          const Matrix<T>& b, Start<T> start, T* c, std::size_t c_stride,
          Precision precision = Precision::kFull);

// The same for a row-major A and a B that is packed already, all k deep.
template <class T>
void gemm(const ThreadTeam& team, std::size_t m, const Matrix<T>& a, const PackedLayout& layout,
          const T* packed, Start<T> start, T* c, std::size_t c_stride);

// Rows of C that one walk over a packed panel serves best: whole tiles of 6, 8 and 12.
inline constexpr std::size_t kBlockRows = 48;

// Memory in which the workers of a team copy columns of a transposed A together, kColumnScratch
// elements each, or more where it is asked for; the calling thread's, which keeps it.
inline constexpr std::size_t kColumnScratch = 1536 * kBlockRows;
template <class T>
T* column_scratch(const ThreadTeam& team, std::size_t elements = kColumnScratch);

// The same for up to kBlockRows rows and panels [begin, end), by the calling thread. A may be a
// transpose, with up to kColumnScratch / kBlockRows columns; its worker's `scratch` is used then.
// In kBf16 it always is, for kBlockRows * layout.packed_depth() elements.
template <class T>
void multiply_block(std::size_t rows, const Matrix<T>& a, const PackedLayout& layout,
                    const T* packed, std::size_t begin, std::size_t end, Start<T> start, T* c,
                    std::size_t c_stride, T* scratch = nullptr) noexcept;

}  // namespace unroll::kernels
