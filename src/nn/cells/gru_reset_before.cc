// Gated recurrent unit, reset before the recurrent product (the original form; oneDNN's "gru"):
//   r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)   z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
//   n = tanh(W_in x + b_in + W_hn (r h) + b_hn)   h_t = (1 - z) n + z h_{t-1}
// Source: Cho et al. 2014. r h is the operand of a second product, for the candidate's rows alone.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/gru_reset_before.cc"
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
struct GruResetBefore {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 3, kStates = 1;

  static HWY_INLINE V gate(Ops op, const V (&a)[3], const V (&s)[1]) {
    return op.sigmoid(a[0]) * s[0];
  }

  static HWY_INLINE void forward(Ops op, V (&a)[3], V (&s)[1]) {
    const V z = op.sigmoid(a[1]), n = op.tanh(a[2]);
    s[0] = n + z * (s[0] - n);
    a[0] = op.sigmoid(a[0]), a[1] = z, a[2] = n;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[3], const V (&previous)[1], const V (&)[1],
                                  V (&d)[1]) {
    const V z = a[1], n = a[2], one = op.set(1), dh = d[0];
    a[1] = dh * (previous[0] - n) * z * (one - z);
    a[2] = dh * (one - z) * (one - n * n);
    d[0] = dh * z;
  }

  static HWY_INLINE void gate_backward(Ops op, V (&a)[3], const V (&previous)[1], V d_operand,
                                       V (&d)[1]) {
    const V r = a[0];
    a[0] = d_operand * previous[0] * r * (op.set(1) - r);
    d[0] = d[0] + d_operand * r;
  }
};
UNROLL_CELL_FUNCTIONS(gru_reset_before, GruResetBefore)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(gru_reset_before, GruResetBefore, .options = {.name = "gru", .reset = "before"},
            .gates = {"r", "z", "n"}, .states = {"h"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}}, .second_product = 2)

}  // namespace unroll
#endif  // HWY_ONCE
