// How a tile multiplies: what it makes of a vector of packed B, of a broadcast element of A, and of
// the sum. Of bf16 both are pairs (bf16_pairs.h).

#include "hwy/highway.h"
#include "kernels/target_order.h"

#if defined(UNROLL_KERNELS_MULTIPLY_ADD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_MULTIPLY_ADD_INL_H_
#undef UNROLL_KERNELS_MULTIPLY_ADD_INL_H_
#else
#define UNROLL_KERNELS_MULTIPLY_ADD_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// sum + a b
struct MultiplyAdd {
  static constexpr std::size_t kFactors = 1;  // of an element
  template <std::size_t kFactor, class V>
  static HWY_INLINE V factor(V x) {
    return x;
  }
  template <class V>
  static HWY_INLINE V add(V a, V b, V sum) {
    return hn::MulAdd(a, b, sum);
  }
};

// sum + a_odd b_odd, and to that + a_even b_even: two multiply-adds, in the order of the
// instruction below.
struct Bf16MultiplyAdd {
  static constexpr std::size_t kFactors = 2;
  template <std::size_t kFactor, class V>
  static HWY_INLINE V factor(V pair) {
    const hn::ScalableTag<float> d;
    const hn::RebindToUnsigned<decltype(d)> du;
    const auto bits = hn::BitCast(du, pair);
    if constexpr (kFactor == 0) return hn::BitCast(d, hn::And(bits, hn::Set(du, 0xFFFF0000u)));
    return hn::BitCast(d, hn::ShiftLeft<16>(bits));
  }
  template <class V>
  static HWY_INLINE V add(V a, V b, V sum) {
    return hn::MulAdd(a, b, sum);
  }
};

#if UNROLL_IS_AVX512(HWY_TARGET)
// The same in AVX512_BF16, which Highway 1.0.3 has no target for; the assembler knows it. Whatever
// MXCSR says, it rounds to nearest, takes denormal factors and sums for 0, and makes none. Source:
// Intel 64 and IA-32 Architectures Software Developer's Manual, VDPBF16PS.
struct Bf16Instruction {
  static constexpr std::size_t kFactors = 1;
  template <std::size_t kFactor, class V>
  static HWY_INLINE V factor(V pair) {
    return pair;
  }
  template <class V>
  static HWY_INLINE V add(V a, V b, V sum) {
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum.raw) : "v"(a.raw), "v"(b.raw));
    return sum;
  }
};
#endif

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
