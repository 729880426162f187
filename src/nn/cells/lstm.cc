// Long short-term memory. With a = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh:
//   i = sigmoid(a_i)   f = sigmoid(a_f)   g = tanh(a_g)   o = sigmoid(a_o)
//   c_t = f c_{t-1} + i g               h_t = o tanh(c_t)
// Source: Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber, Cummins 2000.
// tanh(c_t) is computed again on the way back: cheaper than storing it.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/lstm.cc"
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
struct Lstm {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 4, kStates = 2;

  static HWY_INLINE void forward(Ops op, V (&a)[4], V (&s)[2]) {
    const V i = op.sigmoid(a[0]), f = op.sigmoid(a[1]), g = op.tanh(a[2]), o = op.sigmoid(a[3]);
    const V c = f * s[1] + i * g;
    s[0] = o * op.tanh(c);
    s[1] = c;
    a[0] = i, a[1] = f, a[2] = g, a[3] = o;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[4], const V (&previous)[2], const V (&next)[2],
                                  V (&d)[2]) {
    const V i = a[0], f = a[1], g = a[2], o = a[3], one = op.set(1);
    const V tanh_c = op.tanh(next[1]), dh = d[0];
    const V dc = d[1] + dh * o * (one - tanh_c * tanh_c);
    a[0] = dc * g * i * (one - i);
    a[1] = dc * previous[1] * f * (one - f);
    a[2] = dc * i * (one - g * g);
    a[3] = dh * tanh_c * o * (one - o);
    d[0] = op.set(0);
    d[1] = dc * f;
  }
};
UNROLL_CELL_FUNCTIONS(lstm, Lstm)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(lstm, Lstm, .options = {.name = "lstm"}, .gates = {"i", "f", "g", "o"},
            .states = {"h", "c"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}, {3, true, true}},
            .second_product = 4)

}  // namespace unroll
#endif  // HWY_ONCE
