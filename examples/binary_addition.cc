// Binary addition: a recurrence of three units learns to carry. It reads two numbers bit by bit,
// the least significant first, and writes the bits of their sum.
//
//   h_t = tanh(W x_t + b + U h_{t-1})   h_0 is trained as well      x_t: a bit of each number
//   y_t = σ(v h_t + c)                  loss = cross-entropy, mean over all bits of all sums
//
// Usage: binary_addition [SEED [FOLDER]]. Writes the numbers of the picture into FOLDER. Fails
// unless every sum of two 6-bit numbers comes out right.

#include <unroll/nn/head.h>
#include <unroll/nn/initialization.h>
#include <unroll/nn/linear.h>
#include <unroll/nn/recurrence_pass.h>
#include <unroll/optim/optimizer.h>
#include <unroll/train/gradient_check.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include "table_file.h"

using Numbers = std::vector<double>;

constexpr std::size_t kUnits = 3;
constexpr unsigned kBits = 6, kSteps = kBits + 1;  // the sum has a bit more
constexpr unsigned kNumbers = 1u << kBits;
constexpr std::size_t kPairs = 2000, kBatch = 100, kPasses = 5, kStarts = 20;

struct Pair {
  unsigned first, second;
};

double bit(unsigned number, unsigned t) { return (number >> t) & 1; }

// x (T, N, 2) and the bits of the sums (T, N).
struct Batch {
  Numbers x, sum;
};
Batch make_batch(const Pair* pairs, std::size_t count) {
  Batch batch;
  for (unsigned t = 0; t < kSteps; ++t) {
    for (const Pair* p = pairs; p != pairs + count; ++p) {
      batch.x.push_back(bit(p->first, t));
      batch.x.push_back(bit(p->second, t));
      batch.sum.push_back(bit(p->first + p->second, t));
    }
  }
  return batch;
}

class Adder {
 public:
  explicit Adder(std::uint64_t seed) {
    auto initial = unroll::initial_parameters(rnn_);
    for (const auto& parameter : unroll::initial_parameters(output_)) initial.push_back(parameter);
    unroll::initialize(initial, {.seed = seed});
    start_.make_gradient();
  }

  const unroll::Tensor<double>& start() const { return start_.value(); }  // h_0
  unroll::Parameters<double> parameters() {
    unroll::Parameters<double> all = rnn_.parameters();
    for (auto* parameter : output_.parameters()) all.push_back(parameter);
    all.push_back(&start_);
    return all;
  }

  // Logits (T, N) of the sum's bits; `states` becomes h (T, N, H).
  Numbers forward(const Numbers& x, Numbers& states) {
    const std::size_t batch = x.size() / kSteps / 2;
    unroll::States<double> initial = rnn_.zero_states(batch);  // h_0, the same for every row
    for (std::size_t i = 0; i < batch * kUnits; ++i) initial[0][i] = start_.value()[i % kUnits];
    const double* h = pass_.forward(
        team_, x.data(), {.steps = kSteps, .batch = batch, .initial = &initial, .training = true});
    states.assign(h, h + kSteps * batch * kUnits);
    Numbers logits(kSteps * batch);
    output_.forward(team_, logits.size(), states.data(), logits.data());
    return logits;
  }

  // The loss of a batch; from its logits (T, N), whose place the gradient takes.
  double loss(const Batch& batch, Numbers& logits) {
    return unroll::loss<double>(team_, unroll::HeadOptions{"sigmoid"},
                                {.rows = logits.size(),
                                 .width = 1,
                                 .predictions = logits.data(),
                                 .targets = batch.sum.data()},
                                unroll::Reduction::kMean, logits.data());
  }
  double loss(const Batch& batch) {
    Numbers states, logits = forward(batch.x, states);
    return loss(batch, logits);
  }

  double loss_and_gradient(const Batch& batch) {
    Numbers states, logits = forward(batch.x, states);
    const double value = loss(batch, logits);
    const Numbers& d_logits = logits;
    Numbers d_states(states.size());
    output_.backward(team_, d_logits.size(), states.data(), d_logits.data(), d_states.data());
    unroll::States<double> d_initial;
    pass_.backward(team_, d_states.data(), nullptr, nullptr, &d_initial);
    // Every row of the batch started from h_0.
    start_.gradient.fill(0);
    for (std::size_t i = 0; i < d_initial[0].size(); ++i) {
      start_.gradient[i % kUnits] += d_initial[0][i];
    }
    return value;
  }

  // How many of the sums come out with every bit right.
  std::size_t right_sums(const std::vector<Pair>& pairs) {
    const Batch batch = make_batch(pairs.data(), pairs.size());
    Numbers states;
    const Numbers logits = forward(batch.x, states);
    std::size_t right = 0;
    for (std::size_t n = 0; n < pairs.size(); ++n) {
      bool all = true;
      for (std::size_t i = n; i < logits.size(); i += pairs.size()) {
        all = all && (logits[i] > 0) == (batch.sum[i] > 0.5);
      }
      right += all;
    }
    return right;
  }

