// Layer-normalised long short-term memory. LN normalises over all units of its argument, the four
// gates together; its gains α and shifts are vectors:
//   [i f g o] = [σ σ tanh σ] (LN(W_ih x_t; α_ih, b_ih) + LN(W_hh h_{t-1}; α_hh, b_hh))
//   c_t = f c_{t-1} + i g            h_t = o tanh(LN(c_t; α_c, b_c))
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016, appendix, whose three shifts of
// the gates, β_1 + β_2 + b, are the two biases here.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/layer_norm_lstm.cc"
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
struct LayerNormLstm {
  using V = typename Ops::V;

  // a_i, a_f, a_g, a_o of the input, the same of h_{t-1}, and c_t.
  static constexpr std::size_t kSlots = 9, kStates = 2;

  static HWY_INLINE void forward(Ops op, V (&a)[9], V (&s)[2]) {
    const V i = op.sigmoid(a[0] + a[4]), f = op.sigmoid(a[1] + a[5]);
    const V g = op.tanh(a[2] + a[6]), o = op.sigmoid(a[3] + a[7]);
    s[1] = f * s[1] + i * g;
    a[0] = i, a[1] = f, a[2] = g, a[3] = o, a[8] = s[1];
  }

  static HWY_INLINE void output(Ops op, const V (&a)[9], V (&s)[2]) { s[0] = a[3] * op.tanh(a[8]); }

  static HWY_INLINE void output_backward(Ops op, V (&a)[9], const V (&)[2], V (&d)[2]) {
    const V tanh_c = op.tanh(a[8]), o = a[3], one = op.set(1), dh = d[0];
    a[3] = dh * tanh_c * o * (one - o);
    a[8] = dh * o * (one - tanh_c * tanh_c);
    d[0] = op.set(0);
  }

  static HWY_INLINE void backward(Ops op, V (&a)[9], const V (&previous)[2], const V (&)[2],
                                  V (&d)[2]) {
    const V i = a[0], f = a[1], g = a[2], one = op.set(1), dc = d[1] + a[8];
    a[0] = dc * g * i * (one - i);
    a[1] = dc * previous[1] * f * (one - f);
    a[2] = dc * i * (one - g * g);
    a[4] = a[0], a[5] = a[1], a[6] = a[2], a[7] = a[3], a[8] = op.set(0);
    d[1] = dc * f;
  }
};
UNROLL_CELL_FUNCTIONS(layer_norm_lstm, LayerNormLstm)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(layer_norm_lstm, LayerNormLstm, .options = {.name = "layer_norm_lstm"},
            .gates = {"i", "f", "g", "o"}, .states = {"h", "c"},
            .slots = {{0, true, false},
                      {1, true, false},
                      {2, true, false},
                      {3, true, false},
                      {0, false, true},
                      {1, false, true},
                      {2, false, true},
                      {3, false, true},
                      kInnerSlot},
            .second_product = 4, .row_stages = {{"ih", 0, 4}, {"hh", 4, 4}, {"c", 8, 1}},
            .difference_step = 2e-5)

}  // namespace unroll
#endif  // HWY_ONCE
