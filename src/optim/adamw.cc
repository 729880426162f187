// AdamW, as torch.optim.AdamW; t counts updates from 1:
//   w ← w − η λ w
//   m ← β1 m + (1 − β1) g
//   v ← β2 v + (1 − β2) g²
//   w ← w − η / (1 − β1^t) · m / (√v / √(1 − β2^t) + ε)
// Source: Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adamw.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Adamw {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 2;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    w = w * op.set(1 - h.rate * h.weight_decay);
    state[0] = op.set(h.beta1) * state[0] + op.set(1 - h.beta1) * g;
    state[1] = op.set(h.beta2) * state[1] + op.set(1 - h.beta2) * (g * g);
    const V root = op.sqrt(state[1]) * op.set(1 / std::sqrt(h.correction2));
    w = w - op.set(h.rate / h.correction1) * (state[0] / (root + op.set(h.epsilon)));
  }
};
UNROLL_UPDATE_KERNELS(Adamw)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Adamw)
namespace {
constexpr OptionDefault kOptions[] = {
    {"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weight_decay", 0.01}};
constexpr Slot kSlots[] = {{"exp_avg"}, {"exp_avg_sq"}};
}  // namespace
constexpr Rule kAdamw = {"adamw", kOptions, kSlots, kAdamwUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
