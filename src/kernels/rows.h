#pragma once

#include <cstddef>

#include "unroll/core/threads.h"

namespace unroll::kernels {

// sums (columns) = sum over the rows of `from` (rows, columns), in the order of the rows.
template <class T>
void column_sums(const ThreadTeam& team, std::size_t rows, std::size_t columns, const T* from,
                 T* sums) noexcept;

}  // namespace unroll::kernels
