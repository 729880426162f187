#pragma once

#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "unroll/core/error.h"

namespace unroll {

inline void check_shards(std::size_t shards, std::size_t rows) {
  if (shards >= 1 && shards <= rows) return;
  throw ValueError("shards is " + std::to_string(shards) + "; wanted 1 to the " +
                   std::to_string(rows) + " rows of a batch");
}

// The rows of one of `shards` parts of a batch, which are as even as possible.
inline std::vector<std::size_t> rows_of_shard(std::size_t rows, std::size_t shard,
                                              std::size_t shards) {
  const std::size_t first = rows * shard / shards;
  std::vector<std::size_t> all(rows * (shard + 1) / shards - first);
  std::iota(all.begin(), all.end(), first);
  return all;
}

}  // namespace unroll
