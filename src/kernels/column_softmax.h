#pragma once

#include <cstddef>

namespace unroll::kernels {

// The parts of a softmax down the columns of a matrix, one column a lane, that touch its elements;
// for some of its rows: x (rows, columns) with `stride` elements from row to row. Columns are whole
// vectors, and a column's bits depend on that column and the instruction set alone.

// x += bias (rows); max[c] is the column's maximum and sum[c] the sum of e = exp(x - max[c]). With
// `store`, x becomes e. The exponentials of a column of -infinity alone are 0, of one with a NaN or
// +infinity NaN.
template <class T>
void exp_columns(std::size_t rows, std::size_t columns, T* x, std::size_t stride, const T* bias,
                 bool store, T* max, T* sum) noexcept;

// x[r][c] *= factor[c]
template <class T>
void scale_columns(std::size_t rows, std::size_t columns, T* x, std::size_t stride,
                   const T* factor) noexcept;

// sums[r] += the sum of `columns` elements of row r.
template <class T>
void add_row_sums(std::size_t rows, std::size_t columns, const T* from, std::size_t stride,
                  T* sums) noexcept;

}  // namespace unroll::kernels
