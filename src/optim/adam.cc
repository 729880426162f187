// Adam, as torch.optim.Adam; t counts updates from 1:
//   g ← g + λ w
//   m ← β1 m + (1 − β1) g
//   v ← β2 v + (1 − β2) g²
//   w ← w − η / (1 − β1^t) · m / (√v / √(1 − β2^t) + ε)
// Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Adam {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 2;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    state[0] = op.set(h.beta1) * state[0] + op.set(1 - h.beta1) * g;
    state[1] = op.set(h.beta2) * state[1] + op.set(1 - h.beta2) * (g * g);
    const V root = op.sqrt(state[1]) * op.set(1 / std::sqrt(h.correction2));
    w = w - op.set(h.rate / h.correction1) * (state[0] / (root + op.set(h.epsilon)));
  }
};
UNROLL_UPDATE_KERNELS(Adam)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Adam)
namespace {
constexpr OptionDefault kOptions[] = {
    {"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weight_decay", 0}};
constexpr Slot kSlots[] = {{"exp_avg"}, {"exp_avg_sq"}};
}  // namespace
constexpr Rule kAdam = {"adam", kOptions, kSlots, kAdamUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
