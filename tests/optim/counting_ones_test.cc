// Counting ones with a linear recurrent unit and Rprop: s_k = s_{k-1} w_rec + x_k w_x, mean squared
// error over 20 sequences of 10 bits, the target being the number of ones.

#include <gtest/gtest.h>

#include <limits>

#include "examples/counting_ones.h"
#include "optim/helpers.h"
#include "unroll/optim/optimizer.h"

namespace unroll {
namespace {

using counting_ones::kSequences, counting_ones::kSteps;

struct Pair {
  double x, rec;
};

Pair gradient(const std::vector<double>& data, Pair w) {
  Pair result{0, 0};
  for (std::size_t n = 0; n < kSequences; ++n) {
    double state[kSteps + 1] = {0}, target = 0;
    for (std::size_t k = 0; k < kSteps; ++k) {
      const double x = data[n * kSteps + k];
      state[k + 1] = state[k] * w.rec + x * w.x;
      target += x;
    }
    double d = 2 * (state[kSteps] - target) / kSequences;
    for (std::size_t k = kSteps; k-- > 0; d *= w.rec) {
      result.x += d * data[n * kSteps + k];
      result.rec += d * state[k];
    }
  }
  return result;
}

Pair train(const std::vector<double>& data) {
  Model<double> model{{2}};
  Parameter<double>& w = model[0];
  w.edit()[0] = -1.5;
  w.edit()[1] = 2;
  Optimizer<double> rprop({.name = "rprop",
                           .step_min = 0,
                           .step_max = std::numeric_limits<double>::infinity(),
                           .hold_on_sign_change = false,
                           .zero_is_sign_change = true},
                          model.parameters);
  for (int step = 0; step < 500; ++step) {
    const Pair g = gradient(data, {w.value()[0], w.value()[1]});
    w.gradient[0] = g.x;
    w.gradient[1] = g.rec;
    rprop.step(0.001, 1, ThreadTeam(1));
  }
  return {w.value()[0], w.value()[1]};
}

TEST(CountingOnes, DataSetA) {
  const auto data = counting_ones::data_set_a();
  const Pair g = gradient(data, {1.2, 1.2});
  EXPECT_NEAR(g.x, 274.595429133218, 1e-11);
  EXPECT_NEAR(g.rec, 1593.2428444791924, 1e-11);
  const Pair w = train(data);
  EXPECT_EQ(w.x, 1.001355547207059);
  EXPECT_EQ(w.rec, 0.9996744737846419);
}

TEST(CountingOnes, DataSetB) {
  const auto data = counting_ones::data_set_b();
  const Pair g = gradient(data, {1.2, 1.2});
  EXPECT_NEAR(g.x, 397.45779204446387, 1e-11);
  EXPECT_NEAR(g.rec, 2506.0609069452612, 1e-11);
  const Pair w = train(data);
  EXPECT_EQ(w.x, 1.0016367524684697);
  EXPECT_EQ(w.rec, 0.999667849069417);

  const std::string input = "011000010011" + std::string(24, '1');
  double state = 0;
  for (const char bit : input) state = state * w.rec + (bit == '1' ? w.x : 0);
  EXPECT_NEAR(state, 28.908182434543956, 1e-14);
}

}  // namespace
}  // namespace unroll
