// AdaGrad, as torch.optim.Adagrad:
//   g ← g + λ w
//   s ← s + g²
//   w ← w − η g / (√s + ε)
// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic
// optimization", JMLR 12, 2011.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adagrad.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Adagrad {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 1;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    state[0] = state[0] + g * g;
    w = w - op.set(h.rate) * (g / (op.sqrt(state[0]) + op.set(h.epsilon)));
  }
};
UNROLL_UPDATE_KERNELS(Adagrad)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Adagrad)
namespace {
constexpr OptionDefault kOptions[] = {{"epsilon", 1e-10}, {"weight_decay", 0}};
constexpr Slot kSlots[] = {{"sum"}};
}  // namespace
constexpr Rule kAdagrad = {"adagrad", kOptions, kSlots, kAdagradUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
