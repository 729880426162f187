#pragma once

#include <cstddef>

#include "unroll/core/threads.h"

namespace unroll::kernels {

// A row-major matrix, or its transpose: element (i, j) is data[i * row_stride + j * column_stride],
// and one of the strides is 1.
template <class T>
struct Matrix {
  const T* data;
  std::size_t row_stride, column_stride;
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

// C (m, n) = A (m, k) · B (k, n), or C += with `accumulate`; C has c_stride elements from row to
// row.
//
// C is cut into blocks on a grid that depends on m, n and k alone; each block is one
// single-threaded product. So the bits do not depend on the number of threads. float goes through
// oneDNN where the library was built with it, everything else through the packed tile.
template <class T>
void gemm(const ThreadTeam& team, std::size_t m, std::size_t n, std::size_t k, Matrix<T> a,
          Matrix<T> b, T* c, std::size_t c_stride, bool accumulate) noexcept;

// One block by the packed tile, whatever gemm() would choose.
template <class T>
void packed_gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<T> a, Matrix<T> b, T* c,
                 std::size_t c_stride, bool accumulate) noexcept;

}  // namespace unroll::kernels
