// Gated recurrent unit, reset after the recurrent product (PyTorch, cuDNN, Keras):
//   r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)   z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
//   n = tanh(W_in x + b_in + r (W_hn h + b_hn))   h_t = (1 - z) n + z h_{t-1}
// Source: Cho et al. 2014; this form: Chung et al. 2014 as cuDNN computes it. The candidate keeps
// its input part (slot 0) and its recurrent part (slot 3) apart; the recurrent slots stand
// together.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/gru.cc"
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
struct Gru {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 4, kStates = 1;

  static HWY_INLINE void forward(Ops op, V (&a)[4], V (&s)[1]) {
    const V r = op.sigmoid(a[1]), z = op.sigmoid(a[2]);
    const V n = op.tanh(a[0] + r * a[3]);
    s[0] = n + z * (s[0] - n);
    a[0] = n, a[1] = r, a[2] = z;  // a[3], W_hn h + b_hn, is needed as it is
  }

  static HWY_INLINE void backward(Ops op, V (&a)[4], const V (&previous)[1], const V (&)[1],
                                  V (&d)[1]) {
    const V n = a[0], r = a[1], z = a[2], hn = a[3], one = op.set(1), dh = d[0];
    const V dn = dh * (one - z) * (one - n * n);
    a[0] = dn;
    a[1] = dn * hn * r * (one - r);
    a[2] = dh * (previous[0] - n) * z * (one - z);
    a[3] = dn * r;
    d[0] = dh * z;
  }
};
UNROLL_CELL_FUNCTIONS(gru, Gru)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(gru, Gru, .options = {.name = "gru", .reset = "after"}, .gates = {"r", "z", "n"},
            .states = {"h"},
            .slots = {{2, true, false}, {0, true, true}, {1, true, true}, {2, false, true}},
            .second_product = 3)

}  // namespace unroll
#endif  // HWY_ONCE
