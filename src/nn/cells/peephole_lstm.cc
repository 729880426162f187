// Long short-term memory whose gates see the memory cell. With a = W_ih x_t + b_ih + W_hh h_{t-1} +
// b_hh and peepholes p (H), in the order i, o, f that ONNX has:
//   i = sigmoid(a_i + p_i c_{t-1})   f = sigmoid(a_f + p_f c_{t-1})   g = tanh(a_g)
//   c_t = f c_{t-1} + i g            o = sigmoid(a_o + p_o c_t)       h_t = o tanh(c_t)
// Source: Gers, Schraudolph, Schmidhuber, "Learning precise timing with LSTM recurrent networks",
// 2002.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/peephole_lstm.cc"
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
struct PeepholeLstm {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 7, kStates = 2;  // a_i, a_f, a_g, a_o, p_i, p_o, p_f

  static HWY_INLINE void forward(Ops op, V (&a)[7], V (&s)[2]) {
    const V i = op.sigmoid(a[0] + a[4] * s[1]), f = op.sigmoid(a[1] + a[6] * s[1]);
    const V g = op.tanh(a[2]), c = f * s[1] + i * g, o = op.sigmoid(a[3] + a[5] * c);
    s[0] = o * op.tanh(c);
    s[1] = c;
    a[0] = i, a[1] = f, a[2] = g, a[3] = o;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[7], const V (&previous)[2], const V (&next)[2],
                                  V (&d)[2]) {
    const V i = a[0], f = a[1], g = a[2], o = a[3], one = op.set(1);
    const V c = next[1], tanh_c = op.tanh(c), dh = d[0];
    const V da_o = dh * tanh_c * o * (one - o);
    const V dc = d[1] + dh * o * (one - tanh_c * tanh_c) + da_o * a[5];
    const V da_i = dc * g * i * (one - i), da_f = dc * previous[1] * f * (one - f);
    d[0] = op.set(0);
    d[1] = dc * f + da_i * a[4] + da_f * a[6];
    a[0] = da_i, a[1] = da_f, a[2] = dc * i * (one - g * g), a[3] = da_o;
    a[4] = da_i * previous[1], a[5] = da_o * c, a[6] = da_f * previous[1];
  }
};
UNROLL_CELL_FUNCTIONS(peephole_lstm, PeepholeLstm)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(peephole_lstm, PeepholeLstm, .options = {.name = "peephole_lstm"},
            .gates = {"i", "f", "g", "o"}, .states = {"h", "c"},
            .slots = {{0, true, true},
                      {1, true, true},
                      {2, true, true},
                      {3, true, true},
                      {0, false, false},
                      {1, false, false},
                      {2, false, false}},
            .second_product = 4, .vectors = "peephole")

}  // namespace unroll
#endif  // HWY_ONCE
