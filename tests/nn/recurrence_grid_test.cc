// The engine against the reference of plain loops over a grid of odd numbers of units, inputs, rows
// and steps: every cell, on every instruction set.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "kernels/targets.h"
#include "nn/cells/cell.h"
#include "nn/expect_near.h"
#include "nn/recurrence_problem.h"

namespace unroll {
namespace {

// A pre-activation is a sum of I + H products, d(h) of G·H, dx of G·H, dW of T·N: the errors of a
// sum of n terms of either sign grow with the root of n, and stay below four times that, in ε of
// the largest result. The functions of a cell add 56 ε (cells_test.cc), and T steps follow on each
// other. A row stage divides errors by σ, which of two units, or of many small sums, is small:
// measured below 3 times the bound, at H=2.
template <class T>
double tolerance(const RecurrenceSize& c, const CellOptions& cell) {
  const Cell& of = find_cell(cell);
  const std::size_t gates = of.gates.size();
  const std::size_t terms = c.inputs + c.hidden + gates * c.hidden + c.steps * c.batch;
  const double by_variance = of.row_stages.empty() ? 1 : 8;
  return static_cast<double>(c.steps) * by_variance *
         (56 + 4 * std::sqrt(static_cast<double>(terms))) * std::numeric_limits<T>::epsilon();
}

template <class T>
void check_on_all_targets(const RecurrenceSize& size, int threads, const CellOptions& cell,
                          const std::string& type) {
  const RecurrenceProblem<T> problem(size, cell);
  const ReferenceRecurrence<T> wanted = problem.reference();
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    ASSERT_EQ(kernels::target_name(), target);
    expect_near(problem.run(threads), wanted, tolerance<T>(size, cell),
                type + target + problem.text());
  }
}

TEST(RecurrenceGrid, AgreesWithTheReference) {
  for (const CellOptions& cell : all_cells()) {
    int threads = 0;
    for (const RecurrenceSize& size : recurrence_grid(6)) {
      threads = 1 + threads % 3;
      ASSERT_NO_FATAL_FAILURE(check_on_all_targets<float>(size, threads, cell, "float "));
      ASSERT_NO_FATAL_FAILURE(check_on_all_targets<double>(size, threads, cell, "double "));
    }
  }
}

}  // namespace
}  // namespace unroll
