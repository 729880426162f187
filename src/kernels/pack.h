#pragma once

#include <cstddef>

#include "kernels/packed_layout.h"

namespace unroll::kernels {

// B to be packed: element (k, column) is data[k * k_stride + column * column_stride], where one of
// the strides is 1; or, when `rows` is given,
// rows[k][first_column + column].
template <class T>
struct PackSource {
  const T* data = nullptr;
  std::size_t k_stride = 0, column_stride = 1;
  const T* const* rows = nullptr;
  std::size_t first_column = 0;  // of `rows`
};

// Panels [begin, end) of packed (layout.size()), which is aligned to a vector, as Tensor and Arena
// are.
template <class T>
void pack(const PackedLayout& layout, const PackSource<T>& b, std::size_t begin, std::size_t end,
          T* packed) noexcept;

}  // namespace unroll::kernels
