#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include "kernels/targets.h"

namespace unroll::kernels {

// bf16 by the book: the nearest of the numbers with 8 bits of significand, of two the even one.
inline float nearest_bf16(float x) {
  if (std::isnan(x) || std::isinf(x) || x == 0) return x;
  const double unit = std::ldexp(1.0, std::ilogb(x) - 7);
  return static_cast<float>(std::nearbyint(static_cast<double>(x) / unit) * unit);
}

inline std::uint32_t float_bits(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

// The halves of a pair, as floats.
inline float half_of(float pair, bool odd) {
  const std::uint32_t bits = odd ? float_bits(pair) & 0xFFFF0000u : float_bits(pair) << 16;
  float half;
  std::memcpy(&half, &bits, sizeof(half));
  return half;
}

// Calls body(name) on every instruction set of the machine, and on the one with an instruction for
// bf16 both with and without it.
template <class Body>
void on_all_bf16_targets(const Body& body) {
  for (const std::string& target : target_names()) {
    set_target(target);
    if (uses_bf16_instruction()) {
      body(target + " with AVX512_BF16");
      allow_bf16_instruction(false);
    }
    body(target);
    allow_bf16_instruction(true);
  }
  set_target(target_names().front());
}

}  // namespace unroll::kernels
