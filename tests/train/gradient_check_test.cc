// The check on functions whose gradients are known: right, wrong, zero, sparse, and those that
// throw. That it sees each term of the real models is shown by nn/gradient_mutation_test.

#include "unroll/train/gradient_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "unroll/core/error.h"

namespace unroll {
namespace {

// f = sum of sin(k x_k) over the elements.
struct Sines {
  explicit Sines(std::size_t rows = 4, std::size_t columns = 5) : p("p", {rows, columns}) {
    for (std::size_t i = 0; i < p.size(); ++i)
      p.edit()[i] = 0.1 * static_cast<double>(i % 17) - 0.3;
    p.gradient = Tensor<double>(p.shape());
  }
  double k(std::size_t i) const { return 1 + static_cast<double>(i % 3); }
  double loss() const {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += std::sin(k(i) * p.value()[i]);
    return sum;
  }
  void backward() {
    for (std::size_t i = 0; i < p.size(); ++i) p.gradient[i] = k(i) * std::cos(k(i) * p.value()[i]);
  }
  GradientCheck check(
      const GradientCheckOptions& options = {}, const std::function<void()>& damage = [] {}) {
    return check_gradients<double>(
        {&p}, [&] { return loss(); },
        [&] {
          backward();
          damage();
        },
        options);
  }
  Parameter<double> p;
};

TEST(GradientCheck, PassesAndReports) {
  Sines f;
  const Tensor<double> before = f.p.value();
  const GradientCheck check = f.check();
  EXPECT_TRUE(check.passed);
  EXPECT_LT(check.max_relative_error, 1e-11);
  EXPECT_EQ(check.tolerance, 1e-7);
  ASSERT_EQ(check.parameters.size(), 1u);
  EXPECT_EQ(check.parameters[0].name, "p");
  EXPECT_EQ(check.parameters[0].shape.text(), "(4, 5)");
  EXPECT_EQ(check.parameters[0].elements, 20u);
  EXPECT_EQ(std::memcmp(before.data(), f.p.value().data(), 20 * sizeof(double)), 0);
}

// The error of one element of many is seen, and named.
TEST(GradientCheck, NamesTheWorstElement) {
  Sines f;
  const GradientCheck check = f.check({}, [&] { f.p.gradient[7] *= 1 + 1e-5; });
  EXPECT_FALSE(check.passed);
  const ParameterCheck& p = check.parameters[0];
  EXPECT_FALSE(p.passed);
  EXPECT_EQ(p.worst_index, 7u);
  EXPECT_EQ(p.analytic, f.p.gradient[7]);
  EXPECT_NEAR(p.numeric, p.analytic / (1 + 1e-5), 1e-10);
  EXPECT_EQ(check.max_relative_error, p.relative_error);
}

TEST(GradientCheck, ANanFails) {
  Sines f;
  const GradientCheck check =
      f.check({}, [&] { f.p.gradient[3] = std::numeric_limits<double>::quiet_NaN(); });
  EXPECT_FALSE(check.passed);
  EXPECT_TRUE(std::isinf(check.max_relative_error));
  EXPECT_EQ(check.parameters[0].worst_index, 3u);
}

// A parameter that the loss does not depend on: 0/0 passes, anything but zero fails.
TEST(GradientCheck, ZeroGradients) {
  Sines f;
  Parameter<double> unused("unused", {3});
  unused.gradient = Tensor<double>({3});
  double wrong = 0;
  const auto run = [&] {
    return check_gradients<double>(
        {&f.p, &unused}, [&] { return f.loss(); },
        [&] {
          f.backward();
          unused.gradient[1] = wrong;
        });
  };
  EXPECT_TRUE(run().passed);
  EXPECT_EQ(run().parameters[1].relative_error, 0);
  wrong = 1e-8;
  EXPECT_FALSE(run().passed);
  wrong = 1;
  EXPECT_EQ(run().parameters[1].relative_error, 1);
  unused.trainable = false;
  EXPECT_TRUE(run().passed);
  EXPECT_EQ(run().parameters.size(), 1u);
}

// Gradients near the rounding error of the loss: what it explains passes, a wrong one fails.
TEST(GradientCheck, SmallGradientsBesideALargeLoss) {
  Parameter<double> p("p", {10});
  p.gradient = Tensor<double>({10});
  double factor = 1;
  const auto run = [&] {
    return check_gradients<double>(
        {&p},
        [&] {
          double sum = 1000;
          for (const double x : p.value()) sum += 1e-5 * std::sin(x);
          return sum;
        },
        [&] { p.gradient.fill(1e-5 * factor); });
  };
  EXPECT_TRUE(run().passed);
  factor = 1.01;
  EXPECT_FALSE(run().passed);
}

TEST(GradientCheck, SparseGradients) {
  Sines f(50, 4);
  // The loss depends on rows 3, 20 and 49 alone.
  const std::vector<std::uint32_t> rows = {3, 20, 49};
  const auto loss = [&] {
    double sum = 0;
    for (const std::size_t row : rows) {
      for (std::size_t c = 0; c < 4; ++c) sum += std::sin(f.p.value()[row * 4 + c]);
    }
    return sum;
  };
  f.p.sparse = true;
  std::vector<std::uint32_t> kept = rows;
  const auto backward = [&] {
    f.p.rows = kept;
    for (std::size_t i = 0; i < kept.size() * 4; ++i) {
      f.p.gradient[i] = std::cos(f.p.value()[kept[i / 4] % 50 * 4 + i % 4]);
    }
  };
  const auto run = [&](std::size_t most) {
    return check_gradients<double>({&f.p}, loss, backward, {.max_elements_per_parameter = most});
  };
  EXPECT_TRUE(run(0).passed);
  EXPECT_EQ(run(0).parameters[0].elements, 200u);
  EXPECT_TRUE(run(20).passed);
  EXPECT_LE(run(20).parameters[0].elements, 20u);
  kept = {3, 20};  // row 49 is missing
  EXPECT_FALSE(run(0).passed);
  EXPECT_EQ(run(0).parameters[0].worst_index / 4, 49u);
  kept = {3, 21, 49};  // a wrong row: half of the sample is in it
  EXPECT_FALSE(run(20).passed);
  kept = {3, 20, 50};
  EXPECT_THROW(run(0), ShapeError);
}

TEST(GradientCheck, SamplesAreSpreadAndFollowTheSeed) {
  Sines f(100, 10);
  const GradientCheck check = f.check({.max_elements_per_parameter = 100});
  EXPECT_EQ(check.parameters[0].elements, 100u);
  // An error in a tenth of the elements cannot escape a sample of one in each ten.
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    EXPECT_FALSE(f.check({.max_elements_per_parameter = 100, .seed = seed}, [&] {
                    for (std::size_t i = 500; i < 600; ++i) f.p.gradient[i] = 0;
                  }).passed);
  }
}

TEST(GradientCheck, RestoresTheValuesWhenTheLossThrows) {
  Sines f;
  const Tensor<double> before = f.p.value();
  int calls = 0;
  const auto loss = [&] {
    if (++calls == 30) throw FileError("gone");
    return f.loss();
  };
  EXPECT_THROW(check_gradients<double>({&f.p}, loss, [&] { f.backward(); }), FileError);
  EXPECT_EQ(std::memcmp(before.data(), f.p.value().data(), 20 * sizeof(double)), 0);
  EXPECT_EQ(calls, 30);
}

TEST(GradientCheck, RefusesWhatCannotBeChecked) {
  Sines f;
  int calls = 0;
  const auto backward = [&] { f.backward(); };
  EXPECT_THROW(check_gradients<double>(
                   {&f.p}, [&] { return f.loss() + ++calls; }, backward),
               ValueError);
  EXPECT_THROW(check_gradients<double>(
                   {&f.p}, [] { return std::nan(""); }, backward),
               NumericError);
  EXPECT_THROW(f.check({.step = 0}), ValueError);
  EXPECT_THROW(f.check({.tolerance = -1}), ValueError);
  EXPECT_THROW(f.check({}, [&] { f.p.gradient = Tensor<double>({3}); }), ShapeError);
}

TEST(GradientCheck, WorksInFloat) {
  Parameter<float> p("p", {6});
  p.gradient = Tensor<float>({6});
  for (std::size_t i = 0; i < 6; ++i) p.edit()[i] = 0.2f * static_cast<float>(i);
  double factor = 1;
  const auto run = [&] {
    return check_gradients<float>(
               {&p},
               [&] {
                 float sum = 0;
                 for (const float x : p.value()) sum += std::exp(x);
                 return double{sum};
               },
               [&] {
                 for (std::size_t i = 0; i < 6; ++i) {
                   p.gradient[i] = static_cast<float>(factor * std::exp(p.value()[i]));
                 }
               },
               {.step = 1e-2, .tolerance = 1e-2})
        .passed;
  };
  EXPECT_TRUE(run());
  factor = 1.1;
  EXPECT_FALSE(run());
}

}  // namespace
}  // namespace unroll
