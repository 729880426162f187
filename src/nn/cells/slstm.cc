// Long short-term memory with exponential gating. With a = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh,
// where W_hh has blocks of `heads`, z = tanh(a_z), o = sigmoid(a_o), and log f = log sigmoid(a_f)
// for slstm, a_f for slstm_exponential:
//   m_t = max(log f + m_{t-1}, a_i)      i' = exp(a_i - m_t)      f' = exp(log f + m_{t-1} - m_t)
//   c_t = f' c_{t-1} + i' z              n_t = f' n_{t-1} + i'    h_t = o c_t / n_t
// Source: Beck et al., "xLSTM: extended long short-term memory", 2024, equations 8 to 17. The
// stabiliser m keeps the exponentials below 1 and leaves h as it would be without it.
//
// A normaliser of 0 stands for no step before this one, whatever m is: then m_t = a_i, i' = 1, and
// h_t = o z, so that zero states are the begin of a sequence. From then on n_t >= 1, and h_t
// divides by max(n_t, 1), which keeps other states finite. With d = log f + m_{t-1} - a_i one of i'
// and f' is 1 and the other exp(-|d|).

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells/slstm.cc"
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
struct SigmoidForget {
  using V = typename Ops::V;
  // log sigmoid(a) = -max(-a, 0) - log(1 + e) with e = exp(-|a|); its derivative is sigmoid(-a).
  static HWY_INLINE V log_f(Ops op, V a, V& derivative) {
    const V zero = op.set(0), one = op.set(1), minus = op.relu(zero - a);
    const V e = op.exp(zero - minus - op.relu(a)), above = op.step(a);
    derivative = (above * e + (one - above)) / (one + e);
    return zero - minus - op.log(one + e);
  }
};

template <class Ops>
struct ExponentialForget {
  using V = typename Ops::V;
  static HWY_INLINE V log_f(Ops op, V a, V& derivative) {
    derivative = op.set(1);
    return a;
  }
};

template <class Ops, template <class> class Forget>
struct Slstm {
  using V = typename Ops::V;

  static constexpr std::size_t kSlots = 4, kStates = 4;  // a_i, a_f, a_z, a_o; h, c, n, m

  // i' and f' of d; `later` and `recent`, 1 where i' and where f' is below 1.
  struct Gates {
    V i, f, later, recent;
  };
  static HWY_INLINE Gates gates(Ops op, V d, V previous_n) {
    const V zero = op.set(0), one = op.set(1);
    const V later = op.step(previous_n) * op.step(d), recent = op.step(zero - d);
    const V e = op.exp(zero - op.relu(d) - op.relu(zero - d));
    return {later * e + (one - later), recent * e + (one - recent), later, recent};
  }
  static HWY_INLINE V divisor(Ops op, V n) { return op.set(1) + op.relu(n - op.set(1)); }

  static HWY_INLINE void forward(Ops op, V (&a)[4], V (&s)[4]) {
    V log_f_derivative = op.set(0);
    const V d = Forget<Ops>::log_f(op, a[1], log_f_derivative) + s[3] - a[0];
    const Gates g = gates(op, d, s[2]);
    const V z = op.tanh(a[2]), o = op.sigmoid(a[3]);
    s[1] = g.f * s[1] + g.i * z;
    s[3] = a[0] + g.later * d;
    s[2] = g.f * s[2] + g.i;
    s[0] = o * s[1] / divisor(op, s[2]);
    a[0] = d, a[1] = log_f_derivative, a[2] = z, a[3] = o;
  }

  static HWY_INLINE void backward(Ops op, V (&a)[4], const V (&previous)[4], const V (&next)[4],
                                  V (&d)[4]) {
    const Gates g = gates(op, a[0], previous[2]);
    const V z = a[2], o = a[3], zero = op.set(0), one = op.set(1), dh = d[0];
    const V share = one / divisor(op, next[2]), ratio = next[1] * share;
    const V dc = d[1] + dh * o * share;
    const V dn = d[2] - dh * o * ratio * share * op.step(next[2] - one);
    const V d_i = dc * z + dn, d_f = dc * previous[1] + dn * previous[2];
    const V d_d = g.later * (d[3] - d_i * g.i) + g.recent * d_f * g.f;
    a[0] = d[3] - d_d;
    a[1] = d_d * a[1];
    a[2] = dc * g.i * (one - z * z);
    a[3] = dh * ratio * o * (one - o);
    d[0] = zero, d[1] = dc * g.f, d[2] = dn * g.f, d[3] = d_d;
  }
};

template <class Ops>
struct SlstmSigmoid : Slstm<Ops, SigmoidForget> {};
template <class Ops>
struct SlstmExponential : Slstm<Ops, ExponentialForget> {};
UNROLL_CELL_FUNCTIONS(slstm, SlstmSigmoid)
UNROLL_CELL_FUNCTIONS(slstm_exponential, SlstmExponential)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {

UNROLL_CELL(slstm, SlstmSigmoid, .options = {.name = "slstm"}, .gates = {"i", "f", "z", "o"},
            .states = {"h", "c", "n", "m"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}, {3, true, true}},
            .second_product = 4, .difference_step = 1e-5)
UNROLL_CELL(slstm_exponential, SlstmExponential, .options = {.name = "slstm_exponential"},
            .gates = {"i", "f", "z", "o"}, .states = {"h", "c", "n", "m"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}, {3, true, true}},
            .second_product = 4, .difference_step = 1e-5)

}  // namespace unroll
#endif  // HWY_ONCE
