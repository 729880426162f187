#pragma once

#include <cstddef>
#include <cstdint>

namespace unroll::kernels {

// `rounds` rounds of independent chains of x ← x·factor + term, which stay in registers. Returns
// how many operations that was; `result` gets a number that depends on all of them.
std::size_t multiply_add(std::size_t rounds, float factor, float term, float* result) noexcept;
std::size_t multiply_add(std::size_t rounds, double factor, double term, double* result) noexcept;
// The same of x ← x + factor·term, pairs of bf16, on AVX512_BF16, which has to be there.
std::size_t multiply_add_bf16(std::size_t rounds, float factor, float term, float* result) noexcept;

// Reads `bytes` bytes, a multiple of 4096 at a multiple of 64, `passes` times. Returns a sum of
// them.
std::uint64_t read_bytes(const void* data, std::size_t bytes, std::size_t passes) noexcept;

}  // namespace unroll::kernels
