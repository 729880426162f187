#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "nn/cells/cell.h"
#include "nn/random_fill.h"

namespace unroll {

// The arrays of one time step for two rows, filled with random numbers, and calls of a cell's
// functions on them. Every row is an allocation of its own, so that a sanitizer sees what is read
// or written beyond it.
template <class T>
struct CellRows {
  using Rows = std::vector<std::vector<T>>;
  static constexpr std::size_t kRows = 2;

  CellRows(const Cell& cell, std::size_t units) : hidden(units) {
    std::uint64_t stream = 1000 * units;
    const auto fill = [&](std::size_t size, double range) {
      Rows rows(kRows, std::vector<T>(size));
      for (auto& row : rows) fill_random(row, stream++, range);
      return rows;
    };
    a = fill(cell.slots.size() * units, 3);
    operand = fill(units, 1);
    dy = fill(units, 1);
    d_operand = fill(units, 1);
    for (std::size_t k = 0; k < cell.states.size(); ++k) {
      previous.push_back(fill(units, 1));
      next.push_back(fill(units, 1));
      d_state.push_back(fill(units, 1));
    }
  }

  // gate() where the cell has a second product, forward(), and output() where it has one: of a cell
  // with row stages, what is without them.
  void forward(const CellFunctions<T>& functions, std::size_t begin, std::size_t end) {
    const Pointers p(*this);
    const CellStep<T> step{
        kRows,           begin, end, hidden, p.a.data(), p.previous_of.data(), p.next_of.data(),
        p.operand.data()};
    if (functions.gate != nullptr) functions.gate(step);
    functions.forward(step);
    if (functions.output != nullptr) functions.output(step);
  }

  // output_backward() where the cell has one, backward(), then gate_backward() where it has a
  // second product.
  void backward(const CellFunctions<T>& functions, std::size_t begin, std::size_t end) {
    const Pointers p(*this);
    CellStepBackward<T> step{kRows,
                             begin,
                             end,
                             hidden,
                             p.a.data(),
                             p.previous_of.data(),
                             p.const_next_of.data(),
                             p.d_state_of.data(),
                             p.dy.data(),
                             p.d_operand.data()};
    if (functions.output_backward != nullptr) {
      functions.output_backward(step);
      step.dy = nullptr;
    }
    functions.backward(step);
    if (functions.gate_backward != nullptr) functions.gate_backward(step);
  }

  // Calls body(name, rows, number of values a unit) for every array that the functions write.
  template <class Body>
  void each_written(const Body& body) const {
    body("a", a, a[0].size() / hidden);
    body("operand", operand, 1);
    for (std::size_t k = 0; k < next.size(); ++k) {
      body("next state " + std::to_string(k), next[k], 1);
      body("d(state) " + std::to_string(k), d_state[k], 1);
    }
  }

  std::size_t hidden;
  Rows a, operand, dy, d_operand;             // (slots·H) or (H) a row
  std::vector<Rows> previous, next, d_state;  // [state]

