// Loops without a loop.

#include <cstddef>

#include "hwy/highway.h"

#if defined(UNROLL_KERNELS_UNROLLED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_UNROLLED_INL_H_
#undef UNROLL_KERNELS_UNROLLED_INL_H_
#else
#define UNROLL_KERNELS_UNROLLED_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

// body(0), …, body(N - 1), each with code of its own: an array that they index can stay in
// registers, and each load has a stride that the processor foresees.
template <std::size_t N, class Body>
HWY_INLINE void unrolled(const Body& body) {
  if constexpr (N > 0) {
    unrolled<N - 1>(body);
    body(N - 1);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
