// exp, tanh, sigmoid and log of SIMD vectors, float and double. NaN goes through all of them.
// Largest errors in units in the last place, tested against long double over the whole range by
// tests/kernels/math_test.cc: float exp and exp_nonpositive 1.1, tanh 6, sigmoid 3; double exp and
// exp_nonpositive 2, tanh 5, sigmoid 4; log 4 for both. Results below the smallest normal number
// are zero.

#include <cstddef>
#include <cstdint>

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"

#if defined(UNROLL_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_MATH_INL_H_
#undef UNROLL_KERNELS_MATH_INL_H_
#else
#define UNROLL_KERNELS_MATH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// x within [low, high]; a NaN stays. On x86 a minimum with a NaN is by definition its second
// argument; elsewhere comparisons keep it.
template <class V>
HWY_INLINE V bounded(V low, V x, V high) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(high, hn::Max(low, x));
#else
  const V above = hn::IfThenElse(hn::Lt(x, low), low, x);
  return hn::IfThenElse(hn::Gt(above, high), high, above);
#endif
}

// exp(r), r = x - n ln 2, |r| <= ln 2 / 2: 1 + r + r^2 p(r) with p the minimax polynomial of degree
// 4 for the relative error (3.1e-9).
template <class D>
HWY_INLINE hn::Vec<D> exp_of_remainder(D d, hn::Vec<D> x, hn::Vec<D> n) {
  auto r = hn::NegMulAdd(n, hn::Set(d, 0.693145752f), x);  // ln 2 in two parts
  r = hn::NegMulAdd(n, hn::Set(d, 1.42860677e-6f), r);
  auto p = hn::Set(d, 0.00138145988f);
  p = hn::MulAdd(p, r, hn::Set(d, 0.00836871658f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.0416683890f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.166665211f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.49999994f));
  return hn::Add(hn::MulAdd(hn::Mul(r, r), p, r), hn::Set(d, 1.0f));
}

// exp(x) = 2^n exp(r), n = round(x / ln 2). 2^n in two factors, since n = 128 has no float of its
// own.
template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 4>* = nullptr>
HWY_INLINE hn::Vec<D> exp_vector(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const auto low = hn::Set(d, -87.33654f);                  // ln of the smallest normal number
  const auto high = hn::Set(d, 88.722839f);                 // ln of the largest number
  const auto number = hn::IfThenZeroElse(hn::IsNaN(x), x);  // a NaN has no integer for n
  const auto clamped = hn::Min(high, hn::Max(low, number));
  const auto n = hn::Round(hn::Mul(clamped, hn::Set(d, 1.44269504f)));
  const auto exp_r = exp_of_remainder(d, clamped, n);
  const auto exponent = hn::ConvertTo(di, n);
  const auto half = hn::ShiftRight<1>(exponent);
  const auto power = [&](hn::Vec<decltype(di)> e) HWY_ATTR {
    return hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(e, hn::Set(di, 127))));
  };
  const auto result = hn::Mul(hn::Mul(exp_r, power(half)), power(hn::Sub(exponent, half)));
  const auto positive = hn::IfThenElse(hn::Gt(x, high), hn::Inf(d), result);
  const auto finite = hn::IfThenElse(hn::Lt(x, low), hn::Zero(d), positive);
  return hn::IfThenElse(hn::IsNaN(x), x, finite);
}

template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 8>* = nullptr>
HWY_INLINE hn::Vec<D> exp_vector(D d, hn::Vec<D> x) {
  const auto finite = hn::IfThenElse(hn::Gt(x, hn::Set(d, 709.782712893384)), hn::Inf(d),
                                     hn::Exp(d, hn::IfThenZeroElse(hn::IsNaN(x), x)));
  return hn::IfThenElse(hn::IsNaN(x), x, finite);
}

