#pragma once

#include <cstdint>

#pragma GCC visibility push(default)

namespace unroll {

// What the factors of a matrix product are rounded to before they are multiplied. The sums have the
// type of the result.
enum class Precision : std::uint8_t {
  kFull,  // they are taken as they are
  kBf16,  // bfloat16: 8 bits of significand, the range of float; for products of floats alone
};

// Whether products in kBf16 run on the processor's own instruction (AVX512_BF16), on the
// instruction set in use. Without it they are correct, and slower than those of kFull.
bool has_bf16_instruction();

}  // namespace unroll

#pragma GCC visibility pop
