// Rprop, as torch.optim.Rprop: each element has a step size Δ of its own, and only the sign of the
// gradient g is used; g' is the gradient of the update before, 0 at first:
//   Δ ← clamp(Δ · η⁺ where g g' > 0, η⁻ where g g' < 0, 1 where g g' = 0; Δmin, Δmax)
//   g ← 0 where g g' < 0
//   w ← w − sign(g) Δ
//   g' ← g
// Source: Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the
// RPROP algorithm", ICNN 1993. In its plain form, with the options Δmin = 0, Δmax = ∞,
// zero_is_sign_change (η⁻ where g g' = 0) and no hold_on_sign_change (g stays where g g' < 0). Δ
// starts as the learning rate. The sign of g g' is the product of the signs, since g g' itself may
// underflow.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rprop.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Rprop {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 2;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    const V zero = op.set(0), one = op.set(1);
    const auto sign = [&](V x) HWY_ATTR { return op.step(x) - op.step(zero - x); };
    const V agreement = sign(g) * sign(state[0]);
    const V same = op.step(agreement), changed = op.step(zero - agreement);
    const V neither = one - same - changed;
    const V neither_factor = op.set(h.zero_is_sign_change ? h.eta_minus : 1);
    const V factor =
        same * op.set(h.eta_plus) + changed * op.set(h.eta_minus) + neither * neither_factor;
    state[1] = op.clamp(state[1] * factor, op.set(h.step_min), op.set(h.step_max));
    if (h.hold_on_sign_change) g = g * (one - changed);
    w = w - sign(g) * state[1];
    state[0] = g;
  }
};
UNROLL_UPDATE_KERNELS(Rprop)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Rprop)
namespace {
constexpr OptionDefault kOptions[] = {{"eta_minus", 0.5},         {"eta_plus", 1.2},
                                      {"step_min", 1e-6},         {"step_max", 50},
                                      {"hold_on_sign_change", 1}, {"zero_is_sign_change", 0}};
constexpr Slot kSlots[] = {{"prev"},
                           {.name = "step_size", .initial = [](const Hyper& h) { return h.rate; }}};
}  // namespace
constexpr Rule kRprop = {"rprop", kOptions, kSlots, kRpropUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
