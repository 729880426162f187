// The engine against the reference of plain loops over a grid of odd numbers of units, inputs, rows
// and steps: every cell, on every instruction set.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "nn/cells/cell.h"
#include "nn/expect_near.h"
#include "nn/random_fill.h"
#include "nn/recurrence_reference.h"
#include "unroll/nn/recurrence.h"

namespace unroll {
namespace {

struct Case {
  std::size_t hidden, inputs, batch, steps;
  int threads;
};

// Each size six times as units and six times as inputs, with all batches and lengths.
std::vector<Case> grid() {
  constexpr std::size_t kSizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};
  constexpr std::size_t kBatches[] = {1, 2, 3, 5, 7, 20, 49};
  constexpr std::size_t kCount = std::size(kSizes);
  std::vector<Case> cases;
  for (std::size_t turn = 0; turn < 6; ++turn) {
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::size_t n = cases.size();
      cases.push_back({kSizes[i], kSizes[(5 * i + 4 * turn + 3) % kCount],
                       kBatches[n % std::size(kBatches)], 1 + (n + turn) % 4,
                       1 + static_cast<int>(n % 3)});
    }
  }
  return cases;
}

template <class T>
struct Problem {
  Problem(const Case& of, const CellOptions& cell)
      : size(of), options{.cell = cell, .input_size = of.inputs, .hidden_size = of.hidden} {
    Recurrence<T> recurrence = make();
    x.resize(of.steps * of.batch * of.inputs);
    dy.resize(of.steps * of.batch * of.hidden);
    initial = recurrence.zero_states(of.batch);
    d_final = recurrence.zero_states(of.batch);
    fill_random(x, 100);
    fill_random(dy, 101);
    fill_random_states(initial, 102);
    fill_random_states(d_final, 110);
    wanted = reference_recurrence<T>(options, recurrence.parameters(), x.data(),
                                     std::vector<std::size_t>(of.batch, of.steps), of.steps,
                                     &initial, dy.data(), &d_final);
  }

  // Weights so small that no sum of |w h| or |w x| exceeds 1: errors do not grow through time.
  Recurrence<T> make() const {
    Recurrence<T> recurrence(options);
    std::uint64_t stream = 1;
    for (Parameter<T>* parameter : recurrence.parameters()) {
      const Shape& shape = parameter->shape();
      const double terms = shape.rank() == 2 ? static_cast<double>(shape[1]) : 2;
      fill_random(parameter->edit(), stream++, 1 / terms);
    }
    return recurrence;
  }

  Case size;
  RecurrenceOptions options;
  std::vector<T> x, dy;
  States<T> initial, d_final;
  ReferenceRecurrence<T> wanted;
};

// A pre-activation is a sum of I + H products, d(h) of G·H, dx of G·H, dW of T·N: the errors of a
// sum of n terms of either sign grow with the root of n, and stay below four times that, in ε of
// the largest result. The functions of a cell add 56 ε (cells_test.cc), and T steps follow on each
// other.
template <class T>
double tolerance(const Case& c, const CellOptions& cell) {
  const std::size_t gates = find_cell(cell).gates.size();
  const std::size_t terms = c.inputs + c.hidden + gates * c.hidden + c.steps * c.batch;
  return static_cast<double>(c.steps) * (56 + 4 * std::sqrt(static_cast<double>(terms))) *
         std::numeric_limits<T>::epsilon();
}

template <class T>
void check(const Problem<T>& of, const std::string& where) {
  const Case& c = of.size;
  const double bound = tolerance<T>(c, of.options.cell);
  const ReferenceRecurrence<T>& wanted = of.wanted;
  const ThreadTeam team(c.threads);
  Recurrence<T> recurrence = of.make();
  States<T> final, d_initial;
  const T* y = recurrence.forward(team, of.x.data(),
                                  {.steps = c.steps,
                                   .batch = c.batch,
                                   .initial = &of.initial,
                                   .final = &final,
                                   .training = true});
  expect_near(std::vector<T>(y, y + of.dy.size()), wanted.y, bound, where + " y");
  std::vector<T> dx(of.x.size(), T(7));
  recurrence.backward(team, of.dy.data(), &of.d_final, dx.data(), &d_initial);
  expect_near(dx, wanted.dx, bound, where + " dx");
  for (std::size_t k = 0; k < final.size(); ++k) {
    expect_near(final[k], wanted.final[k], bound, where + " final state");
    expect_near(d_initial[k], wanted.d_initial[k], bound, where + " d(initial state)");
  }
  const Parameters<T> parameters = recurrence.parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    expect_near(parameters[p]->gradient, wanted.gradient[p], bound,
                where + " gradient of " + parameters[p]->name());
  }
}

template <class T>
void check_on_all_targets(const Case& c, const CellOptions& cell, const std::string& type) {
  const Problem<T> problem(c, cell);
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    ASSERT_EQ(kernels::target_name(), target);
    check(problem, type + target + " " + cell.name + " " + cell.activation + " " + cell.reset +
                       " H=" + std::to_string(c.hidden) + " I=" + std::to_string(c.inputs) +
                       " N=" + std::to_string(c.batch) + " T=" + std::to_string(c.steps));
  }
}

TEST(RecurrenceGrid, AgreesWithTheReference) {
  for (const CellOptions& cell : all_cells()) {
    for (const Case& c : grid()) {
      ASSERT_NO_FATAL_FAILURE(check_on_all_targets<float>(c, cell, "float "));
      ASSERT_NO_FATAL_FAILURE(check_on_all_targets<double>(c, cell, "double "));
    }
  }
}

}  // namespace
}  // namespace unroll
