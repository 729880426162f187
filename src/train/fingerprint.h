#pragma once

#include <cstddef>

#include "unroll/kernels/precision.h"

namespace unroll {

// What a checkpoint calls its dtype: bytes of a number as products take it.
template <class T>
std::size_t operand_bytes(Precision precision) {
  return precision == Precision::kBf16 ? 2 : sizeof(T);
}

}  // namespace unroll
