// Small results that are known to every digit printed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "examples/counting_ones.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;

Numbers transposed(const Numbers& matrix, std::size_t rows) {
  const std::size_t columns = matrix.size() / rows;
  Numbers result(matrix.size());
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    result[i % columns * rows + i / columns] = matrix[i];
  }
  return result;
}

// h_t = tanh(x_t w_x + h_{t-1} w_h + b), loss |h_3|² / 2; w_x (I, H), w_h (H, H): the transposes of
// our weights.
struct SmallArray {
  Numbers x = {0.01, 0.02, 0.02, 0.03, 0.03, 0.04};                // (T, I)
  Numbers w_x = {0.01, 0.03, 0.05, 0.07, 0.03, 0.05, 0.07, 0.08};  // (I, H)
  Numbers w_h = {0.01, 0.03, 0.05, 0.07, 0.02, 0.04, 0.06, 0.08,   // (H, H)
                 0.03, 0.05, 0.07, 0.08, 0.04, 0.06, 0.08, 0.10};
  Numbers b = {1, 1, 1, 1}, h0 = {0, 0, 0, 0};  // (H)
};

// h3, and the gradients in the shapes of SmallArray.
struct SmallResult {
  Numbers h3;
  SmallArray d;
};

// `through_outputs`: d(loss)/d(h_3) comes in as the gradient of the last output, else as that of
// the final state.
SmallResult run(const SmallArray& in, bool through_outputs) {
  Recurrence<double> recurrence(
      {.cell = {.name = "elman"}, .input_size = 2, .hidden_size = 4, .bias = Bias::kOne});
  RecurrencePass<double> pass(recurrence);
  const auto parameters = recurrence.parameters();
  const auto set = [&](std::size_t parameter, const Numbers& values) {
    std::copy(values.begin(), values.end(), parameters[parameter]->edit().begin());
  };
  set(0, transposed(in.w_x, 2));
  set(1, transposed(in.w_h, 4));
  set(2, in.b);
  const ThreadTeam team(1);
  States<double> initial = recurrence.zero_states(1), final, d_initial;
  std::copy(in.h0.begin(), in.h0.end(), initial[0].begin());
  const double* y = pass.forward(
      team, in.x.data(),
      {.steps = 3, .batch = 1, .initial = &initial, .final = &final, .training = true});
  SmallResult out;
  out.h3.assign(final[0].begin(), final[0].end());
  Numbers dy(12);
  if (through_outputs) std::copy(y + 8, y + 12, dy.begin() + 8);
  out.d.x.resize(6);
  pass.backward(team, dy.data(), through_outputs ? nullptr : &final, out.d.x.data(), &d_initial);
  const auto gradient = [&](std::size_t parameter) {
    return Numbers(parameters[parameter]->gradient.begin(), parameters[parameter]->gradient.end());
  };
  out.d.w_x = transposed(gradient(0), 4);
  out.d.w_h = transposed(gradient(1), 4);
  out.d.b = gradient(2);
  out.d.h0.assign(d_initial[0].begin(), d_initial[0].end());
  return out;
}

// The eight digits that are printed.
void expect_digits(const Numbers& got, const Numbers& printed, const std::string& what) {
  ASSERT_EQ(got.size(), printed.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], printed[i], 0.5e-8 + 1e-14) << what << "[" << i << "]";
  }
}

TEST(KnownResults, ForwardAndBackwardOnASmallArray) {
  for (const bool through_outputs : {true, false}) {
    const SmallResult got = run({}, through_outputs);
    expect_digits(got.h3, {0.79494228, 0.81839002, 0.83939649, 0.85584174}, "h3");
    expect_digits(got.d.h0, {0.00028861, 0.00035379, 0.00039817, 0.00048416}, "dh0");
    expect_digits(got.d.x, {0.00028861, 0.00039817, 0.00290763, 0.00408686, 0.03946, 0.05796616},
                  "dx");
    expect_digits(got.d.w_x,
                  {0.00908386, 0.00845912, 0.00780904, 0.00728249, 0.01216892, 0.01134489,
                   0.01048227, 0.0097893},
                  "dw_x");
    expect_digits(got.d.w_h,
                  {0.24298991, 0.22691035, 0.2098851, 0.19634844, 0.24942313, 0.23285345,
                   0.21533851, 0.2013848, 0.25523938, 0.23822665, 0.22026903, 0.20593834,
                   0.25984374, 0.24248019, 0.22417206, 0.20954284},
                  "dw_h");
    expect_digits(got.d.b, {0.30850676, 0.28857766, 0.2673232, 0.2506811}, "db");
  }
}

// Central differences of step 1e-5: off by about 1e-10 times the third derivative / 6, and 1e-11.
TEST(KnownResults, DifferencesOnASmallArray) {
  const SmallResult got = run({}, false);
  const auto loss = [](const SmallArray& in) {
    double sum = 0;
    for (const double h : run(in, false).h3) sum += h * h / 2;
    return sum;
  };
  for (const auto member :
       {&SmallArray::x, &SmallArray::w_x, &SmallArray::w_h, &SmallArray::b, &SmallArray::h0}) {
    for (std::size_t i = 0; i < (got.d.*member).size(); ++i) {
      SmallArray above, below;
      (above.*member)[i] += 1e-5;
      (below.*member)[i] -= 1e-5;
      EXPECT_NEAR((got.d.*member)[i], (loss(above) - loss(below)) / 2e-5, 1e-9) << i;
    }
  }
}

void expect_gradient(const Numbers& bits, double d_w_x, double d_w_rec) {
  counting_ones::Counter counter(bits, counting_ones::kSequences);
  counter.set({1.2, 1.2});
  const counting_ones::Weights got = counter.gradient().weights;
  EXPECT_NEAR(got.x, d_w_x, 1e-12 * d_w_x);
  EXPECT_NEAR(got.rec, d_w_rec, 1e-12 * d_w_rec);
}

TEST(KnownResults, CountingOnesDataSetA) {
  expect_gradient(counting_ones::data_set_a(), 274.595429133218, 1593.2428444791924);
}
TEST(KnownResults, CountingOnesDataSetB) {
  expect_gradient(counting_ones::data_set_b(), 397.45779204446387, 2506.0609069452612);
}

TEST(KnownResults, CountingOnesOfALongerInput) {
  Numbers bits = {0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1};
  bits.resize(36, 1);
  counting_ones::Counter counter(bits, 1);
  counter.set({1.0016367524684697, 0.999667849069417});
  EXPECT_NEAR(counter.count()[0], 28.908182434543956, 1e-12 * 28.9);
}

}  // namespace
}  // namespace unroll
