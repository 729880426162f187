// Gradient descent with (heavy-ball) momentum, as torch.optim.SGD(momentum=μ):
//   g ← g + λ w
//   b ← μ b + g
//   w ← w − η b
// Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. As in
// PyTorch, the rate multiplies b and not g, so that b keeps its size when the rate changes.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/momentum.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Momentum {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 1;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    state[0] = op.set(h.momentum) * state[0] + g;
    w = w - op.set(h.rate) * state[0];
  }
};
UNROLL_UPDATE_KERNELS(Momentum)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Momentum)
namespace {
constexpr OptionDefault kOptions[] = {{"momentum", 0.9}, {"weight_decay", 0}};
constexpr Slot kSlots[] = {{"momentum_buffer"}};
}  // namespace
constexpr Rule kMomentum = {"momentum", kOptions, kSlots, kMomentumUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
