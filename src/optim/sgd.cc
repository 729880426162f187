// Stochastic gradient descent, as torch.optim.SGD with momentum 0:
//   g ← g + λ w
//   w ← w − η g

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "optim/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct Sgd {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 0;

  static HWY_INLINE void update(Ops op, const Hyper& h, V& w, V g, V (&)[kMaxSlots]) {
    g = g + op.set(h.weight_decay) * w;
    w = w - op.set(h.rate) * g;
  }
};
UNROLL_UPDATE_KERNELS(Sgd)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll::optim {

UNROLL_EXPORT_UPDATES(Sgd)
namespace {
constexpr OptionDefault kOptions[] = {{"weight_decay", 0}};
}  // namespace
constexpr Rule kSgd = {"sgd", kOptions, {}, kSgdUpdates};

}  // namespace unroll::optim
#endif  // HWY_ONCE
