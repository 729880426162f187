#include "cliffs.h"

#include <algorithm>

namespace unroll::benchmarks {

std::vector<std::size_t> cliffs(std::span<const double> speeds) {
  constexpr double kLeast = 0.8;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    const double before = i > 0 ? speeds[i - 1] : 0;
    const double after = i + 1 < speeds.size() ? speeds[i + 1] : 0;
    if (speeds[i] < kLeast * std::max(before, after)) places.push_back(i);
  }
  return places;
}

}  // namespace unroll::benchmarks
