#pragma once

#include <unroll/nn/recurrence_pass.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

namespace counting_ones {

using Numbers = std::vector<double>;

// Random bits that NumPy draws too: numpy.random.RandomState(1).random_sample(), from draw `skip`
// on, rounded. A draw has 53 bits of two words of the Mersenne twister.
inline Numbers random_bits(std::size_t skip, std::size_t count) {
  std::mt19937 generator(1);
  Numbers bits;
  for (std::size_t draw = 0; draw < skip + count; ++draw) {
    const double a = static_cast<double>(generator() >> 5);
    const double b = static_cast<double>(generator() >> 6);
    const double uniform = (a * 0x1p26 + b) / 0x1p53;
    if (draw >= skip) bits.push_back(uniform > 0.5 ? 1 : 0);
  }
  return bits;
}

// The two sets of 20 sequences of 10 bits: draws 0 to 199, and 2,200 to 2,399.
inline constexpr std::size_t kSequences = 20, kSteps = 10;
inline Numbers data_set_a() { return random_bits(0, kSequences * kSteps); }
inline Numbers data_set_b() { return random_bits(2200, kSequences * kSteps); }

struct Weights {
  double x, rec;
};

// One linear recurrent unit that is to count the ones in its input:
//   s_k = s_{k-1} w_rec + x_k w_x     k = 1 … T, s_0 = 0
//   loss = mean of (s_T - number of ones)² over the sequences
// It counts where both weights are 1.
class Counter {
 public:
  // bits (N, T), a row a sequence.
  Counter(const Numbers& bits, std::size_t sequences)
      : sequences_(sequences), steps_(bits.size() / sequences), x_(bits.size()), ones_(sequences) {
    for (std::size_t n = 0; n < sequences_; ++n) {
      for (std::size_t t = 0; t < steps_; ++t) {
        x_[t * sequences_ + n] = bits[n * steps_ + t];
        ones_[n] += bits[n * steps_ + t];
      }
    }
  }

  unroll::Parameters<double> parameters() { return rnn_.parameters(); }  // w_x, w_rec
  Weights weights() { return {parameters()[0]->value()[0], parameters()[1]->value()[0]}; }
  void set(const Weights& weights) {
    parameters()[0]->edit()[0] = weights.x;
    parameters()[1]->edit()[0] = weights.rec;
  }

  // s_T of each sequence.
  Numbers count() {
    pass_.forward(team_, x_.data(),
                  {.steps = steps_, .batch = sequences_, .final = &final_, .training = true});
    return Numbers(final_[0].begin(), final_[0].end());
  }

  double loss() {
    const Numbers counted = count();
    double sum = 0;
    for (std::size_t n = 0; n < sequences_; ++n) {
      sum += (counted[n] - ones_[n]) * (counted[n] - ones_[n]);
    }
    return sum / static_cast<double>(sequences_);
  }

  struct Gradient {
    Weights weights;  // d(loss)/d(w_x), d(loss)/d(w_rec); also left in the parameters
    Numbers inputs;   // (T): d(loss)/d(x_k) = w_x d(loss)/d(s_k), summed over the sequences
  };
  Gradient gradient() {
    const Numbers counted = count();
    unroll::States<double> d_final = final_;
    for (std::size_t n = 0; n < sequences_; ++n) {
      d_final[0][n] = 2 * (counted[n] - ones_[n]) / static_cast<double>(sequences_);
    }
    const Numbers dy(x_.size());  // the loss looks at the last state alone
    Numbers dx(x_.size()), through_time(steps_);
    pass_.backward(team_, dy.data(), &d_final, dx.data(), nullptr);
    for (std::size_t i = 0; i < dx.size(); ++i) through_time[i / sequences_] += dx[i];
    return {{parameters()[0]->gradient[0], parameters()[1]->gradient[0]}, through_time};
  }

 private:
  unroll::Recurrence<double> rnn_{{.cell = {.name = "elman", .activation = "identity"},
                                   .input_size = 1,
                                   .hidden_size = 1,
                                   .bias = unroll::Bias::kNone}};
  unroll::RecurrencePass<double> pass_{rnn_};
  unroll::ThreadTeam team_{1};
  std::size_t sequences_, steps_;
  Numbers x_;     // (T, N)
  Numbers ones_;  // (N)
  unroll::States<double> final_;
};

}  // namespace counting_ones
