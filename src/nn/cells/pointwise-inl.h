// From a cell's formulas for one unit to its functions for rows of units.
//
// A cell is `template <class Ops> struct X` with
//   kSlots, kStates                                       how many pre-activations and states
//   forward(op, a, s)                                     a: pre-activations -> saved; s: states
//   backward(op, a, previous, next, d)                    optional: a: saved -> d(pre-activations);
//                                                         d: d(next) -> d(previous), pointwise part
//   gate(op, a, s) -> V, gate_backward(op, a, s, dv, d)   only with a second product
//   output(op, a, s), output_backward(op, a, next, d)     only with row stages of inner slots: a as
//                                                         forward left it and they normalised it;
//                                                         s: next; runs before backward
// Without backward, the pre-activations are kept and forward is differentiated by dual numbers.

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "kernels/ops-inl.h"
#include "nn/cells/cell.h"

#if defined(UNROLL_NN_CELLS_POINTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_NN_CELLS_POINTWISE_INL_H_
#undef UNROLL_NN_CELLS_POINTWISE_INL_H_
#else
#define UNROLL_NN_CELLS_POINTWISE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

template <template <class> class Cell, class Ops>
struct Pointwise {
  using C = Cell<Ops>;
  using T = typename Ops::T;
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = C::kSlots, kStates = C::kStates;
  static constexpr bool kHasBackward = requires { &C::backward; };
  static constexpr bool kHasGate = requires { &C::gate; };
  static constexpr bool kHasOutput = requires { &C::output; };
  static_assert(kStates <= kMaxCellStates);
  static_assert(kHasBackward || !kHasGate, "a cell with a second product writes its backward");
  static_assert(kHasBackward || !kHasOutput, "a cell with inner slots writes its backward");

  // Calls body(row, first unit, number of units) for each vector of units.
  template <class Step, class Body>
  static HWY_INLINE void each_vector(const Step& step, const Body& body) {
    for (std::size_t row = 0; row < step.rows; ++row) {
      for (std::size_t u = step.begin; u < step.end; u += Ops::lanes()) {
        body(row, u, std::min(Ops::lanes(), step.end - u));
      }
    }
  }
  template <class Step>
  static HWY_INLINE void load_slots(const Step& step, std::size_t row, std::size_t u, std::size_t n,
                                    V (&a)[kSlots]) {
    for (std::size_t i = 0; i < kSlots; ++i)
      a[i] = Ops().load(step.a[row] + i * step.hidden + u, n);
  }
  template <class Step>
  static HWY_INLINE void store_slots(const Step& step, std::size_t row, std::size_t u,
                                     std::size_t n, const V (&a)[kSlots]) {
    for (std::size_t i = 0; i < kSlots; ++i)
      Ops().store(a[i], step.a[row] + i * step.hidden + u, n);
  }
  template <class States>
  static HWY_INLINE void load_states(States states, std::size_t row, std::size_t u, std::size_t n,
                                     V (&s)[kStates]) {
    for (std::size_t i = 0; i < kStates; ++i) s[i] = Ops().load(states[i][row] + u, n);
  }
  template <class States>
  static HWY_INLINE void store_states(const V (&s)[kStates], States states, std::size_t row,
                                      std::size_t u, std::size_t n) {
    for (std::size_t i = 0; i < kStates; ++i) Ops().store(s[i], states[i][row] + u, n);
  }

