#pragma once

#include <string>
#include <vector>

namespace unroll::kernels {

// Which instruction set the kernels run on: the best that this processor has, unless the
// environment variable UNROLL_TARGET names another one ("sse4", "avx2", "avx3", …; see
// target_names()).

// Names of the instruction sets that are compiled in and that this processor has, best first.
std::vector<std::string> target_names();

// The one in use. Throws EnvironmentError when UNROLL_TARGET names none of target_names().
std::string target_name();

// Changes the one in use. Packed weights made before are then void. Throws ValueError for a name
// that is not among them.
void set_target(const std::string& name);

// Reads UNROLL_TARGET at the first call, and costs one load afterwards. An unknown name leaves the
// best set in use; target_name() reports it.
void ensure_target() noexcept;

// Whether products of bf16 run on AVX512_BF16: on "avx3" and better ones, where the processor has
// it.
bool uses_bf16_instruction() noexcept;
// For tests: false has products of bf16 do without it.
void allow_bf16_instruction(bool allow) noexcept;

}  // namespace unroll::kernels

// Calls the version of an exported kernel for the instruction set in use.
#define UNROLL_DISPATCH(function) \
  (::unroll::kernels::ensure_target(), HWY_DYNAMIC_DISPATCH(function))
