// The simple recurrent cell: h_t = φ(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), φ = tanh, relu or
// none. Source: Elman, "Finding Structure in Time", 1990. φ' is written in terms of h_t.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/elman.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/targets.h"
#include "nn/cells/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops, class Activation>
struct Elman {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 1, kStates = 1;

  static HWY_INLINE void forward(Ops op, V (&a)[1], V (&s)[1]) {
    s[0] = Activation::value(op, a[0]);
  }
  static HWY_INLINE void backward(Ops op, V (&a)[1], const V (&)[1], const V (&next)[1],
                                  V (&d)[1]) {
    a[0] = d[0] * Activation::derivative(op, next[0]);
    d[0] = op.set(0);
  }
};

struct TanhActivation {
  template <class Ops, class V>
  static HWY_INLINE V value(Ops op, V a) {
    return op.tanh(a);
  }
  template <class Ops, class V>
  static HWY_INLINE V derivative(Ops op, V h) {
    return op.set(1) - h * h;
  }
};
struct ReluActivation {
  template <class Ops, class V>
  static HWY_INLINE V value(Ops op, V a) {
    return op.relu(a);
  }
  template <class Ops, class V>
  static HWY_INLINE V derivative(Ops op, V h) {
    return op.step(h);
  }
};
struct IdentityActivation {
  template <class Ops, class V>
  static HWY_INLINE V value(Ops, V a) {
    return a;
  }
  template <class Ops, class V>
  static HWY_INLINE V derivative(Ops op, V) {
    return op.set(1);
  }
};

template <class Ops>
struct ElmanTanh : Elman<Ops, TanhActivation> {};
template <class Ops>
struct ElmanRelu : Elman<Ops, ReluActivation> {};
template <class Ops>
struct ElmanIdentity : Elman<Ops, IdentityActivation> {};
UNROLL_CELL_FUNCTIONS(elman_tanh, ElmanTanh)
UNROLL_CELL_FUNCTIONS(elman_relu, ElmanRelu)
UNROLL_CELL_FUNCTIONS(elman_identity, ElmanIdentity)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(elman_tanh, ElmanTanh, .options = {.name = "elman", .activation = "tanh"},
            .gates = {"h"}, .states = {"h"}, .slots = {{0, true, true}}, .second_product = 1)
UNROLL_CELL(elman_relu, ElmanRelu, .options = {.name = "elman", .activation = "relu"},
            .gates = {"h"}, .states = {"h"}, .slots = {{0, true, true}}, .second_product = 1,
            .difference_step = 1e-5)
UNROLL_CELL(elman_identity, ElmanIdentity, .options = {.name = "elman", .activation = "identity"},
            .gates = {"h"}, .states = {"h"}, .slots = {{0, true, true}}, .second_product = 1)

}  // namespace unroll
#endif  // HWY_ONCE