// tanh(x) = x P(x^2) / Q(x^2), P and Q of degree 4, minimax for the relative error (2.1e-8) on
// [0, 9.02]; beyond 9.01 tanh is 1 to the last bit of a float.
template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 4>* = nullptr>
HWY_INLINE hn::Vec<D> tanh_vector(D d, hn::Vec<D> x) {
  const auto limit = hn::Set(d, 9.01f);
  const auto c = bounded(hn::Neg(limit), x, limit);
  const auto u = hn::Mul(c, c);
  auto p = hn::Set(d, 1.33190508e-8f);
  p = hn::MulAdd(p, u, hn::Set(d, 2.05834640e-5f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.00349403359f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.133797169f));
  p = hn::MulAdd(p, u, hn::Set(d, 1.0f));
  auto q = hn::Set(d, 7.76201034e-7f);
  q = hn::MulAdd(q, u, hn::Set(d, 0.000328309106f));
  q = hn::MulAdd(q, u, hn::Set(d, 0.0258710682f));
  q = hn::MulAdd(q, u, hn::Set(d, 0.467130333f));
  q = hn::MulAdd(q, u, hn::Set(d, 1.0f));
  const auto one = hn::Set(d, 1.0f);
  return bounded(hn::Neg(one), hn::Div(hn::Mul(c, p), q), one);
}

template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 8>* = nullptr>
HWY_INLINE hn::Vec<D> tanh_vector(D d, hn::Vec<D> x) {
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Tanh(d, hn::IfThenZeroElse(hn::IsNaN(x), x)));
}

// exp(x) for |x| <= 87.33, where neither 2^n nor the result leaves the normal numbers, so that 2^n
// is one addition to the exponent; n is in the low bits of x/ln 2 + 1.5·2^23.
template <class D>
HWY_INLINE hn::Vec<D> exp_of_small(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const auto magic = hn::Set(d, 12582912.0f);
  const auto shifted = hn::MulAdd(x, hn::Set(d, 1.44269504f), magic);
  const auto exp_r = exp_of_remainder(d, x, hn::Sub(shifted, magic));
  const auto power = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, exp_r), power));
}

// exp(x) for x <= 0, zero below -87.33; x above 0 counts as 0.
template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 4>* = nullptr>
HWY_INLINE hn::Vec<D> exp_nonpositive(D d, hn::Vec<D> x) {
  const auto low = hn::Set(d, -87.33f);
  return hn::IfThenZeroElse(hn::Lt(x, low), exp_of_small(d, bounded(low, x, hn::Zero(d))));
}

template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 8>* = nullptr>
HWY_INLINE hn::Vec<D> exp_nonpositive(D d, hn::Vec<D> x) {
  return exp_vector(d, bounded(hn::Set(d, -1000.0), x, hn::Zero(d)));
}

// sigmoid(x) = 1 / (1 + exp(-x)). Beyond -87 the result stays at 1.6e-38.
template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 4>* = nullptr>
HWY_INLINE hn::Vec<D> sigmoid_vector(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, 1.0f);
  const auto clamped = bounded(hn::Set(d, -87.0f), hn::Neg(x), hn::Set(d, 87.0f));
  return hn::Div(one, hn::Add(one, exp_of_small(d, clamped)));
}

template <class D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 8>* = nullptr>
HWY_INLINE hn::Vec<D> sigmoid_vector(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, 1.0);
  return hn::Div(one, hn::Add(one, exp_vector(d, hn::Neg(x))));
}

template <class D>
HWY_INLINE hn::Vec<D> log_vector(D d, hn::Vec<D> x) {
  const auto zero = hn::Zero(d);
  const auto positive = hn::IfThenElse(hn::Eq(x, hn::Inf(d)), x, hn::Log(d, x));
  const auto pole = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(hn::Inf(d)), positive);
  const auto domain = hn::IfThenElse(hn::Lt(x, zero), hn::NaN(d), pole);
  return hn::IfThenElse(hn::IsNaN(x), x, domain);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