  static void forward(const CellStep<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], s[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.previous, row, u, n, s);
      C::forward(Ops(), a, s);
      if constexpr (kHasBackward) store_slots(step, row, u, n, a);
      store_states(s, step.next, row, u, n);
    });
  }

  static void gate(const CellStep<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], s[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.previous, row, u, n, s);
      Ops().store(C::gate(Ops(), a, s), step.operand[row] + u, n);
    });
  }

  static void output(const CellStep<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], s[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.next, row, u, n, s);
      C::output(Ops(), a, s);
      store_states(s, step.next, row, u, n);
    });
  }

  static void backward(const CellStepBackward<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], previous[kStates], next[kStates], d[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.previous, row, u, n, previous);
      load_states(step.d_state, row, u, n, d);
      if (step.dy != nullptr) d[0] = d[0] + Ops().load(step.dy[row] + u, n);
      if constexpr (kHasBackward) {
        load_states(step.next, row, u, n, next);
        C::backward(Ops(), a, previous, next, d);
      } else {
        dual_backward(a, previous, d);
      }
      store_slots(step, row, u, n, a);
      store_states(d, step.d_state, row, u, n);
    });
  }

  static void gate_backward(const CellStepBackward<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], previous[kStates], d[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.previous, row, u, n, previous);
      load_states(step.d_state, row, u, n, d);
      C::gate_backward(Ops(), a, previous, Ops().load(step.d_operand[row] + u, n), d);
      store_slots(step, row, u, n, a);
      store_states(d, step.d_state, row, u, n);
    });
  }

  static void output_backward(const CellStepBackward<T>& step) {
    each_vector(step, [&](std::size_t row, std::size_t u, std::size_t n) HWY_ATTR {
      V a[kSlots], next[kStates], d[kStates];
      load_slots(step, row, u, n, a);
      load_states(step.next, row, u, n, next);
      load_states(step.d_state, row, u, n, d);
      if (step.dy != nullptr) d[0] = d[0] + Ops().load(step.dy[row] + u, n);
      C::output_backward(Ops(), a, next, d);
      store_slots(step, row, u, n, a);
      store_states(d, step.d_state, row, u, n);
    });
  }

  // One pass of forward for each input, with that input's derivative set to one:
  // d(loss)/d(input) = sum over the states of d(loss)/d(next state) * d(next state)/d(input).
  static HWY_INLINE void dual_backward(V (&a)[kSlots], const V (&previous)[kStates],
                                       V (&d)[kStates]) {
    using D = DualOps<Ops>;
    V gradient[kSlots + kStates];
    for (std::size_t input = 0; input < kSlots + kStates; ++input) {
      typename D::V dual_a[kSlots], dual_s[kStates];
      for (std::size_t i = 0; i < kSlots; ++i) dual_a[i] = {a[i], Ops().set(i == input)};
      for (std::size_t i = 0; i < kStates; ++i)
        dual_s[i] = {previous[i], Ops().set(kSlots + i == input)};
      Cell<D>::forward(D(), dual_a, dual_s);
      gradient[input] = d[0] * dual_s[0].d;
      for (std::size_t i = 1; i < kStates; ++i)
        gradient[input] = gradient[input] + d[i] * dual_s[i].d;
    }
    for (std::size_t i = 0; i < kSlots; ++i) a[i] = gradient[i];
    for (std::size_t i = 0; i < kStates; ++i) d[i] = gradient[kSlots + i];
  }

  static CellFunctions<T> functions() {
    CellFunctions<T> functions{.forward = &forward, .backward = &backward};
    if constexpr (kHasGate) {
      functions.gate = &gate;
      functions.gate_backward = &gate_backward;
    }
    if constexpr (kHasOutput) {
      functions.output = &output;
      functions.output_backward = &output_backward;
    }
    return functions;
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

// Inside namespace unroll::HWY_NAMESPACE: the cell's functions for one instruction set.
#define UNROLL_CELL_FUNCTIONS(id, Type)                                                    \
  CellFunctions<float> id##_f32() { return Pointwise<Type, SimdOps<float>>::functions(); } \
  CellFunctions<double> id##_f64() { return Pointwise<Type, SimdOps<double>>::functions(); }

// Once, inside namespace unroll: Cell id(), whose names are given as an initialiser list.
#define UNROLL_CELL(id, Type, ...)                                                                \
  HWY_EXPORT(id##_f32);                                                                           \
  HWY_EXPORT(id##_f64);                                                                           \
  Cell id() {                                                                                     \
    Cell cell{__VA_ARGS__};                                                                       \
    cell.simd_f32 = [] { return UNROLL_DISPATCH(id##_f32)(); };                                   \
    cell.simd_f64 = [] { return UNROLL_DISPATCH(id##_f64)(); };                                   \
    cell.reference_f32 = HWY_NAMESPACE::Pointwise<HWY_NAMESPACE::Type,                            \
                                                  HWY_NAMESPACE::ScalarOps<float>>::functions();  \
    cell.reference_f64 = HWY_NAMESPACE::Pointwise<HWY_NAMESPACE::Type,                            \
                                                  HWY_NAMESPACE::ScalarOps<double>>::functions(); \
    return cell;                                                                                  \
  }

#endif  // per-target include guard
