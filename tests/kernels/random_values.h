#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "unroll/core/random.h"

namespace unroll::kernels {

// Uniform numbers in [-range, range), the same for the same stream.
template <class T>
std::vector<T> random_values(std::size_t count, std::uint64_t stream, double range = 1) {
  const Random random(5, RandomUse::kCheck, stream);
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<T>(random.uniform(i, -range, range));
  }
  return values;
}

}  // namespace unroll::kernels
