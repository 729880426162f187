#include "unroll/core/random.h"

#include <cmath>
#include <numbers>

namespace unroll {
namespace {

constexpr double kTwoPowMinus53 = 0x1.0p-53;

// 53 of the 64 bits in two words, as a number in [0, 1).
double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32) | low;
  return static_cast<double>(bits >> 11) * kTwoPowMinus53;
}

}  // namespace

Random::Random(std::uint64_t seed, RandomUse use, std::uint64_t item)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      stream_{static_cast<std::uint32_t>(item),
              (static_cast<std::uint32_t>(item >> 32) & 0x00FFFFFFu) |
                  (static_cast<std::uint32_t>(use) << 24)} {}

double Random::uniform(std::uint64_t index) const {
  const auto words = block(index);
  return unit(words[0], words[1]);
}

double Random::uniform(std::uint64_t index, double low, double high) const {
  return low + (high - low) * uniform(index);
}

double Random::normal(std::uint64_t index) const {
  const auto words = block(index);
  const double u = 1.0 - unit(words[0], words[1]);  // (0, 1], so that the logarithm is finite
  const double v = unit(words[2], words[3]);
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

std::uint64_t Random::below(std::uint64_t index, std::uint64_t bound) const {
  return static_cast<std::uint64_t>(uniform(index) * static_cast<double>(bound));
}

}  // namespace unroll
