#pragma once

#include "hwy/detect_targets.h"

// What a target of Highway, a constant of the preprocessor, is like. Highway gives the better
// instruction sets of an architecture lower values, and x86 the lowest: AVX3_DL and the later ZEN4,
// SPR and AVX10 are AVX-512 too.
#define UNROLL_IS_AVX512(target) ((target) <= HWY_AVX3)
#define UNROLL_IS_ARM(target)                        \
  ((target) > (1LL << HWY_HIGHEST_TARGET_BIT_X86) && \
   (target) <= (1LL << HWY_HIGHEST_TARGET_BIT_ARM))

// 32 vector registers, else 16.
#define UNROLL_HAS_32_REGISTERS(target) (UNROLL_IS_AVX512(target) || UNROLL_IS_ARM(target))
