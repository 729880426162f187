// A recurrent layer that remembers: its state goes on from one call to the next until it is set or
// reset. So a long sequence can be read in pieces, and the gradient of the state at the start of a
// piece says how that piece's loss depends on all that came before.
//
// Usage: time_rnn [FOLDER]. Writes the numbers of the picture into FOLDER.

#include <unroll/nn/recurrence_pass.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "table_file.h"

using Numbers = std::vector<double>;
using State = unroll::States<double>;  // h, and c for an LSTM, (layers, N, H) each

class TimeRnn {
 public:
  TimeRnn(const unroll::RecurrenceOptions& options, std::size_t batch)
      : rnn_(options), pass_(rnn_), batch_(batch), state_(rnn_.zero_states(batch)) {}

  void reset_state() { state_ = rnn_.zero_states(batch_); }
  void set_state(const State& state) { state_ = state; }
  const State& state() const { return state_; }

  // x (T, N, I) -> y (T, N, H); the state afterwards is where the next call begins.
  Numbers forward(const Numbers& x) {
    const std::size_t steps = x.size() / (batch_ * rnn_.options().input_size);
    const double* y = pass_.forward(
        team_, x.data(),
        {.steps = steps, .batch = batch_, .initial = &state_, .final = &state_, .training = true});
    return Numbers(y, y + steps * batch_ * rnn_.output_size());
  }

  // dy (T, N, H) of the last call, `d_final` the gradient of the state after it (what the next
  // piece of the sequence hands back; null: nothing). Returns that of the state before it.
  State backward(const Numbers& dy, const State* d_final = nullptr) {
    State d_initial;
    pass_.backward(team_, dy.data(), d_final, nullptr, &d_initial);
    return d_initial;
  }

  unroll::Parameters<double> parameters() { return rnn_.parameters(); }
  std::vector<std::string> state_names() const { return rnn_.state_names(); }

 private:
  unroll::Recurrence<double> rnn_;
  unroll::RecurrencePass<double> pass_;
  unroll::ThreadTeam team_;
  std::size_t batch_;
  State state_;
};

// Some numbers in [-0.5, 0.5] without a pattern.
void fill(double* begin, double* end, double seed) {
  for (double* value = begin; value != end; ++value) {
    *value = std::sin(seed + 37.7 * static_cast<double>(value - begin)) / 2;
  }
}

double largest_difference(const double* first, const double* second, std::size_t count) {
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i)
    largest = std::max(largest, std::fabs(first[i] - second[i]));
  return largest;
}

bool report(const char* what, double difference, double limit) {
  const bool right = difference <= limit;
  std::printf("  %-64s %.1e%s\n", what, difference, right ? "" : "  WRONG");
  return right;
}

void fill_parameters(TimeRnn& layer) {
  double seed = 0;
  for (auto* parameter : layer.parameters()) {
    unroll::Tensor<double>& value = parameter->edit();
    fill(value.begin(), value.end(), ++seed);
  }
}

// One unit of a layer over 30 steps: in one pass, and from the middle on with the state carried and
// with the state reset.
void write_table(const std::string& folder) {
  constexpr std::size_t kHalf = 15;
  TimeRnn layer({.cell = {.name = "gru"}, .input_size = 1, .hidden_size = 4}, 1);
  fill_parameters(layer);
  Numbers first(kHalf), second(kHalf);
  for (std::size_t t = 0; t < kHalf; ++t) {
    first[t] = std::sin(0.4 * static_cast<double>(t));
    second[t] = std::sin(0.4 * static_cast<double>(t + kHalf));
  }
  Numbers x = first;
  x.insert(x.end(), second.begin(), second.end());
  const Numbers whole = layer.forward(x);
  layer.reset_state();
  layer.forward(first);
  const Numbers carried = layer.forward(second);
  layer.reset_state();
  const Numbers reset = layer.forward(second);
  TableFile table(folder, "time_rnn", "step,whole,carried,reset");
  for (std::size_t t = 0; t < 2 * kHalf; ++t) {
    const std::size_t at = t < kHalf ? 0 : 4 * (t - kHalf);
    table.row({static_cast<double>(t + 1), whole[4 * t], t < kHalf ? NAN : carried[at],
               t < kHalf ? NAN : reset[at]});
  }
  table.close();
}

