// Minimal long short-term memory, whose gates read the input alone and add up to 1. With a = W_ih
// x_t
// + b, f = sigmoid(a_f), i = sigmoid(a_i):
//   h_t = f / (f + i) h_{t-1} + i / (f + i) a_g = p h_{t-1} + (1 - p) a_g,  p = sigmoid(log f - log
//   i)
// where -log sigmoid(a) = max(-a, 0) + log(1 + exp(-|a|)), so that f + i cannot become 0.
// Source: Feng, Tung, Ahmed, Bengio, Hajimirsadeghi, "Were RNNs all we needed?", 2024.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/min_lstm.cc"
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
struct MinLstm {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 3, kStates = 1;

  // -log sigmoid(a)
  static HWY_INLINE V softplus_of_minus(Ops op, V a) {
    const V zero = op.set(0), minus = op.relu(zero - a);
    return minus + op.log(op.set(1) + op.exp(zero - minus - op.relu(a)));
  }
  static HWY_INLINE V share(Ops op, const V (&a)[3]) {
    return op.sigmoid(softplus_of_minus(op, a[1]) - softplus_of_minus(op, a[0]));
  }

  static HWY_INLINE void forward(Ops op, V (&a)[3], V (&s)[1]) {
    s[0] = a[2] + share(op, a) * (s[0] - a[2]);
  }

  static HWY_INLINE void backward(Ops op, V (&a)[3], const V (&previous)[1], const V (&)[1],
                                  V (&d)[1]) {
    const V p = share(op, a), one = op.set(1), dh = d[0];
    const V d_logit = dh * (previous[0] - a[2]) * p * (one - p);
    a[0] = d_logit * (one - op.sigmoid(a[0]));
    a[1] = op.set(0) - d_logit * (one - op.sigmoid(a[1]));
    a[2] = dh * (one - p);
    d[0] = dh * p;
  }
};
UNROLL_CELL_FUNCTIONS(min_lstm, MinLstm)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(min_lstm, MinLstm, .options = {.name = "min_lstm"}, .gates = {"f", "i", "g"},
            .states = {"h"}, .slots = {{0, true, false}, {1, true, false}, {2, true, false}},
            .second_product = 3)

}  // namespace unroll
#endif  // HWY_ONCE
