#include "unroll/nn/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/random_fill.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

template <class T>
struct Outcome {
  std::vector<T> y, dx;
  std::vector<Tensor<T>> gradient;
};

template <class T>
Outcome<T> run(Linear<T>& linear, std::size_t rows, const std::vector<T>& x,
               const std::vector<T>& dy, int threads) {
  const ThreadTeam team(threads);
  Outcome<T> out{std::vector<T>(dy.size(), T(9)), std::vector<T>(x.size(), T(9)), {}};
  linear.forward(team, rows, x.data(), out.y.data());
  linear.backward(team, rows, x.data(), dy.data(), out.dx.data());
  for (const Parameter<T>* p : linear.parameters()) out.gradient.push_back(p->gradient);
  return out;
}

template <class T>
void check(std::size_t rows, std::size_t inputs, std::size_t outputs, bool bias) {
  Linear<T> linear({.input_size = inputs, .output_size = outputs, .bias = bias});
  const Parameters<T> parameters = linear.parameters();
  fill_random(parameters, 1);
  std::vector<T> x(rows * inputs), dy(rows * outputs);
  fill_random(x, 7);
  fill_random(dy, 8);
  const Outcome<T> got = run(linear, rows, x, dy, 1);
  const Tensor<T>& w = parameters[0]->value();
  // A sum of n terms of size about 1, each rounded.
  const double epsilon = std::numeric_limits<T>::epsilon();
  const auto tolerance = [&](std::size_t n) { return 4 * epsilon * static_cast<double>(n + 1); };
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t o = 0; o < outputs; ++o) {
      double y = bias ? static_cast<double>(parameters[1]->value()[o]) : 0;
      for (std::size_t i = 0; i < inputs; ++i) y += double{x[r * inputs + i]} * w[o * inputs + i];
      ASSERT_NEAR(got.y[r * outputs + o], y, tolerance(inputs));
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      double dx = 0;
      for (std::size_t o = 0; o < outputs; ++o) {
        dx += double{dy[r * outputs + o]} * w[o * inputs + i];
      }
      ASSERT_NEAR(got.dx[r * inputs + i], dx, tolerance(outputs));
    }
  }
  for (std::size_t o = 0; o < outputs; ++o) {
    double db = 0;
    for (std::size_t r = 0; r < rows; ++r) db += double{dy[r * outputs + o]};
    if (bias) {
      ASSERT_NEAR(got.gradient[1][o], db, tolerance(rows));
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      double dw = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        dw += double{dy[r * outputs + o]} * x[r * inputs + i];
      }
      ASSERT_NEAR(got.gradient[0][o * inputs + i], dw, tolerance(rows));
    }
  }
  for (const int threads : {2, 3}) {
    const Outcome<T> many = run(linear, rows, x, dy, threads);
    ASSERT_EQ(many.y, got.y);
    ASSERT_EQ(many.dx, got.dx);
    ASSERT_TRUE(
        std::equal(many.gradient[0].begin(), many.gradient[0].end(), got.gradient[0].begin()));
  }
}

TEST(Linear, AgreesWithPlainLoops) {
  for (const bool bias : {true, false}) {
    check<float>(1, 1, 1, bias);
    check<double>(1, 1, 1, bias);
    check<float>(7, 33, 5, bias);
    check<double>(17, 3, 65, bias);
    check<float>(300, 65, 130, bias);
    check<double>(130, 70, 200, bias);
  }
}

TEST(Linear, ParametersHavePyTorchsNames) {
  Linear<float> linear({.input_size = 3, .output_size = 2, .name = "output"});
  const Parameters<float> parameters = linear.parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0]->name() + parameters[0]->shape().text(), "output.weight(2, 3)");
  EXPECT_EQ(parameters[1]->name() + parameters[1]->shape().text(), "output.bias(2)");
  EXPECT_EQ(Linear<float>({.input_size = 3, .output_size = 2, .bias = false}).parameters().size(),
            1u);
}

TEST(Linear, RefusesBadSizes) {
  try {
    Linear<float>({.input_size = 3, .name = "output"});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "output_size of 'output' is 0; wanted 1 to 16777216");
  }
}

}  // namespace
}  // namespace unroll
