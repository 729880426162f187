// Simple recurrent unit: a memory cell whose gates see the input and, unit by unit, the cell. With
// a = W_ih x_t + b and vectors v (H):
//   f = sigmoid(a_f + v_f c_{t-1})   r = sigmoid(a_r + v_r c_{t-1})
//   c_t = f c_{t-1} + (1 - f) a_c    h_t = r c_t + (1 - r) a_x
// a_x is the highway: W_x x_t, in place of x_t itself, which may have another size.
// Source: Lei, Zhang, Wang, Dai, Artzi, "Simple recurrent units for highly parallelizable
// recurrence", 2018.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/sru.cc"
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
struct Sru {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 6, kStates = 2;  // a_c, a_f, a_r, a_x, v_f, v_r

  static HWY_INLINE void forward(Ops op, V (&a)[6], V (&s)[2]) {
    const V f = op.sigmoid(a[1] + a[4] * s[1]), r = op.sigmoid(a[2] + a[5] * s[1]);
    const V c = a[0] + f * (s[1] - a[0]);
    s[0] = a[3] + r * (c - a[3]);
    s[1] = c;
    a[1] = f, a[2] = r;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[6], const V (&previous)[2], const V (&next)[2],
                                  V (&d)[2]) {
    const V f = a[1], r = a[2], one = op.set(1), dh = d[0], dc = d[1] + dh * r;
    const V da_f = dc * (previous[1] - a[0]) * f * (one - f);
    const V da_r = dh * (next[1] - a[3]) * r * (one - r);
    d[0] = op.set(0);
    d[1] = dc * f + da_f * a[4] + da_r * a[5];
    a[0] = dc * (one - f), a[1] = da_f, a[2] = da_r, a[3] = dh * (one - r);
    a[4] = da_f * previous[1], a[5] = da_r * previous[1];
  }
};
UNROLL_CELL_FUNCTIONS(sru, Sru)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(sru, Sru, .options = {.name = "sru"}, .gates = {"c", "f", "r", "x"},
            .states = {"h", "c"},
            .slots = {{0, true, false},
                      {1, true, false},
                      {2, true, false},
                      {3, true, false},
                      {0, false, false},
                      {1, false, false}},
            .second_product = 4, .vectors = "cell_weight")

}  // namespace unroll
#endif  // HWY_ONCE
