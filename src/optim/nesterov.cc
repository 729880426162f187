// Nesterov's accelerated gradient, as torch.optim.SGD(momentum=μ, nesterov=True):
//   g ← g + λ w
//   b ← μ b + g
//   w ← w − η (g + μ b)
// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in
// deep learning", ICML 2013. There the gradient is taken at the point θ + μ v, with v = −η b; that
// point is what w holds here.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/nesterov.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Nesterov {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 1;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    const V mu = op.set(h.momentum);
    state[0] = mu * state[0] + g;
    w = w - op.set(h.rate) * (g + mu * state[0]);
  }
};
UNROLL_UPDATE_KERNELS(Nesterov)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Nesterov)
namespace {
constexpr OptionDefault kOptions[] = {{"momentum", 0.9}, {"weight_decay", 0}};
constexpr Slot kSlots[] = {{"momentum_buffer"}};
}  // namespace
constexpr Rule kNesterov = {"nesterov", kOptions, kSlots, kNesterovUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
