// Applies an optimizer's formula to a slice of a parameter, a vector of elements at a time. The
// formula is a struct over Ops with
//   static constexpr std::size_t kSlots;
//   static void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]);
// which changes the value w and the state by the gradient g. It uses no operation that rounds
// differently on two instruction sets, so that all of them give the same bits.

#include <cstddef>

#include "hwy/highway.h"
#include "kernels/ops-inl.h"
#include "kernels/targets.h"
#include "optim/registry.h"
#include "optim/rule.h"

#if defined(UNROLL_OPTIM_POINTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_OPTIM_POINTWISE_INL_H_
#undef UNROLL_OPTIM_POINTWISE_INL_H_
#else
#define UNROLL_OPTIM_POINTWISE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using optim::Hyper;
using optim::kMaxSlots;
using optim::Slice;

template <class Scalar>
struct SimdUpdateOps : SimdOps<Scalar> {
  using V = typename SimdOps<Scalar>::V;
  HWY_INLINE V clamp(V x, V low, V high) const {
    return hn::IfThenElse(hn::Lt(x, low), low, hn::IfThenElse(hn::Gt(x, high), high, x));
  }
};

template <class Scalar>
struct ScalarUpdateOps : ScalarOps<Scalar> {
  using V = Scalar;
  V clamp(V x, V low, V high) const { return x < low ? low : x > high ? high : x; }
};

// `count` <= op.lanes() elements from `at` on.
template <template <class> class Formula, class Ops, class T>
HWY_INLINE void update_lanes(Ops op, const Hyper& h, const Slice<T>& slice, std::size_t at,
                             std::size_t count) {
  using V = typename Ops::V;
  V w = op.load(slice.value + at, count);
  const V g = op.load(slice.gradient + at, count) * op.set(h.gradient_scale);
  V state[kMaxSlots] = {op.set(0), op.set(0)};
  for (std::size_t k = 0; k < Formula<Ops>::kSlots; ++k) {
    if (slice.state[k] != nullptr) state[k] = op.load(slice.state[k] + at, count);
  }
  Formula<Ops>::update(op, h, w, g, state);
  op.store(w, slice.value + at, count);
  for (std::size_t k = 0; k < Formula<Ops>::kSlots; ++k) {
    if (slice.state[k] != nullptr) op.store(state[k], slice.state[k] + at, count);
  }
}

template <template <class> class Formula, class T>
HWY_INLINE void update_simd(const Hyper& hyper, const Slice<T>& slice) {
  const Hyper h = hyper;  // a copy that no store can change: its numbers stay in registers
  const SimdUpdateOps<T> op;
  const std::size_t lanes = op.lanes();
  std::size_t at = 0;
  for (; at + lanes <= slice.count; at += lanes) update_lanes<Formula>(op, h, slice, at, lanes);
  if (at < slice.count) update_lanes<Formula>(op, h, slice, at, slice.count - at);
}

template <template <class> class Formula, class T>
void update_scalar(const Hyper& h, const Slice<T>& slice) {
  for (std::size_t at = 0; at < slice.count; ++at) {
    update_lanes<Formula>(ScalarUpdateOps<T>(), h, slice, at, 1);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

// After the formula, in the namespace of the instruction set.
#define UNROLL_UPDATE_KERNELS(Formula)                                                             \
  void Formula##F32(const Hyper& h, const Slice<float>& slice) { update_simd<Formula>(h, slice); } \
  void Formula##F64(const Hyper& h, const Slice<double>& slice) { update_simd<Formula>(h, slice); }

// Once a file: kFormulaUpdates, of type Updates.
#define UNROLL_EXPORT_UPDATES(Formula)                              \
  HWY_EXPORT(Formula##F32);                                         \
  HWY_EXPORT(Formula##F64);                                         \
  constexpr Updates k##Formula##Updates = {                         \
      [](const Hyper& h, const Slice<float>& s) {                   \
        UNROLL_DISPATCH(Formula##F32)                               \
        (h, s);                                                     \
      },                                                            \
      [](const Hyper& h, const Slice<double>& s) {                  \
        UNROLL_DISPATCH(Formula##F64)                               \
        (h, s);                                                     \
      },                                                            \
      [](const Hyper& h, const Slice<float>& s) {                   \
        HWY_NAMESPACE::update_scalar<HWY_NAMESPACE::Formula>(h, s); \
      },                                                            \
      [](const Hyper& h, const Slice<double>& s) {                  \
        HWY_NAMESPACE::update_scalar<HWY_NAMESPACE::Formula>(h, s); \
      }};

#endif  // per-target include guard