 private:
  unroll::Recurrence<double> rnn_{{.cell = {.name = "elman", .activation = "tanh"},
                                   .input_size = 2,
                                   .hidden_size = kUnits,
                                   .bias = unroll::Bias::kOne}};
  unroll::RecurrencePass<double> pass_{rnn_};
  unroll::Linear<double> output_{{.input_size = kUnits, .output_size = 1}};
  unroll::Parameter<double> start_{"initial_state", {kUnits}};  // h_0
  unroll::ThreadTeam team_{1};
};

// The gradients of all parameters, h_0 among them, against differences.
bool gradients_are_right(Adder& adder, const Batch& batch) {
  const unroll::GradientCheck check = unroll::check_gradients<double>(
      adder.parameters(), [&] { return adder.loss(batch); },
      [&] { adder.loss_and_gradient(batch); });
  std::puts("parameter            back-propagation and differences differ by");
  for (const auto& parameter : check.parameters) {
    std::printf("  %-18s %.1e%s\n", parameter.name.c_str(), parameter.relative_error,
                parameter.passed ? "" : "  WRONG");
  }
  return check.passed;
}

// A few passes over the training sums. Momentum is in Nesterov's form: the optimizer holds the
// point ahead, where the gradients are taken.
void train(Adder& adder, const std::vector<Pair>& training) {
  unroll::Optimizer<double> rmsprop(
      {.name = "rmsprop", .momentum = 0.8, .nesterov = true, .decay = 0.5, .epsilon = 1e-6},
      adder.parameters());
  for (std::size_t pass = 1; pass <= kPasses; ++pass) {
    double loss = 0;
    for (std::size_t i = 0; i < kPairs; i += kBatch) {
      loss += adder.loss_and_gradient(make_batch(&training[i], kBatch));
      rmsprop.step(0.05, 1, unroll::ThreadTeam(1));
    }
    std::printf("  pass %zu   loss %.4f\n", pass, loss * kBatch / kPairs);
  }
}

// One sum, bit by bit; the row of step 0 has h_0.
void show_sum(Adder& adder, const Pair& pair, const std::string& folder) {
  const Batch batch = make_batch(&pair, 1);
  Numbers h;
  const Numbers logits = adder.forward(batch.x, h);
  const auto& start = adder.start();
  std::printf("\n%u + %u = %u, least significant bit first\n", pair.first, pair.second,
              pair.first + pair.second);
  std::printf("  step  bits  sum  answer      h1      h2      h3\n");
  std::printf("     0                      %6.3f  %6.3f  %6.3f\n", start[0], start[1], start[2]);
  std::vector<std::array<double, 8>> rows = {{0, NAN, NAN, NAN, NAN, start[0], start[1], start[2]}};
  for (std::size_t t = 0; t < kSteps; ++t) {
    const double answer = 1 / (1 + std::exp(-logits[t])), *unit = &h[t * kUnits];
    std::printf("     %zu   %.0f %.0f    %.0f  %.4f    %6.3f  %6.3f  %6.3f\n", t + 1,
                batch.x[2 * t], batch.x[2 * t + 1], batch.sum[t], answer, unit[0], unit[1],
                unit[2]);
    rows.push_back({static_cast<double>(t + 1), batch.x[2 * t], batch.x[2 * t + 1], batch.sum[t],
                    answer, unit[0], unit[1], unit[2]});
  }
  if (folder.empty()) return;
  TableFile table(folder, "binary_addition", "step,first,second,sum,answer,h1,h2,h3");
  for (const auto& row : rows) table.row(row);
  table.close();
}

int main(int argc, char** argv) try {
  const unsigned long seed = argc > 1 ? std::stoul(argv[1]) : 1;
  std::mt19937 generator(static_cast<std::mt19937::result_type>(seed));
  const auto number = [&] { return static_cast<unsigned>(generator() >> (32 - kBits)); };
  std::vector<Pair> training(kPairs), all;
  for (Pair& pair : training) {
    pair.first = number();
    pair.second = number();
  }
  for (unsigned i = 0; i < kNumbers * kNumbers; ++i) all.push_back({i / kNumbers, i % kNumbers});

  // With steps as large as these about half of all starts end in a minimum that is not the lowest:
  // then the next start. The training sums alone decide.
  for (unsigned long start = 1; start <= kStarts; ++start) {
    Adder adder(1000 * seed + start);
    if (start == 1 && !gradients_are_right(adder, make_batch(training.data(), kBatch))) return 1;
    std::printf("start %lu\n", start);
    train(adder, training);
    const std::size_t learned = adder.right_sums(training);
    std::printf("  %zu of %zu training sums right\n", learned, training.size());
    if (learned < training.size()) continue;

    const std::size_t right = adder.right_sums(all);
    std::printf("%zu of all %zu sums of two %u-bit numbers right\n", right, all.size(), kBits);
    show_sum(adder, {22, 13}, argc > 2 ? argv[2] : "");
    return right == all.size() ? 0 : 1;
  }
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "binary_addition: %s\n", error.what());
  return 1;
}
