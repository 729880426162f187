// Layer-normalised gated recurrent unit, reset after the recurrent product. LN normalises over all
// units of its argument, r and z together; its gains α and shifts are vectors:
//   [r z] = sigmoid(LN([W_ir W_iz] x_t; α_ih, b_i) + LN([W_hr W_hz] h_{t-1}; α_hh, b_h))
//   n = tanh(LN(W_in x_t; α_ih_n, b_in) + r LN(W_hn h_{t-1}; α_hh_n, b_hn))
//   h_t = (1 - z) n + z h_{t-1}
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016, appendix, whose z is 1 - z here.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/layer_norm_gru.cc"
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
struct LayerNormGru {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 6, kStates = 1;  // r, z, n of the input; of h_{t-1}

  static HWY_INLINE void forward(Ops op, V (&a)[6], V (&s)[1]) {
    const V r = op.sigmoid(a[0] + a[3]), z = op.sigmoid(a[1] + a[4]), n = op.tanh(a[2] + r * a[5]);
    s[0] = n + z * (s[0] - n);
    a[0] = r, a[1] = z, a[2] = n;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[6], const V (&previous)[1], const V (&)[1],
                                  V (&d)[1]) {
    const V r = a[0], z = a[1], n = a[2], one = op.set(1), dh = d[0];
    const V da_n = dh * (one - z) * (one - n * n);
    a[0] = a[3] = da_n * a[5] * r * (one - r);
    a[1] = a[4] = dh * (previous[0] - n) * z * (one - z);
    a[2] = da_n;
    a[5] = da_n * r;
    d[0] = dh * z;
  }
};
UNROLL_CELL_FUNCTIONS(layer_norm_gru, LayerNormGru)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(layer_norm_gru, LayerNormGru, .options = {.name = "layer_norm_gru"},
            .gates = {"r", "z", "n"}, .states = {"h"},
            .slots = {{0, true, false},
                      {1, true, false},
                      {2, true, false},
                      {0, false, true},
                      {1, false, true},
                      {2, false, true}},
            .second_product = 3,
            .row_stages = {{"ih", 0, 2}, {"ih_n", 2, 1}, {"hh", 3, 2}, {"hh_n", 5, 1}},
            .difference_step = 2e-5)

}  // namespace unroll
#endif  // HWY_ONCE
