// Cells without a backward function: the derivative by dual numbers, SIMD and scalar, against the
// same cell's hand-written one and against differences of the forward function.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/cells_dual_test.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/targets.h"
#include "nn/cells/pointwise-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {

// An LSTM whose input gate is 1 - f: c' = f c + (1 - f) g, h' = o tanh(c').
template <class Ops>
struct CoupledLstm {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 3, kStates = 2;

  static HWY_INLINE void forward(Ops op, V (&a)[3], V (&s)[2]) {
    const V f = op.sigmoid(a[0]), g = op.tanh(a[1]), o = op.sigmoid(a[2]);
    s[1] = g + f * (s[1] - g);
    s[0] = o * op.tanh(s[1]);
    a[0] = f, a[1] = g, a[2] = o;
  }
};

template <class Ops>
struct CoupledLstmByHand : CoupledLstm<Ops> {
  using V = typename Ops::V;

  static HWY_INLINE void backward(Ops op, V (&a)[3], const V (&previous)[2], const V (&next)[2],
                                  V (&d)[2]) {
    const V f = a[0], g = a[1], o = a[2], one = op.set(1), tanh_c = op.tanh(next[1]);
    const V dc = d[1] + d[0] * o * (one - tanh_c * tanh_c);
    a[0] = dc * (previous[1] - g) * f * (one - f);
    a[1] = dc * (one - f) * (one - g * g);
    a[2] = d[0] * tanh_c * o * (one - o);
    d[0] = op.set(0);
    d[1] = dc * f;
  }
};

// Every operation of Ops, and + - * /.
template <class Ops>
struct EveryOperation {
  using V = typename Ops::V;
  static constexpr std::size_t kSlots = 3, kStates = 2;

  static HWY_INLINE void forward(Ops op, V (&a)[3], V (&s)[2]) {
    const V one = op.set(1), softplus = op.log(one + op.exp(a[0]));
    const V h = op.relu(a[1]) * softplus / op.sqrt(one + s[0] * s[0]) - op.step(a[2]) * s[1];
    s[1] = op.sigmoid(a[2]) * op.tanh(s[1]) + s[0] / (one + one + s[1]);
    s[0] = h;
  }
};

UNROLL_CELL_FUNCTIONS(coupled, CoupledLstm)
UNROLL_CELL_FUNCTIONS(coupled_by_hand, CoupledLstmByHand)
UNROLL_CELL_FUNCTIONS(every_operation, EveryOperation)

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <gtest/gtest.h>

#include <limits>

#include "nn/cell_rows.h"

namespace unroll {
namespace {

UNROLL_CELL(coupled, CoupledLstm, .options = {.name = "coupled"}, .gates = {"f", "g", "o"},
            .states = {"h", "c"}, .slots = {{0, true, true}, {1, true, true}, {2, true, true}},
            .second_product = 3)
UNROLL_CELL(coupled_by_hand, CoupledLstmByHand, .options = {.name = "coupled by hand"},
            .gates = {"f", "g", "o"}, .states = {"h", "c"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}}, .second_product = 3)
UNROLL_CELL(every_operation, EveryOperation, .options = {.name = "every operation"},
            .gates = {"a", "b", "c"}, .states = {"h", "c"},
            .slots = {{0, true, true}, {1, true, true}, {2, true, true}}, .second_product = 3)

// Values and derivatives are at most about 10, from a dozen operations and functions of at most 8
// ULP (see cells_test.cc) each: 10 · 12 · 8 ULP of 1.
template <class T>
constexpr double kTolerance = 960 * double{std::numeric_limits<T>::epsilon()};

template <class Body>
void each_target(const Body& body) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    body(target);
  }
}

// The gradients of both; what forward saves for them differs.
template <class T>
void check_against_hand(const CellFunctions<T>& dual, const CellFunctions<T>& by_hand,
                        const std::string& where) {
  for (std::size_t units = 1; units <= 33; ++units) {
    const CellRows<T> start(coupled(), units);
    CellRows<T> got = start, wanted = start;
    wanted.forward(by_hand, 0, units);
    got.forward(dual, 0, units);
    EXPECT_EQ(got.a, start.a) << where << ": forward wrote to the pre-activations";
    CellRows<T> before = got;
    wanted.backward(by_hand, units / 3, units);
    got.backward(dual, units / 3, units);
    expect_units(got, wanted, before, units / 3, units, kTolerance<T>, where);
  }
}

TEST(CellsDual, AgreesWithTheHandWrittenBackward) {
  each_target([](const std::string& target) {
    const Cell dual = coupled(), by_hand = coupled_by_hand();
    const std::string simd = target + " SIMD ", reference = target + " reference ";
    check_against_hand(dual.simd<float>(), by_hand.simd<float>(), simd + "float");
    check_against_hand(dual.simd<double>(), by_hand.simd<double>(), simd + "double");
    check_against_hand(dual.reference<float>(), by_hand.reference<float>(), reference + "float");
    check_against_hand(dual.reference<double>(), by_hand.reference<double>(), reference + "double");
  });
}

TEST(CellsDual, IsTheDerivativeOfForward) {
  each_target([](const std::string& target) {
    for (const Cell& cell : {coupled(), coupled_by_hand(), every_operation()}) {
      CellRows<double> rows(cell, 11);
      leave_zero(rows);
      const std::string where = target + " " + cell.options.name;
      expect_derivatives(cell, cell.simd<double>(), rows, where + " SIMD");
      expect_derivatives(cell, cell.reference<double>(), rows, where + " reference");
    }
  });
}

template <class T>
void check_simd(const Cell& cell, const std::string& where) {
  for (std::size_t units = 1; units <= 33; ++units) {
    CellRows<T> got(cell, units), wanted = got;
    leave_zero(got), leave_zero(wanted);
    got.forward(cell.simd<T>(), 0, units);
    wanted.forward(cell.reference<T>(), 0, units);
    got.backward(cell.simd<T>(), 0, units);
    wanted.backward(cell.reference<T>(), 0, units);
    expect_units(got, wanted, got, 0, units, kTolerance<T>, where);
  }
}

TEST(CellsDual, SimdAgreesWithTheReference) {
  each_target([](const std::string& target) {
    for (const Cell& cell : {coupled(), every_operation()}) {
      check_simd<float>(cell, target + " " + cell.options.name + " float");
      check_simd<double>(cell, target + " " + cell.options.name + " double");
    }
  });
}

}  // namespace
}  // namespace unroll
#endif  // HWY_ONCE
