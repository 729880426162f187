// The engine with products in bf16: against the plain loops in float, on every instruction set,
// with the processor's instruction and without it; and the same bits for any number of threads.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/bf16_testing.h"
#include "nn/cells/cell.h"
#include "nn/expect_near.h"
#include "nn/recurrence_problem.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using kernels::nearest_bf16;
using kernels::on_all_bf16_targets;

// A factor is off by u of it at most.
constexpr double kRounding = 1.0 / 256;

// What products multiply is bf16 already, but for h after the first step and the gradients.
using Pass = RecurrenceResults<float>;
RecurrenceProblem<float> problem_of(const RecurrenceSize& size, const CellOptions& cell) {
  return {size, cell, nearest_bf16};
}

// Both factors of a product are off by u at most: a sum by 2u of what its terms sum up to without
// their signs, which here is 1 and more for a large element; twice that for the two products of a
// pre-activation, and T steps follow on each other.
TEST(RecurrenceBf16, IsNearTheReference) {
  for (const CellOptions& cell : all_cells()) {
    for (const RecurrenceSize& c : recurrence_grid(2)) {
      const RecurrenceProblem<float> problem = problem_of(c, cell);
      const ReferenceRecurrence<float> wanted = problem.reference();
      const double bound = static_cast<double>(c.steps) * 4 * kRounding;
      on_all_bf16_targets([&](const std::string& target) {
        const std::string where = target + problem.text();
        const Pass got = problem.run(1 + static_cast<int>(c.hidden % 3), Precision::kBf16);
        expect_near(got.y, wanted.y, bound, where + " y");
        for (std::size_t k = 0; k < got.final.size(); ++k) {
          expect_near(got.final[k], wanted.final[k], bound, where + " final state");
        }
        if (has_kink(cell)) return;
        expect_near(got.dx, wanted.dx, bound, where + " dx");
        for (std::size_t k = 0; k < got.final.size(); ++k) {
          expect_near(got.d_initial[k], wanted.d_initial[k], bound, where + " d(initial state)");
        }
        for (std::size_t p = 0; p < got.gradient.size(); ++p) {
          expect_near(got.gradient[p], wanted.gradient[p], bound, where + " gradient");
        }
      });
      if (HasFatalFailure()) return;
    }
  }
}

// Where x, h and the weights are bf16 already, a step forward is as exact as in float: the bound of
// recurrence_grid_test.cc. It would not be, were a product to take another row or column.
TEST(RecurrenceBf16, IsExactForOperandsThatBf16Holds) {
  for (const CellOptions& cell : all_cells()) {
    if (cell.reset == "before") continue;  // multiplies r·h, which is rounded
    for (RecurrenceSize c : recurrence_grid(2)) {
      c.steps = 1;
      const RecurrenceProblem<float> problem = problem_of(c, cell);
      const ReferenceRecurrence<float> wanted = problem.reference();
      const double terms = static_cast<double>(c.inputs + c.hidden);
      const double bound = (56 + 4 * std::sqrt(terms)) * std::numeric_limits<float>::epsilon();
      on_all_bf16_targets([&](const std::string& target) {
        expect_near(problem.run(1, Precision::kBf16).y, wanted.y, bound, target + problem.text());
      });
      if (HasFatalFailure()) return;
    }
  }
}

bool same_bits(const Pass& a, const Pass& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  bool same = equal(a.y, b.y) && equal(a.dx, b.dx) && a.gradient.size() == b.gradient.size();
  for (std::size_t k = 0; k < a.final.size(); ++k) {
    same = same && equal(a.final[k], b.final[k]) && equal(a.d_initial[k], b.d_initial[k]);
  }
  for (std::size_t p = 0; p < a.gradient.size(); ++p) {
    same = same && equal(a.gradient[p], b.gradient[p]);
  }
  return same;
}

// Sizes at which the threads share the rows, and the units.
TEST(RecurrenceBf16, ThreadsChangeNoBit) {
  for (const CellOptions& cell : all_cells()) {
    for (const RecurrenceSize& c : {RecurrenceSize{71, 33, 13, 9}, RecurrenceSize{401, 20, 2, 3},
                                    RecurrenceSize{130, 700, 20, 5}}) {
      const RecurrenceProblem<float> problem = problem_of(c, cell);
      on_all_bf16_targets([&](const std::string& target) {
        const Pass one = problem.run(1, Precision::kBf16);
        for (const int threads : {2, 3}) {
          EXPECT_TRUE(same_bits(problem.run(threads, Precision::kBf16), one))
              << target << problem.text() << " threads " << threads;
        }
      });
      EXPECT_FALSE(same_bits(problem.run(1), problem.run(1, Precision::kBf16)))
          << problem.text() << ": nothing was rounded";
    }
  }
}

TEST(RecurrenceBf16, IsForFloatsAlone) {
  EXPECT_THROW(
      Recurrence<double>({.input_size = 3, .hidden_size = 4, .precision = Precision::kBf16}),
      ValueError);
}

}  // namespace
}  // namespace unroll
