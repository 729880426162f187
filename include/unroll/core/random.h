#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(default)

namespace unroll {

// Philox4x32-10: four 32-bit words that are a pure function of a counter and a key.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// What a stream of random numbers is for. Part of the file format: resuming a run needs the values.
enum class RandomUse : std::uint8_t {
  kInitialization = 0,
  kDropout = 1,
  kSampling = 2,
  kShuffle = 3,
  kCheck = 4,
  kSplit = 5
};

// Random numbers without a state: a draw is a function of (seed, stream, index) alone, so the order
// in which threads ask, and where a run was resumed, do not matter.
class Random {
 public:
  // `item` tells streams of one use apart: the parameter, or the update and the layer.
  Random(std::uint64_t seed, RandomUse use, std::uint64_t item = 0);

  // Four 32-bit words: draws 4·block … 4·block+3.
  std::array<std::uint32_t, 4> block(std::uint64_t block) const {
    return philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                   stream_[0], stream_[1]},
                  key_);
  }
  // The key and the upper half of the counter of all blocks: for code that draws many at once.
  struct Identity {
    std::array<std::uint32_t, 2> key, stream;
  };
  Identity identity() const { return {key_, stream_}; }

  std::uint32_t bits(std::uint64_t index) const { return block(index / 4)[index % 4]; }
  double uniform(std::uint64_t index) const;  // [0, 1), 53 bits
  double uniform(std::uint64_t index, double low, double high) const;
  double normal(std::uint64_t index) const;  // mean 0, variance 1 (Box-Muller)
  std::uint64_t below(std::uint64_t index, std::uint64_t bound) const;  // 0 … bound-1

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 2> stream_;
};

}  // namespace unroll

#pragma GCC visibility pop
