// Minimal gated recurrent unit, whose gate and candidate read the input alone. With a = W_ih x_t +
// b:
//   z = sigmoid(a_z)   h_t = (1 - z) h_{t-1} + z a_n
// No product has to wait for h_{t-1}: one for the inputs of all steps is all there is.
// Source: Feng, Tung, Ahmed, Bengio, Hajimirsadeghi, "Were RNNs all we needed?", 2024.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/min_gru.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/targets.h"
#include "nn/cells/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <class Ops>
struct MinGru {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 2, kStates = 1;

  static HWY_INLINE void forward(Ops op, V (&a)[2], V (&s)[1]) {
    const V z = op.sigmoid(a[0]);
    s[0] = s[0] + z * (a[1] - s[0]);
    a[0] = z;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[2], const V (&previous)[1], const V (&)[1],
                                  V (&d)[1]) {
    const V z = a[0], one = op.set(1), dh = d[0];
    a[0] = dh * (a[1] - previous[0]) * z * (one - z);
    a[1] = dh * z;
    d[0] = dh * (one - z);
  }
};
UNROLL_CELL_FUNCTIONS(min_gru, MinGru)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(min_gru, MinGru, .options = {.name = "min_gru"}, .gates = {"z", "n"}, .states = {"h"},
            .slots = {{0, true, false}, {1, true, false}}, .second_product = 2)

}  // namespace unroll
#endif  // HWY_ONCE
