// Every registered cell: SIMD against the scalar reference, on every instruction set, and the
// hand-written derivative against differences of the forward function.

#include <gtest/gtest.h>

#include <limits>

#include "kernels/targets.h"
#include "nn/cell_rows.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

std::string describe(const CellOptions& options) {
  return options.name + " " + options.activation + " " + options.reset;
}

// tanh and sigmoid of SIMD and of the C library differ by at most 8 ULP of 1 (math-inl.h: 6, and 2
// for the reference). The longest chains, with |a| <= 3 and |c| <= 1: LSTM's h = o tanh(f c + i g),
// 8 + 8 + (8 + 8 + 8) = 40; GRU's n = tanh(a_0 + r a_3), 8 + 3 · 8 = 32, and h = n + z (h - n),
// 32 + 2 · 8 = 48; and 8 for the roundings between. Measured: below 4.
template <class T>
double tolerance() {
  return 56 * std::numeric_limits<T>::epsilon();
}

// Calls body(first unit, unit after the last) for some ranges of `units`.
template <class Body>
void each_range(std::size_t units, const Body& body) {
  body(0, units);
  body(units / 2, units / 2 + 1);
  body(units / 3, units);
  body(0, units - units / 4);
  body(units / 3, units - units / 4);
}

template <class T>
void check_simd(const Cell& cell, const std::string& where) {
  const CellFunctions<T> simd = cell.simd<T>(), reference = cell.reference<T>();
  for (std::size_t units = 1; units <= 33; ++units) {
    const CellRows<T> start(cell, units);
    CellRows<T> wanted = start;
    wanted.forward(reference, 0, units);
    CellRows<T> wanted_back = wanted;
    wanted_back.backward(reference, 0, units);
    each_range(units, [&](std::size_t begin, std::size_t end) {
      const std::string at = where + " H=" + std::to_string(units) + " units " +
                             std::to_string(begin) + " to " + std::to_string(end);
      CellRows<T> got = start;
      got.forward(simd, begin, end);
      expect_units(got, wanted, start, begin, end, tolerance<T>(), at + " forward");
      CellRows<T> got_back = wanted;  // from the reference's saved values: errors do not add up
      got_back.backward(simd, begin, end);
      expect_units(got_back, wanted_back, wanted, begin, end, tolerance<T>(), at + " backward");
    });
  }
}

template <class Body>
void each_cell_and_target(const Body& body) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    for (const CellOptions& options : all_cells()) {
      body(find_cell(options), target + " " + describe(options));
    }
  }
}

TEST(Cells, SimdAgreesWithTheReference) {
  each_cell_and_target([](const Cell& cell, const std::string& where) {
    check_simd<float>(cell, where + " float");
    check_simd<double>(cell, where + " double");
  });
}

// However the units are divided among threads, and wherever a unit stands in a vector.
template <class T>
void check_division(const Cell& cell, const std::string& where) {
  const CellFunctions<T> simd = cell.simd<T>();
  const std::size_t units = 37;
  CellRows<T> whole(cell, units), parts = whole;
  whole.forward(simd, 0, units);
  for (std::size_t unit = 0; unit < units; unit += 7) {
    parts.forward(simd, unit, std::min(unit + 7, units));
  }
  expect_units(parts, whole, whole, 0, 0, 0, where + " forward");
  whole.backward(simd, 0, units);
  for (std::size_t unit = 0; unit < units; unit += 5) {
    parts.backward(simd, unit, std::min(unit + 5, units));
  }
  expect_units(parts, whole, whole, 0, 0, 0, where + " backward");
}

TEST(Cells, DivisionOfTheUnitsChangesNoBit) {
  each_cell_and_target([](const Cell& cell, const std::string& where) {
    check_division<float>(cell, where + " float");
    check_division<double>(cell, where + " double");
  });
}

TEST(Cells, BackwardIsTheDerivativeOfForward) {
  for (const CellOptions& options : all_cells()) {
    const Cell& cell = find_cell(options);
    CellRows<double> rows(cell, 5);
    leave_zero(rows);
    expect_derivatives(cell, cell.reference<double>(), rows, describe(options));
  }
}

