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
#include "nn/random_fill.h"
#include "nn/recurrence_reference.h"
#include "unroll/core/error.h"
#include "unroll/nn/recurrence.h"

namespace unroll {
namespace {

using kernels::nearest_bf16;
using kernels::on_all_bf16_targets;

// A factor is off by u of it at most.
constexpr double kRounding = 1.0 / 256;

struct Case {
  std::size_t hidden, inputs, batch, steps;
};

// What a pass has made.
struct Pass {
  std::vector<float> y, dx;
  States<float> final, d_initial;
  std::vector<Tensor<float>> gradients;
};

class Problem {
 public:
  Problem(const Case& of, const CellOptions& cell)
      : size(of), options{.cell = cell, .input_size = of.inputs, .hidden_size = of.hidden} {
    Recurrence<float> recurrence = make(Precision::kFull);
    x.resize(of.steps * of.batch * of.inputs);
    dy.resize(of.steps * of.batch * of.hidden);
    initial = recurrence.zero_states(of.batch);
    d_final = recurrence.zero_states(of.batch);
    fill_random(x, 100);
    fill_random(dy, 101);
    fill_random_states(initial, 102);
    fill_random_states(d_final, 110);
    round(x);
    for (Tensor<float>& state : initial) round(state);
  }

  // Weights that bf16 holds, so small that no sum of |w h| or |w x| exceeds 1: errors do not grow
  // through time.
  Recurrence<float> make(Precision precision) const {
    RecurrenceOptions all = options;
    all.precision = precision;
    Recurrence<float> recurrence(all);
    std::uint64_t stream = 1;
    for (Parameter<float>* parameter : recurrence.parameters()) {
      const Shape& shape = parameter->shape();
      const double terms = shape.rank() == 2 ? static_cast<double>(shape[1]) : 2;
      fill_random(parameter->edit(), stream++, 1 / terms);
      if (shape.rank() == 2) round(parameter->edit());
    }
    return recurrence;
  }

  ReferenceRecurrence<float> reference() const {
    return reference_recurrence<float>(options, make(Precision::kFull).parameters(), x.data(),
                                       std::vector<std::size_t>(size.batch, size.steps), size.steps,
                                       &initial, dy.data(), &d_final);
  }

  Pass run(Precision precision, int threads) const {
    Recurrence<float> recurrence = make(precision);
    const ThreadTeam team(threads);
    Pass pass;
    const float* y = recurrence.forward(team, x.data(),
                                        {.steps = size.steps,
                                         .batch = size.batch,
                                         .initial = &initial,
                                         .final = &pass.final,
                                         .training = true});
    pass.y.assign(y, y + dy.size());
    pass.dx.assign(x.size(), 7.0f);
    recurrence.backward(team, dy.data(), &d_final, pass.dx.data(), &pass.d_initial);
    for (Parameter<float>* parameter : recurrence.parameters()) {
      pass.gradients.push_back(parameter->gradient);
    }
    return pass;
  }

  Case size;
  RecurrenceOptions options;

 private:
  template <class Array>
  static void round(Array& array) {
    for (float& value : array) value = nearest_bf16(value);
  }

  std::vector<float> x, dy;
  States<float> initial, d_final;
};

std::string text(const Case& c, const CellOptions& cell) {
  return " " + cell.name + " " + cell.activation + " " + cell.reset +
         " H=" + std::to_string(c.hidden) + " I=" + std::to_string(c.inputs) +
         " N=" + std::to_string(c.batch) + " T=" + std::to_string(c.steps);
}

std::vector<Case> grid() {
  constexpr std::size_t kSizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};
  constexpr std::size_t kBatches[] = {1, 2, 3, 5, 7, 20, 49};
  constexpr std::size_t kCount = std::size(kSizes);
  std::vector<Case> cases;
  for (std::size_t turn = 0; turn < 2; ++turn) {
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::size_t n = cases.size();
      cases.push_back({kSizes[i], kSizes[(5 * i + 4 * turn + 3) % kCount],
                       kBatches[n % std::size(kBatches)], 1 + (n + turn) % 4});
    }
  }
  return cases;
}

// Both factors of a product are off by u at most: a sum by 2u of what its terms sum up to without
// their signs, which here is 1 and more for a large element; twice that for the two products of a
// pre-activation, and T steps follow on each other. Rounding may carry a pre-activation over the
// kink of relu, where the derivative jumps.
TEST(RecurrenceBf16, IsNearTheReference) {
  for (const CellOptions& cell : all_cells()) {
    for (const Case& c : grid()) {
      const Problem problem(c, cell);
      const ReferenceRecurrence<float> wanted = problem.reference();
      const double bound = static_cast<double>(c.steps) * 4 * kRounding;
      on_all_bf16_targets([&](const std::string& target) {
        const std::string where = target + text(c, cell);
        const Pass got = problem.run(Precision::kBf16, 1 + static_cast<int>(c.hidden % 3));
        expect_near(got.y, wanted.y, bound, where + " y");
        for (std::size_t k = 0; k < got.final.size(); ++k) {
          expect_near(got.final[k], wanted.final[k], bound, where + " final state");
        }
        if (cell.activation == "relu") return;
        expect_near(got.dx, wanted.dx, bound, where + " dx");
        for (std::size_t k = 0; k < got.final.size(); ++k) {
          expect_near(got.d_initial[k], wanted.d_initial[k], bound, where + " d(initial state)");
        }
        for (std::size_t p = 0; p < got.gradients.size(); ++p) {
          expect_near(got.gradients[p], wanted.gradient[p], bound, where + " gradient");
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
    for (Case c : grid()) {
      c.steps = 1;
      const Problem problem(c, cell);
      const ReferenceRecurrence<float> wanted = problem.reference();
      const double terms = static_cast<double>(c.inputs + c.hidden);
      const double bound = (56 + 4 * std::sqrt(terms)) * std::numeric_limits<float>::epsilon();
      on_all_bf16_targets([&](const std::string& target) {
        expect_near(problem.run(Precision::kBf16, 1).y, wanted.y, bound, target + text(c, cell));
      });
      if (HasFatalFailure()) return;
    }
  }
}

bool same_bits(const Pass& a, const Pass& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  bool same = equal(a.y, b.y) && equal(a.dx, b.dx) && a.gradients.size() == b.gradients.size();
  for (std::size_t k = 0; k < a.final.size(); ++k) {
    same = same && equal(a.final[k], b.final[k]) && equal(a.d_initial[k], b.d_initial[k]);
  }
  for (std::size_t p = 0; p < a.gradients.size(); ++p) {
    same = same && equal(a.gradients[p], b.gradients[p]);
  }
  return same;
}

// Sizes at which the threads share the rows, and the units.
TEST(RecurrenceBf16, ThreadsChangeNoBit) {
  for (const CellOptions& cell : all_cells()) {
    for (const Case& c : {Case{71, 33, 13, 9}, Case{401, 20, 2, 3}, Case{130, 700, 20, 5}}) {
      const Problem problem(c, cell);
      on_all_bf16_targets([&](const std::string& target) {
        const Pass one = problem.run(Precision::kBf16, 1);
        for (const int threads : {2, 3}) {
          EXPECT_TRUE(same_bits(problem.run(Precision::kBf16, threads), one))
              << target << text(c, cell) << " threads " << threads;
        }
      });
      EXPECT_FALSE(same_bits(problem.run(Precision::kFull, 1), problem.run(Precision::kBf16, 1)))
          << text(c, cell) << ": nothing was rounded";
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
