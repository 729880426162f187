#include "kernels/dropout.h"

#include <algorithm>
#include <cstdint>

namespace unroll::kernels {

template <class T>
void dropout(const ThreadTeam& team, double rate, const Random& random, std::size_t count,
             const T* from, T* to) noexcept {
  constexpr std::size_t kBlock = 8192;
  const T scale = static_cast<T>(1 / (1 - rate));
  // A draw of 32 bits below rate · 2^32 drops its element.
  const std::uint32_t threshold = static_cast<std::uint32_t>(rate * 0x1p32);
  team.for_each_block((count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(count, (block + 1) * kBlock);
    for (std::size_t i = block * kBlock; i < end; i += 4) {
      const auto draws = random.block(i / 4);
      for (std::size_t j = i; j < std::min(end, i + 4); ++j) {
        to[j] = draws[j - i] < threshold ? T(0) : from[j] * scale;
      }
    }
  });
}

template void dropout<float>(const ThreadTeam&, double, const Random&, std::size_t, const float*,
                             float*) noexcept;
template void dropout<double>(const ThreadTeam&, double, const Random&, std::size_t, const double*,
                              double*) noexcept;

}  // namespace unroll::kernels