// Pre-activations at which exp overflows leave every result finite, forward and backward.
template <class T>
void check_saturation(const Cell& cell, const CellFunctions<T>& functions,
                      const std::string& where) {
  CellRows<T> rows(cell, 9);
  for (auto& row : rows.a) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = (i % 2 == 0 ? T(1) : T(-1)) * T(1000);
  }
  const auto check = [&] {
    rows.each_written([&](const std::string& name, const auto& of, std::size_t) {
      for (const auto& row : of) {
        for (const T value : row) ASSERT_TRUE(std::isfinite(value)) << where << ": " << name;
      }
    });
  };
  rows.forward(functions, 0, 9);
  check();
  rows.backward(functions, 0, 9);
  check();
}

TEST(Cells, SaturationStaysFinite) {
  each_cell_and_target([](const Cell& cell, const std::string& where) {
    check_saturation<float>(cell, cell.simd<float>(), where + " float");
    check_saturation<double>(cell, cell.simd<double>(), where + " double");
    check_saturation<float>(cell, cell.reference<float>(), where + " reference float");
    check_saturation<double>(cell, cell.reference<double>(), where + " reference double");
  });
}

// A NaN reaches what its unit hands on, and no other unit, but for one in an inner slot, which
// forward() overwrites.
template <class T>
void check_nan(const Cell& cell, const CellFunctions<T>& functions, const std::string& where) {
  const std::size_t units = 19, marked = 11;
  for (std::size_t slot = 0; slot < cell.slots.size(); ++slot) {
    if (cell.slots[slot].inner) continue;
    CellRows<T> clean(cell, units), rows = clean;
    for (auto& row : rows.a) row[slot * units + marked] = std::numeric_limits<T>::quiet_NaN();
    clean.forward(functions, 0, units);
    rows.forward(functions, 0, units);
    EXPECT_TRUE(std::isnan(rows.next[0][0][marked]) || std::isnan(rows.operand[0][marked]))
        << where << " slot " << slot;
    for (CellRows<T>* of : {&clean, &rows}) {
      const auto clear = [&](auto& array) {
        for (auto& row : array) {
          for (std::size_t i = marked; i < row.size(); i += units) row[i] = 0;
        }
      };
      clear(of->a);
      clear(of->operand);
      for (auto& state : of->next) clear(state);
    }
    expect_units(rows, clean, clean, 0, 0, 0, where);
  }
}

TEST(Cells, NanStaysInItsUnit) {
  each_cell_and_target([](const Cell& cell, const std::string& where) {
    check_nan<float>(cell, cell.simd<float>(), where + " float");
    check_nan<double>(cell, cell.simd<double>(), where + " double");
    check_nan<double>(cell, cell.reference<double>(), where + " reference double");
  });
}

TEST(Cells, DescribeThemselves) {
  for (const CellOptions& options : all_cells()) {
    const Cell& cell = find_cell(options);
    EXPECT_EQ(cell.options, options);
    EXPECT_EQ(cell.states.front(), "h");
    EXPECT_NO_THROW(check_cell(cell)) << describe(options);
  }
}

// What the time loop could not run is refused with a sentence.
TEST(Cells, WhatCannotBeRunIsRefused) {
  const auto refusal = [](const char* name, const auto& change) {
    Cell cell = find_cell({.name = name});
    change(cell);
    try {
      check_cell(cell);
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.states.clear(); }),
            "the cell 'lstm' has 0 states; wanted 1 to 4, h first");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.states.resize(5); }),
            "the cell 'lstm' has 5 states; wanted 1 to 4, h first");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.second_product = 5; }),
            "the cell 'lstm' has its second product from gate 5 on, of 4 gates");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.second_product = 3; }),
            "the cell 'lstm' wants gate() and gate_backward() where it has a second product, and "
            "there alone");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.slots[3].gate = 4; }),
            "the cell 'lstm' has slot 3 for gate 4 of 4");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.slots[3].gate = 2; }),
            "the cell 'lstm' has 2 slots that the input of gate 'g' reaches; wanted 1");
  EXPECT_EQ(refusal("lstm", [](Cell& c) { c.slots[1].recurrent = false; }),
            "the cell 'lstm' has 0 slots that the recurrent product of gate 'f' reaches; wanted 1 "
            "for every gate, or none for all");
  EXPECT_EQ(refusal("lstm",
                    [](Cell& c) {
                      c.slots.push_back({0, false, false});
                    }),
            "the cell 'lstm' has 1 slots for rows of vectors, and no name for them");
  EXPECT_EQ(refusal("sru", [](Cell& c) { c.slots[4].gate = 1; }),
            "the cell 'sru' has slot 4 for a row of vectors out of order");
  EXPECT_EQ(
      refusal("min_gru", [](Cell& c) { c.gates.clear(), c.slots.clear(), c.second_product = 0; }),
      "the cell 'min_gru' has no gate");
}

