// RMSprop, as torch.optim.RMSprop, with Nesterov's form of its momentum in addition:
//   g ← g + λ w
//   s ← α s + (1 − α) g²
//   r ← g / (√s + ε)
//   w ← w − η r                          without momentum
//   b ← μ b + r,  w ← w − η b            with momentum
//   b ← μ b + r,  w ← w − η (r + μ b)    with Nesterov's momentum
// Sources: Tieleman, Hinton, Lecture 6.5 of "Neural networks for machine learning", 2012; the last
// line like src/optim/nesterov.cc, w being the point at which the gradient is taken.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rmsprop.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Rmsprop {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 2;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&state)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    state[0] = op.set(h.decay) * state[0] + op.set(1 - h.decay) * (g * g);
    V direction = g / (op.sqrt(state[0]) + op.set(h.epsilon));
    if (h.momentum != 0) {
      const V mu = op.set(h.momentum);
      state[1] = mu * state[1] + direction;
      direction = h.nesterov ? direction + mu * state[1] : state[1];
    }
    w = w - op.set(h.rate) * direction;
  }
};
UNROLL_UPDATE_KERNELS(Rmsprop)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Rmsprop)
namespace {
constexpr OptionDefault kOptions[] = {
    {"decay", 0.99}, {"epsilon", 1e-8}, {"momentum", 0}, {"nesterov", 0}, {"weight_decay", 0}};
constexpr Slot kSlots[] = {{"square_avg"}, {.name = "momentum_buffer", .kept = [](const Hyper& h) {
                                              return h.momentum != 0;
                                            }}};
}  // namespace
constexpr Rule kRmsprop = {"rmsprop", kOptions, kSlots, kRmspropUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
