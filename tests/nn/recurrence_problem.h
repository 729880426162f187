#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "nn/expect_near.h"
#include "nn/random_fill.h"
#include "nn/recurrence_reference.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {

struct RecurrenceSize {
  std::size_t hidden, inputs, batch, steps;
};

// Odd numbers of units, inputs, rows and steps: each size once a turn as units and once as inputs.
inline std::vector<RecurrenceSize> recurrence_grid(std::size_t turns) {
  constexpr std::size_t kSizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};
  constexpr std::size_t kBatches[] = {1, 2, 3, 5, 7, 20, 49};
  constexpr std::size_t kCount = std::size(kSizes);
  std::vector<RecurrenceSize> sizes;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::size_t n = sizes.size();
      sizes.push_back({kSizes[i], kSizes[(5 * i + 4 * turn + 3) % kCount],
                       kBatches[n % std::size(kBatches)], 1 + (n + turn) % 4});
    }
  }
  return sizes;
}

// Whether the derivative jumps somewhere: relu's at 0, that of the sLSTM's maximum where both sides
// are equal. Products in bf16 may carry a unit over it.
inline bool has_kink(const CellOptions& cell) {
  return cell.activation == "relu" || cell.name.starts_with("slstm");
}

// What a pass forward and backward has made.
template <class T>
struct RecurrenceResults {
  std::vector<T> y, dx;
  States<T> final, d_initial;
  std::vector<Tensor<T>> gradient;
};

template <class T>
void expect_near(const RecurrenceResults<T>& got, const ReferenceRecurrence<T>& wanted,
                 double bound, const std::string& where) {
  expect_near(got.y, wanted.y, bound, where + " y");
  expect_near(got.dx, wanted.dx, bound, where + " dx");
  for (std::size_t k = 0; k < got.final.size(); ++k) {
    expect_near(got.final[k], wanted.final[k], bound, where + " final state");
    expect_near(got.d_initial[k], wanted.d_initial[k], bound, where + " d(initial state)");
  }
  for (std::size_t p = 0; p < got.gradient.size(); ++p) {
    expect_near(got.gradient[p], wanted.gradient[p], bound,
                where + " gradient of parameter " + std::to_string(p));
  }
}

// One layer with random weights, inputs, states and gradients of its outputs. `round`, unless null,
// is applied to all that products multiply.
template <class T>
class RecurrenceProblem {
 public:
  RecurrenceProblem(const RecurrenceSize& of, const CellOptions& cell, T (*round)(T) = nullptr)
      : size(of),
        options{.cell = cell, .input_size = of.inputs, .hidden_size = of.hidden},
        round_(round) {
    const Recurrence<T> recurrence(options);
    x_.resize(of.steps * of.batch * of.inputs);
    dy_.resize(of.steps * of.batch * of.hidden);
    initial_ = recurrence.zero_states(of.batch);
    d_final_ = recurrence.zero_states(of.batch);
    fill_random(x_, 100);
    fill_random(dy_, 101);
    fill_random_states(initial_, 102);
    fill_random_states(d_final_, 110);
    apply_round(x_);
    for (Tensor<T>& state : initial_) apply_round(state);
  }

  ReferenceRecurrence<T> reference() const {
    return reference_recurrence<T>(options, make(Precision::kFull).parameters(), x_.data(),
                                   std::vector<std::size_t>(size.batch, size.steps), size.steps,
                                   &initial_, dy_.data(), &d_final_);
  }

  RecurrenceResults<T> run(int threads, Precision precision = Precision::kFull) const {
    Recurrence<T> recurrence = make(precision);
    RecurrencePass<T> pass_over(recurrence);
    const ThreadTeam team(threads);
    RecurrenceResults<T> pass;
    const T* y = pass_over.forward(team, x_.data(),
                                   {.steps = size.steps,
                                    .batch = size.batch,
                                    .initial = &initial_,
                                    .final = &pass.final,
                                    .training = true});
    pass.y.assign(y, y + dy_.size());
    pass.dx.assign(x_.size(), T(7));
    pass_over.backward(team, dy_.data(), &d_final_, pass.dx.data(), &pass.d_initial);
    for (Parameter<T>* parameter : recurrence.parameters()) {
      pass.gradient.push_back(parameter->gradient);
    }
    return pass;
  }

  std::string text() const {
    const CellOptions& cell = options.cell;
    return " " + cell.name + " " + cell.activation + " " + cell.reset +
           " H=" + std::to_string(size.hidden) + " I=" + std::to_string(size.inputs) +
           " N=" + std::to_string(size.batch) + " T=" + std::to_string(size.steps);
  }

  RecurrenceSize size;
  RecurrenceOptions options;

 private:
  template <class Array>
  void apply_round(Array& array) const {
    if (round_ != nullptr) std::transform(array.begin(), array.end(), array.begin(), round_);
  }

  // Weights so small that no sum of |w h| or |w x| exceeds 1: errors do not grow through time.
  Recurrence<T> make(Precision precision) const {
    RecurrenceOptions all = options;
    all.precision = precision;
    Recurrence<T> recurrence(all);
    std::uint64_t stream = 1;
    for (Parameter<T>* parameter : recurrence.parameters()) {
      const Shape& shape = parameter->shape();
      const double terms = shape.rank() == 2 ? static_cast<double>(shape[1]) : 2;
      fill_random(parameter->edit(), stream++, 1 / terms);
      if (shape.rank() == 2) apply_round(parameter->edit());
    }
    return recurrence;
  }

  T (*round_)(T);
  std::vector<T> x_, dy_;
  States<T> initial_, d_final_;
};

}  // namespace unroll
