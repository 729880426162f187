// Rounding to bf16: bf16_pairs.h.

#include "hwy/highway.h"

#if defined(UNROLL_KERNELS_BF16_PAIRS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_BF16_PAIRS_INL_H_
#undef UNROLL_KERNELS_BF16_PAIRS_INL_H_
#else
#define UNROLL_KERNELS_BF16_PAIRS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
using Bits = hn::RebindToUnsigned<D>;

// The float's bits; the upper half is the bf16.
template <class D, class V>
HWY_INLINE hn::Vec<Bits<D>> rounded(D, V x) {
  const Bits<D> du;
  const auto bits = hn::BitCast(du, x);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1u));
  const auto nearest = hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7FFFu)));
  // The sum would carry a NaN into the sign, or make it infinite.
  const auto quiet = hn::Or(bits, hn::Set(du, 0x400000u));
  return hn::IfThenElse(hn::RebindMask(du, hn::IsNaN(x)), quiet, nearest);
}

template <class D, class V>
HWY_INLINE hn::Vec<D> paired(D d, V even, V odd) {
  const Bits<D> du;
  return hn::BitCast(d, hn::Or(hn::ShiftRight<16>(rounded(d, even)),
                               hn::And(rounded(d, odd), hn::Set(du, 0xFFFF0000u))));
}

HWY_INLINE float paired(float even, float odd) {
  const hn::CappedTag<float, 1> d;
  return hn::GetLane(paired(d, hn::Set(d, even), hn::Set(d, odd)));
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
