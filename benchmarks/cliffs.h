#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace unroll::benchmarks {

// The places of speeds, in the order of size, that are below 0.8 of the better one of their two
// neighbours.
std::vector<std::size_t> cliffs(std::span<const double> speeds);

}  // namespace unroll::benchmarks