 private:
  struct Pointers {
    explicit Pointers(CellRows& rows)
        : a(of<T*>(rows.a)),
          operand(of<T*>(rows.operand)),
          dy(of<const T*>(rows.dy)),
          d_operand(of<const T*>(rows.d_operand)) {
      for (std::size_t k = 0; k < rows.next.size(); ++k) {
        previous.push_back(of<const T*>(rows.previous[k]));
        next.push_back(of<T*>(rows.next[k]));
        const_next.push_back(of<const T*>(rows.next[k]));
        d_state.push_back(of<T*>(rows.d_state[k]));
      }
      for (std::size_t k = 0; k < rows.next.size(); ++k) {
        previous_of.push_back(previous[k].data());
        next_of.push_back(next[k].data());
        const_next_of.push_back(const_next[k].data());
        d_state_of.push_back(d_state[k].data());
      }
    }
    template <class P>
    static std::vector<P> of(Rows& rows) {
      std::vector<P> pointers;
      for (auto& row : rows) pointers.push_back(row.data());
      return pointers;
    }
    std::vector<T*> a, operand;
    std::vector<const T*> dy, d_operand;
    std::vector<std::vector<const T*>> previous, const_next;
    std::vector<std::vector<T*>> next, d_state;
    std::vector<const T*const*> previous_of, const_next_of;
    std::vector<T*const*> next_of, d_state_of;
  };
};

template <class T>
bool same_bits(T first, T second) {
  return std::memcmp(&first, &second, sizeof(T)) == 0;
}

// Units [begin, end) of `got` are within `tolerance` of `wanted`, all others have its bits.
template <class T>
void expect_units(const CellRows<T>& got, const CellRows<T>& wanted, const CellRows<T>& untouched,
                  std::size_t begin, std::size_t end, double tolerance, const std::string& where) {
  std::vector<const typename CellRows<T>::Rows*> want, before;
  wanted.each_written([&](const auto&, const auto& rows, std::size_t) { want.push_back(&rows); });
  untouched.each_written(
      [&](const auto&, const auto& rows, std::size_t) { before.push_back(&rows); });
  std::size_t array = 0;
  got.each_written([&](const std::string& name, const auto& rows, std::size_t per_unit) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < per_unit * got.hidden; ++i) {
        const std::size_t unit = i % got.hidden;
        const T value = rows[row][i];
        if (unit < begin || unit >= end) {
          ASSERT_TRUE(same_bits(value, (*before[array])[row][i]))
              << where << ": " << name << " of unit " << unit << " was touched";
        } else {
          ASSERT_NEAR(value, (*want[array])[row][i], tolerance)
              << where << ": " << name << " of unit " << unit;
        }
      }
    }
    ++array;
  });
}

// The backward pass of `functions` against central differences of its own forward pass, for the
// loss L = sum over the states of d_state · next + dy · next h + d_operand · operand. Fourth order,
// step 2^-10: the formula is off by about 1e-12 times the fifth derivative / 30, the rounding of L
// by 1e-12.
inline void expect_derivatives(const Cell& cell, const CellFunctions<double>& functions,
                               CellRows<double> rows, const std::string& where) {
  CellRows<double> got = rows;
  got.forward(functions, 0, rows.hidden);
  got.backward(functions, 0, rows.hidden);
  const auto loss = [&](std::size_t row, std::size_t unit) {
    CellRows<double> run = rows;
    run.forward(functions, 0, rows.hidden);
    double sum = rows.dy[row][unit] * run.next[0][row][unit];
    if (cell.second_product < cell.gates.size()) {
      sum += rows.d_operand[row][unit] * run.operand[row][unit];
    }
    for (std::size_t k = 0; k < run.next.size(); ++k) {
      sum += rows.d_state[k][row][unit] * run.next[k][row][unit];
    }
    return sum;
  };
  const auto check = [&](double& input, double derivative, std::size_t row, std::size_t unit,
                         const std::string& name) {
    const double value = input, step = 0x1p-10;
    const auto difference = [&](double h) {
      input = value + h;
      const double above = loss(row, unit);
      input = value - h;
      const double below = loss(row, unit);
      input = value;
      return above - below;
    };
    const double wanted = (8 * difference(step) - difference(2 * step)) / (12 * step);
    EXPECT_NEAR(derivative, wanted, 1e-10) << where << ": d(" << name << ") of unit " << unit;
  };
  for (std::size_t row = 0; row < rows.kRows; ++row) {
    for (std::size_t i = 0; i < rows.a[row].size(); ++i) {
      check(rows.a[row][i], got.a[row][i], row, i % rows.hidden,
            "slot " + std::to_string(i / rows.hidden));
    }
    for (std::size_t k = 0; k < rows.previous.size(); ++k) {
      for (std::size_t unit = 0; unit < rows.hidden; ++unit) {
        check(rows.previous[k][row][unit], got.d_state[k][row][unit], row, unit, cell.states[k]);
      }
    }
  }
}

// Moves pre-activations away from the corner of relu at 0, by more than the steps above.
template <class T>
void leave_zero(CellRows<T>& rows) {
  for (auto& row : rows.a) {
    for (T& value : row) value += value < 0 ? T(-0.01) : T(0.01);
  }
}

}  // namespace unroll
