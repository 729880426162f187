// Recurrent weights in blocks on the diagonal: every cell that has such weights, against plain
// loops, against the same weights written out as one matrix, and the same bits for any number of
// threads.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "nn/cells/cell.h"
#include "nn/gradient_model.h"
#include "nn/recurrence_problem.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

std::vector<CellOptions> recurrent_cells(std::size_t heads) {
  std::vector<CellOptions> cells;
  for (CellOptions cell : all_cells()) {
    cell.heads = heads;
    if (find_cell(cell).is_recurrent()) cells.push_back(cell);
  }
  return cells;
}

struct HeadsCase {
  RecurrenceSize size;
  std::size_t heads;
};
const HeadsCase kCases[] = {
    {{6, 3, 2, 3}, 2},    {{5, 4, 3, 2}, 5},     {{34, 9, 7, 3}, 2},
    {{129, 17, 5, 2}, 3}, {{128, 20, 20, 3}, 4}, {{260, 65, 49, 2}, 2},
};

// The bound of recurrence_grid_test.cc.
double bound(const HeadsCase& c, const CellOptions& options) {
  const Cell& cell = find_cell(options);
  const std::size_t terms =
      c.size.inputs + (1 + cell.gates.size()) * c.size.hidden + c.size.steps * c.size.batch;
  return static_cast<double>(c.size.steps) * (cell.row_stages.empty() ? 1 : 8) *
         (56 + 4 * std::sqrt(static_cast<double>(terms)));
}

template <class T>
void check(const HeadsCase& c, const CellOptions& cell, const std::string& target, int threads) {
  const RecurrenceProblem<T> problem(c.size, cell);
  expect_near(problem.run(threads), problem.reference(),
              bound(c, cell) * std::numeric_limits<T>::epsilon(),
              target + problem.text() + " heads " + std::to_string(c.heads));
}

TEST(RecurrenceHeads, AgreeWithTheReference) {
  int threads = 0;
  for (const HeadsCase& c : kCases) {
    for (const CellOptions& cell : recurrent_cells(c.heads)) {
      for (const std::string& target : kernels::target_names()) {
        kernels::set_target(target);
        threads = 1 + threads % 3;
        check<float>(c, cell, target, threads);
        check<double>(c, cell, target, threads);
      }
    }
  }
}

// The parameter holds the blocks alone: row r of W_hh has the H/heads numbers that multiply the
// units of its own block. As one matrix, with zeros elsewhere, it gives the same.
TEST(RecurrenceHeads, AreTheBlocksOfAMatrix) {
  const std::size_t hidden = 12, heads = 3, width = hidden / heads;
  for (const CellOptions& cell : recurrent_cells(heads)) {
    CellOptions dense = cell;
    dense.heads = 1;
    Recurrence<double> blocks({.cell = cell, .input_size = 4, .hidden_size = hidden});
    Recurrence<double> whole({.cell = dense, .input_size = 4, .hidden_size = hidden});
    fill_random(blocks.parameters(), 1);
    for (std::size_t p = 0; p < blocks.parameters().size(); ++p) {
      const Parameter<double>& from = *blocks.parameters()[p];
      Tensor<double>& to = whole.parameters()[p]->edit();
      if (from.name() != "rnn.weight_hh_l0") {
        to = from.value();
        continue;
      }
      EXPECT_EQ(from.shape(), Shape({to.shape()[0], width}));
      for (std::size_t i = 0; i < from.size(); ++i) {
        const std::size_t row = i / width, unit = row % hidden;
        to[row * hidden + unit / width * width + i % width] = from.value()[i];
      }
    }
    std::vector<double> x(5 * 2 * 4);
    fill_random(x, 7);
    RecurrencePass<double> block_pass(blocks), whole_pass(whole);
    const RecurrencePass<double>::Call call{.steps = 5, .batch = 2};
    const double* got = block_pass.forward(ThreadTeam(1), x.data(), call);
    const double* wanted = whole_pass.forward(ThreadTeam(1), x.data(), call);
    for (std::size_t i = 0; i < 5 * 2 * hidden; ++i) ASSERT_NEAR(got[i], wanted[i], 1e-12);
  }
}

TEST(RecurrenceHeads, GradientsAgreeWithDifferences) {
  for (const CellOptions& cell : recurrent_cells(3)) {
    const GradientCase c{.cell = cell, .layers = 2, .bidirectional = true, .dropout = true};
    const GradientCheck check = GradientModel(c).check();
    EXPECT_TRUE(check.passed) << c.text() << ": " << check.max_relative_error;
  }
}

TEST(RecurrenceHeads, ThreadsChangeNoBitInBf16Either) {
  for (const CellOptions& cell : recurrent_cells(4)) {
    for (const RecurrenceSize& size :
         {RecurrenceSize{400, 20, 2, 3}, RecurrenceSize{72, 33, 13, 5}}) {
      const RecurrenceProblem<float> problem(size, cell);
      for (const Precision precision : {Precision::kFull, Precision::kBf16}) {
        const RecurrenceResults<float> one = problem.run(1, precision);
        for (const int threads : {2, 3}) {
          const RecurrenceResults<float> many = problem.run(threads, precision);
          EXPECT_EQ(many.y, one.y) << problem.text();
          EXPECT_EQ(many.dx, one.dx) << problem.text();
          for (std::size_t p = 0; p < one.gradient.size(); ++p) {
            EXPECT_TRUE(std::ranges::equal(many.gradient[p], one.gradient[p])) << problem.text();
          }
        }
      }
    }
  }
}

// Both factors of a product in bf16 are off by 1/256 at most; see recurrence_bf16_test.cc.
TEST(RecurrenceHeads, InBf16AreNearTheReference) {
  for (const CellOptions& cell : recurrent_cells(2)) {
    if (has_kink(cell)) continue;
    const RecurrenceProblem<float> problem({34, 9, 7, 2}, cell);
    expect_near(problem.run(2, Precision::kBf16), problem.reference(), 2 * 8 / 256.0,
                "bf16" + problem.text());
  }
}

TEST(RecurrenceHeads, ThatDoNotFitAreRefused) {
  const auto refusal = [](const CellOptions& cell) {
    try {
      const Recurrence<float> recurrence({.cell = cell, .input_size = 2, .hidden_size = 6});
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal({.name = "lstm", .heads = 3}), "");
  EXPECT_EQ(refusal({.name = "lstm", .heads = 4}),
            "heads is 4; wanted a divisor of hidden_size, 6");
  EXPECT_EQ(refusal({.name = "lstm", .heads = 0}),
            "heads is 0; wanted a divisor of hidden_size, 6");
  EXPECT_EQ(refusal({.name = "sru", .heads = 2}),
            "heads is 2, but the cell 'sru' has no recurrent weights; leave it at 1");
}

}  // namespace
}  // namespace unroll