TEST(Cells, RowStagesThatDoNotFitAreRefused) {
  const auto refusal_with = [](const char* name, const auto& change) {
    Cell cell = find_cell({.name = name});
    change(cell);
    try {
      check_cell(cell);
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto refusal = [&](const auto& change) { return refusal_with("layer_norm_lstm", change); };
  const auto with = [](const RowStage& stage) {
    return [stage](Cell& c) { c.row_stages.push_back(stage); };
  };
  EXPECT_EQ(refusal([](Cell&) {}), "");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages[1].name = "ih"; }),
            "the cell 'layer_norm_lstm' has the row stage 'ih', whose name is empty or that of "
            "another");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages[0].name.clear(); }),
            "the cell 'layer_norm_lstm' has the row stage '', whose name is empty or that of "
            "another");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages[2].count = 2; }),
            "the cell 'layer_norm_lstm' has the row stage 'c' for 2 slots from 8 on, of 9");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages[0].count = 0; }),
            "the cell 'layer_norm_lstm' has the row stage 'ih' for 0 slots from 0 on, of 9");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages[1].count = 5; }),
            "the cell 'layer_norm_lstm' has the row stage 'hh' for slot 8; wanted pre-activations "
            "alone, or inner slots alone");
  EXPECT_EQ(refusal(with({"again", 3, 1})),
            "the cell 'layer_norm_lstm' has two row stages for slot 3");
  EXPECT_EQ(refusal([](Cell& c) { c.row_stages.pop_back(); }),
            "the cell 'layer_norm_lstm' has an inner slot 8 that no row stage normalises");
  EXPECT_EQ(refusal([](Cell& c) { c.reference_f64.output = nullptr; }),
            "the cell 'layer_norm_lstm' wants output() and output_backward() where it has inner "
            "slots, and there alone");
  EXPECT_EQ(refusal_with("peephole_lstm", with({"p", 4, 1})),
            "the cell 'peephole_lstm' has the row stage 'p' for slot 4; wanted pre-activations "
            "alone, or inner slots alone");
  EXPECT_EQ(refusal_with("min_gru", with({"ih", 0, 2})),
            "the cell 'min_gru' has row stages but no recurrent weights");
  EXPECT_EQ(refusal_with("gru",
                         [](Cell& c) {
                           c = find_cell({.name = "gru", .reset = "before"});
                           c.row_stages.push_back({"ih", 0, 3});
                         }),
            "the cell 'gru' has row stages and a second product; wanted one of them");
}

TEST(Cells, SomeHaveAForgetGate) {
  for (const char* name : {"lstm", "peephole_lstm", "layer_norm_lstm", "min_lstm", "sru", "slstm",
                           "slstm_exponential"}) {
    EXPECT_TRUE(has_forget_gate({.name = name})) << name;
  }
  for (const char* name : {"elman", "gru", "layer_norm_gru", "min_gru"}) {
    EXPECT_FALSE(has_forget_gate({.name = name})) << name;
  }
  EXPECT_THROW(has_forget_gate({.name = "gur"}), ValueError);
}

std::string refusal(const CellOptions& options) {
  try {
    find_cell(options);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Cells, UnknownNamesAreRefused) {
  EXPECT_EQ(refusal({.name = "gur"}),
            "unknown cell 'gur'; did you mean 'gru'? Known: elman, gru, lstm, peephole_lstm, "
            "layer_norm_lstm, layer_norm_gru, min_gru, min_lstm, sru, "
            "slstm, slstm_exponential");
  EXPECT_EQ(refusal({.name = "elman", .activation = "rleu"}),
            "unknown activation of the cell 'elman' 'rleu'; did you mean 'relu'? Known: tanh, "
            "relu, identity");
  EXPECT_EQ(refusal({.name = "gru", .reset = "befor"}),
            "unknown reset of the cell 'gru' 'befor'; did you mean 'before'? Known: after, before");
  EXPECT_EQ(refusal({.name = "lstm", .activation = "relu"}),
            "the cell 'lstm' has no choice of activation; leave activation at 'tanh' instead of "
            "'relu'");
}

}  // namespace
}  // namespace unroll