bool show(const std::string& cell) {
  constexpr std::size_t kSteps = 6, kBatch = 2, kInputs = 3, kHidden = 4;
  TimeRnn layer({.cell = {.name = cell}, .input_size = kInputs, .hidden_size = kHidden}, kBatch);
  fill_parameters(layer);
  Numbers x(kSteps * kBatch * kInputs), weight(kSteps * kBatch * kHidden);
  fill(x.data(), x.data() + x.size(), 20);
  fill(weight.data(), weight.data() + weight.size(), 30);
  const auto half = [](const Numbers& all, std::ptrdiff_t which) {
    const auto middle = static_cast<std::ptrdiff_t>(all.size() / 2);
    return Numbers(all.begin() + which * middle, all.begin() + (which + 1) * middle);
  };
  // loss = sum of weight · y, so that d(loss)/dy = weight.
  const auto loss_from = [&](const State& start) {
    layer.set_state(start);
    const Numbers y = layer.forward(x);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += weight[i] * y[i];
    return sum;
  };
  std::printf("%s\n", cell.c_str());
  bool right = true;

  // 1. One pass over all steps, and two passes between which the state is carried.
  const Numbers whole = layer.forward(x);
  const State end = layer.state();
  layer.reset_state();
  Numbers pieces = layer.forward(half(x, 0));
  const State middle = layer.state();
  const Numbers second = layer.forward(half(x, 1));
  pieces.insert(pieces.end(), second.begin(), second.end());
  right &= report("one pass - two halves with the state carried: outputs",
                  largest_difference(whole.data(), pieces.data(), whole.size()), 1e-14);
  for (std::size_t k = 0; k < end.size(); ++k) {
    right &=
        report(("  final state " + layer.state_names()[k]).c_str(),
               largest_difference(end[k].data(), layer.state()[k].data(), end[k].size()), 1e-14);
  }
  // 2. A state can be put back, and a reset forgets.
  layer.set_state(middle);
  right &=
      report("second half again after set_state: outputs",
             largest_difference(second.data(), layer.forward(half(x, 1)).data(), second.size()), 0);
  layer.reset_state();
  if (largest_difference(second.data(), layer.forward(half(x, 1)).data(), second.size()) < 1e-3) {
    right = report("second half after reset_state does not differ", 1, 0);
  }

  // 3. The gradient of the initial state, against central differences.
  State start = middle;
  loss_from(start);
  const State gradient = layer.backward(weight);
  for (std::size_t k = 0; k < start.size(); ++k) {
    Numbers difference(start[k].size());
    for (std::size_t i = 0; i < start[k].size(); ++i) {
      const double value = start[k][i];
      start[k][i] = value + 1e-5;
      const double above = loss_from(start);
      start[k][i] = value - 1e-5;
      difference[i] = (above - loss_from(start)) / 2e-5;
      start[k][i] = value;
    }
    const std::string what = "gradient of the initial " + layer.state_names()[k] + " - differences";
    right &=
        report(what.c_str(),
               largest_difference(gradient[k].data(), difference.data(), difference.size()), 1e-8);
  }

  // 4. The same gradient piece by piece: what the second half hands back goes into the first.
  layer.set_state(start);
  layer.forward(half(x, 0));
  layer.forward(half(x, 1));
  const State d_middle = layer.backward(half(weight, 1));
  layer.set_state(start);
  layer.forward(half(x, 0));
  const State d_start = layer.backward(half(weight, 0), &d_middle);
  for (std::size_t k = 0; k < start.size(); ++k) {
    const std::string what = "gradient of the initial " + layer.state_names()[k] + " - by halves";
    right &=
        report(what.c_str(),
               largest_difference(gradient[k].data(), d_start[k].data(), d_start[k].size()), 1e-14);
  }
  return right;
}

int main(int argc, char** argv) try {
  bool right = true;
  for (const char* cell : {"elman", "gru", "lstm"}) right = show(cell) && right;
  if (argc > 1) write_table(argv[1]);
  return right ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "time_rnn: %s\n", error.what());
  return 1;
}
