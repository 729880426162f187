// The vocabulary in which cells and optimizers write their formulas: + - * / come from the value
// type itself, everything else from Ops. SimdOps computes a vector of units at once; ScalarOps, the
// same formula for one unit with the C library's functions, is the reference; DualOps wraps either
// and carries a derivative along.

#include <cmath>

#include "hwy/highway.h"
#include "kernels/math-inl.h"

#if defined(UNROLL_KERNELS_OPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_OPS_INL_H_
#undef UNROLL_KERNELS_OPS_INL_H_
#else
#define UNROLL_KERNELS_OPS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class Scalar>
struct SimdOps {
  using T = Scalar;
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;

  static HWY_INLINE std::size_t lanes() { return hn::Lanes(D()); }
  HWY_INLINE V set(double x) const { return hn::Set(D(), static_cast<T>(x)); }
  HWY_INLINE V exp(V x) const { return exp_vector(D(), x); }
  HWY_INLINE V log(V x) const { return log_vector(D(), x); }
  HWY_INLINE V tanh(V x) const { return tanh_vector(D(), x); }
  HWY_INLINE V sigmoid(V x) const { return sigmoid_vector(D(), x); }
  HWY_INLINE V sqrt(V x) const { return hn::Sqrt(x); }
  HWY_INLINE V relu(V x) const { return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(D())), x); }
  // 1 where x > 0, else 0.
  HWY_INLINE V step(V x) const { return hn::IfThenElseZero(hn::Gt(x, hn::Zero(D())), set(1)); }

  // `count` <= lanes() elements; the lanes above them are zero, and are neither read nor written.
  HWY_INLINE V load(const T* from, std::size_t count) const {
    const D d;
    if (count == hn::Lanes(d)) return hn::LoadU(d, from);
#if HWY_MEM_OPS_MIGHT_FAULT  // no masked loads on this target
    HWY_ALIGN T lanes_of[hn::MaxLanes(d)] = {};
    for (std::size_t lane = 0; lane < count; ++lane) lanes_of[lane] = from[lane];
    return hn::Load(d, lanes_of);
#else
    return hn::MaskedLoad(hn::FirstN(d, count), d, from);
#endif
  }
  HWY_INLINE void store(V x, T* to, std::size_t count) const {
    const D d;
    if (count == hn::Lanes(d)) {
      hn::StoreU(x, d, to);
      return;
    }
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN T lanes_of[hn::MaxLanes(d)];
    hn::Store(x, d, lanes_of);
    for (std::size_t lane = 0; lane < count; ++lane) to[lane] = lanes_of[lane];
#else
    hn::BlendedStore(x, hn::FirstN(d, count), d, to);
#endif
  }
};

template <class Scalar>
struct ScalarOps {
  using T = Scalar;
  using V = T;

  static std::size_t lanes() { return 1; }
  V set(double x) const { return static_cast<T>(x); }
  V exp(V x) const { return std::exp(x); }
  V log(V x) const { return std::log(x); }
  V tanh(V x) const { return std::tanh(x); }
  V sigmoid(V x) const { return 1 / (1 + std::exp(-x)); }
  V sqrt(V x) const { return std::sqrt(x); }
  V relu(V x) const { return x < 0 ? 0 : x; }
  V step(V x) const { return x > 0 ? T(1) : T(0); }
  V load(const T* from, std::size_t) const { return *from; }
  void store(V x, T* to, std::size_t) const { *to = x; }
};

// A dual number v + d·ε, ε² = 0: computing with it carries the derivative d along with the value v.
template <class V>
struct Dual {
  V v, d;

  // Written out: g++ makes its own ones outside of the instruction set that V's need (NEON).
  HWY_INLINE Dual() {}
  HWY_INLINE Dual(V value, V derivative) : v(value), d(derivative) {}

  friend HWY_INLINE Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend HWY_INLINE Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend HWY_INLINE Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend HWY_INLINE Dual operator/(Dual a, Dual b) {
    const V quotient = a.v / b.v;
    return {quotient, (a.d - quotient * b.d) / b.v};
  }
};

template <class Base>
struct DualOps {
  using T = typename Base::T;
  using U = typename Base::V;
  using V = Dual<U>;
  Base base;

  HWY_INLINE V set(double x) const { return {base.set(x), base.set(0)}; }
  HWY_INLINE V exp(V x) const {
    const U y = base.exp(x.v);
    return {y, x.d * y};
  }
  HWY_INLINE V log(V x) const { return {base.log(x.v), x.d / x.v}; }
  HWY_INLINE V tanh(V x) const {
    const U y = base.tanh(x.v);
    return {y, x.d * (base.set(1) - y * y)};
  }
  HWY_INLINE V sigmoid(V x) const {
    const U y = base.sigmoid(x.v);
    return {y, x.d * y * (base.set(1) - y)};
  }
  HWY_INLINE V sqrt(V x) const {
    const U y = base.sqrt(x.v);
    return {y, x.d / (y + y)};
  }
  HWY_INLINE V relu(V x) const { return {base.relu(x.v), x.d * base.step(x.v)}; }
  HWY_INLINE V step(V x) const { return {base.step(x.v), base.set(0)}; }
};

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
