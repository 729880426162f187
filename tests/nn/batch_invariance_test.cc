// A sequence has the same bits alone, in any batch beside any lengths, and stepped one by one: for
// every cell, precision and instruction set.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "nn/random_fill.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

constexpr std::size_t kSteps = 7, kInputs = 9, kHidden = 37;

struct Case {
  CellOptions cell;
  Precision precision;
};

template <class T>
class Sequence {
 public:
  explicit Sequence(const Case& of, bool bidirectional)
      : recurrence_({.cell = of.cell,
                     .input_size = kInputs,
                     .hidden_size = kHidden,
                     .layers = 2,
                     .bidirectional = bidirectional,
                     .precision = of.precision}) {
    fill_random(recurrence_.parameters(), 1, 0.4);
    const std::vector<std::size_t> all = {7, 3, 0, 5, 7, 1, 6, 2, 4, 7, 7, 3, 5};
    lengths_ = all;
    x_.resize(kSteps * lengths_.size() * kInputs);
    fill_random(x_, 99);
  }

  // y and the final states of some of the sequences, in a batch of them.
  std::vector<std::vector<T>> run(const std::vector<std::size_t>& rows, int threads) {
    const std::size_t n = rows.size(), all = lengths_.size();
    std::vector<std::size_t> lengths;
    for (const std::size_t row : rows) lengths.push_back(lengths_[row]);
    const std::size_t steps = *std::max_element(lengths.begin(), lengths.end());
    std::vector<T> x(steps * n * kInputs);
    for (std::size_t t = 0; t < steps; ++t) {
      for (std::size_t i = 0; i < n; ++i) {
        std::copy_n(&x_[(t * all + rows[i]) * kInputs], kInputs, &x[(t * n + i) * kInputs]);
      }
    }
    RecurrencePass<T> pass(recurrence_);
    States<T> final = recurrence_.zero_states(n);
    const T* y = pass.forward(ThreadTeam(threads), x.data(),
                              {.steps = steps, .batch = n, .lengths = lengths, .final = &final});
    std::vector<std::vector<T>> results(n);
    const std::size_t width = recurrence_.output_size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t t = 0; t < lengths[i]; ++t) {
        const T* row = y + (t * n + i) * width;
        results[i].insert(results[i].end(), row, row + width);
      }
      add_states(final, n, i, results[i]);
    }
    return results;
  }

  // The same of one sequence, a call a step.
  std::vector<T> stepped(std::size_t row) {
    RecurrencePass<T> pass(recurrence_);
    States<T> state = recurrence_.zero_states(1);
    std::vector<T> result;
    for (std::size_t t = 0; t < lengths_[row]; ++t) {
      const T* y = pass.forward(ThreadTeam(1), &x_[(t * lengths_.size() + row) * kInputs],
                                {.steps = 1, .batch = 1, .initial = &state, .final = &state});
      result.insert(result.end(), y, y + recurrence_.output_size());
    }
    add_states(state, 1, 0, result);
    return result;
  }

  std::size_t size() const { return lengths_.size(); }
  std::size_t length(std::size_t row) const { return lengths_[row]; }

 private:
  static void add_states(const States<T>& states, std::size_t batch, std::size_t row,
                         std::vector<T>& to) {
    for (const Tensor<T>& state : states) {  // (L·D, N, H)
      for (std::size_t l = 0; l < state.shape()[0]; ++l) {
        const T* from = state.data() + (l * batch + row) * kHidden;
        to.insert(to.end(), from, from + kHidden);
      }
    }
  }

  Recurrence<T> recurrence_;
  std::vector<std::size_t> lengths_;
  std::vector<T> x_;
};

template <class T>
void expect_invariant(const Case& of, const std::string& where) {
  for (const bool bidirectional : {false, true}) {
    Sequence<T> sequence(of, bidirectional);
    std::vector<std::size_t> rows(sequence.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    const auto whole = sequence.run(rows, 2);
    std::reverse(rows.begin(), rows.end());
    const auto reversed = sequence.run(rows, 1);
    for (std::size_t i = 0; i < sequence.size(); ++i) {
      EXPECT_TRUE(reversed[sequence.size() - 1 - i] == whole[i]) << where << ", row " << i;
      if (sequence.length(i) == 0) continue;
      EXPECT_TRUE(sequence.run({i}, 1)[0] == whole[i]) << where << ", row " << i << " alone";
      EXPECT_TRUE(sequence.run({(i + 4) % sequence.size(), i}, 1)[1] == whole[i])
          << where << ", row " << i << " beside another";
      if (bidirectional) continue;
      EXPECT_TRUE(sequence.stepped(i) == whole[i]) << where << ", row " << i << " stepped";
    }
  }
}

class BatchInvariance : public testing::TestWithParam<CellOptions> {};

TEST_P(BatchInvariance, ARowDoesNotKnowItsNeighbours) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    expect_invariant<float>({GetParam(), Precision::kFull}, target + " f32");
    expect_invariant<double>({GetParam(), Precision::kFull}, target + " f64");
    expect_invariant<float>({GetParam(), Precision::kBf16}, target + " bf16");
  }
  kernels::set_target(kernels::target_names().front());
}

INSTANTIATE_TEST_SUITE_P(Cells, BatchInvariance, testing::ValuesIn(all_cells()),
                         [](const auto& info) {
                           return info.param.name + "_" + info.param.activation + "_" +
                                  info.param.reset;
                         });

}  // namespace
}  // namespace unroll
