// After the first pass of its kind neither forward() nor backward() takes anything from the heap,
// on any of the threads: every call of malloc and its relatives is counted.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "measure/allocations.h"
#include "nn/random_fill.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

struct Case {
  std::string name;
  RecurrenceOptions options;
  std::size_t steps, batch;
  bool lengths;
};

// Sizes at which the threads share the rows, the units, and nothing; sums over so many positions
// that columns are copied.
std::vector<Case> cases() {
  return {
      {"rows",
       {.input_size = 33, .hidden_size = 70, .layers = 2, .bidirectional = true},
       12,
       10,
       false},
      {"lengths",
       {.input_size = 20, .hidden_size = 70, .layers = 2, .bidirectional = true, .dropout = 0.5},
       12,
       10,
       true},
      {"units", {.input_size = 20, .hidden_size = 400, .layers = 2, .dropout = 0.5}, 3, 2, true},
      {"small", {.input_size = 3, .hidden_size = 5, .bias = Bias::kNone}, 4, 1, false},
      {"positions", {.input_size = 17, .hidden_size = 33}, 40, 49, false},
  };
}

template <class T>
class Trainer {
 public:
  Trainer(const Case& of, const CellOptions& cell, int threads, Precision precision)
      : case_(of),
        recurrence_(options_of(of, cell, precision)),
        parameters_(recurrence_.parameters()),
        team_(threads) {
    fill_random(recurrence_.parameters(), 1, 0.1);
    x_.resize(of.steps * of.batch * of.options.input_size);
    dx_.resize(x_.size());
    dy_.resize(of.steps * of.batch * recurrence_.output_size());
    lengths_.resize(of.batch);
    fill_random(x_, 2);
    fill_random(dy_, 3);
    states_ = d_final_ = recurrence_.zero_states(of.batch);
  }

  // Other lengths and weights each time, as in training; the full length among them.
  void step() {
    ++update_;
    for (Parameter<T>* parameter : parameters_) parameter->edit()[0] += T(1) / 1024;
    for (std::size_t n = 0; n < lengths_.size(); ++n) {
      lengths_[n] = (n * update_ + case_.steps) % (case_.steps + 1);
    }
    forward(case_.steps, true);
    pass_.backward(team_, dy_.data(), &d_final_, dx_.data(), &d_initial_);
  }
  void evaluate() { forward(case_.steps, false); }
  // Smaller calls than those before.
  void evaluate_one_step() {
    pass_.forward(team_, x_.data(),
                  {.steps = 1, .batch = case_.batch, .initial = &states_, .final = &states_});
    pass_.forward(team_, x_.data(), {.steps = case_.steps, .batch = 1});
  }

 private:
  static RecurrenceOptions options_of(const Case& of, const CellOptions& cell,
                                      Precision precision) {
    RecurrenceOptions options = of.options;
    options.cell = cell;
    options.precision = precision;
    return options;
  }
  void forward(std::size_t steps, bool training) {
    typename RecurrencePass<T>::Call call = {.steps = steps, .batch = case_.batch};
    if (case_.lengths) call.lengths = lengths_;
    call.initial = &states_;
    call.final = &states_;
    call.training = training;
    call.dropout = {1, update_};
    pass_.forward(team_, x_.data(), call);
  }

  const Case& case_;
  Recurrence<T> recurrence_;
  RecurrencePass<T> pass_{recurrence_};
  Parameters<T> parameters_;
  ThreadTeam team_;
  std::vector<T> x_, dx_, dy_;
  std::vector<std::size_t> lengths_;
  States<T> states_, d_final_, d_initial_;
  std::uint64_t update_ = 0;
};

template <class T>
void check(const Case& c, const CellOptions& cell, int threads,
           Precision precision = Precision::kFull) {
  Trainer<T> trainer(c, cell, threads, precision);
  const std::string where = c.name + " " + cell.name + " " + cell.activation + " " + cell.reset +
                            " threads " + std::to_string(threads) +
                            (precision == Precision::kBf16 ? " bf16" : "");
  const auto count = [](const auto& work) {
    const measure::AllocationCount allocations;
    work();
    return allocations.count();
  };
  const auto first = count([&] { trainer.step(); });
  if (!first) GTEST_SKIP() << "the C library gives no way to count";
  EXPECT_GT(*first, 0u) << where;
  EXPECT_EQ(*count([&] {
    for (int i = 0; i < 5; ++i) trainer.step();
  }),
            0u)
      << where << ": forward and backward";
  trainer.evaluate();  // packs W_ih to stay
  EXPECT_EQ(*count([&] {
    for (int i = 0; i < 5; ++i) trainer.evaluate();
  }),
            0u)
      << where << ": forward alone";
  EXPECT_EQ(*count([&] { trainer.evaluate_one_step(); }), 0u) << where << ": smaller calls";
}

TEST(RecurrenceAllocation, NoneAfterTheFirstStep) {
  for (const Case& c : cases()) {
    for (const CellOptions& cell : all_cells()) {
      for (const int threads : {1, 3}) {
        check<float>(c, cell, threads);
        check<float>(c, cell, threads, Precision::kBf16);
        check<double>(c, cell, threads);
      }
    }
  }
}

}  // namespace
}  // namespace unroll
