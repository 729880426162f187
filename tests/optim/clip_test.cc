#include "unroll/optim/clip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/range.h"
#include "optim/helpers.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

// Sizes that end inside, at and beyond the blocks of 4096 elements.
template <class T>
Model<T> some_model() {
  Model<T> model{{3}, {4096}, {70, 61}, {1}, {40, 7}};
  model.randomize_gradients(1);
  model.make_sparse(4, {2, 3, 39});
  model[3].trainable = false;
  return model;
}

template <class T>
void check_norm() {
  Model<T> model = some_model<T>();
  long double sum = 0;
  for (const std::size_t i : {0u, 1u, 2u, 4u}) {
    const std::size_t count = i == 4 ? 3 * 7 : model[i].size();
    for (std::size_t k = 0; k < count; ++k) {
      sum += static_cast<long double>(model[i].gradient[k]) * model[i].gradient[k];
    }
  }
  const double norm = gradient_norm(model.parameters, ThreadTeam(1));
  // 8,400 additions in double, whatever the gradients are.
  EXPECT_NEAR(norm, static_cast<double>(std::sqrt(sum)), norm * 1e-13);
  EXPECT_EQ(norm, gradient_norm(model.parameters, ThreadTeam(2)));
  EXPECT_EQ(norm, gradient_norm(model.parameters, ThreadTeam(3)));
}

TEST(GradientNorm, CountsTrainableGradientsAndSparseRows) {
  check_norm<float>();
  check_norm<double>();
}

TEST(GradientNorm, LargeModel) {  // more than 1024 blocks of 4096
  Model<float> model{{2100, 2100}};
  model[0].gradient.fill(2);
  EXPECT_EQ(gradient_norm(model.parameters, ThreadTeam(2)), 4200);
}

TEST(GradientNorm, LetsNaNAndInfinityThrough) {
  for (const double bad : {kNaN, kInfinity, -kInfinity}) {
    for (const std::size_t where : {0u, 17u, 4095u}) {
      Model<float> model = some_model<float>();
      model[1].gradient[where] = static_cast<float>(bad);
      EXPECT_FALSE(std::isfinite(gradient_norm(model.parameters, ThreadTeam(2))));
    }
  }
}

TEST(GradientNorm, OfNothingIsZero) {
  EXPECT_EQ(gradient_norm(Parameters<float>{}, ThreadTeam(1)), 0);
  Model<float> model{{5, 2}};
  model.make_sparse(0, {});
  EXPECT_EQ(gradient_norm(model.parameters, ThreadTeam(1)), 0);
}

TEST(GradientNorm, RefusesGradientsThatDoNotFit) {
  const auto norm = [](Model<float>& model) { gradient_norm(model.parameters, ThreadTeam(1)); };
  Model<float> model{{4, 2}};
  model[0].gradient = Tensor<float>();
  expect_error<ShapeError>([&] { norm(model); }, {"'p0'", "(4, 2)"});
  model[0].gradient = Tensor<float>({2, 2});
  model.make_sparse(0, {0, 1, 2});
  expect_error<ShapeError>([&] { norm(model); }, {"'p0'", "(2, 2)", "(3, 2)"});
  model.make_sparse(0, {1, 4});
  expect_error<ShapeError>([&] { norm(model); }, {"rows", "below 4"});
  model.make_sparse(0, {1, 1});
  expect_error<ShapeError>([&] { norm(model); }, {"ascending"});
  Model<float> vector{{4}};
  vector.make_sparse(0, {1});
  expect_error<ShapeError>([&] { norm(vector); }, {"(4)", "(rows, columns)"});
}

TEST(ClipFactor, BringsTheNormDown) {
  EXPECT_EQ(clip_factor(10, 0), 1);
  EXPECT_EQ(clip_factor(0, 5), 1);
  EXPECT_EQ(clip_factor(4.9, 5), 1);
  EXPECT_EQ(clip_factor(5, 5), 1);
  EXPECT_EQ(clip_factor(10, 5), 0.5);
  EXPECT_EQ(clip_factor(1e-7, 5e-8), 0.5);
  EXPECT_EQ(clip_factor(kInfinity, 5), 0);
  EXPECT_TRUE(std::isnan(clip_factor(kNaN, 5)));
  expect_error<ValueError>([] { clip_factor(1, -1); }, {"max_norm", "-1", "[0, inf)"});
  expect_error<ValueError>([] { clip_factor(1, kNaN); }, {"max_norm"});
}

template <class T>
void check_clip_value() {
  Model<T> model = some_model<T>(), before = some_model<T>();
  model[1].gradient[4095] = before[1].gradient[4095] = static_cast<T>(kNaN);
  model[2].gradient[0] = before[2].gradient[0] = static_cast<T>(-kInfinity);
  clip_value(model.parameters, 0.25, ThreadTeam(3));
  const T limit = T(0.25);
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t counted = i == 3 ? 0 : i == 4 ? 3 * 7 : model[i].size();
    for (std::size_t k = 0; k < model[i].size(); ++k) {
      const T was = before[i].gradient[k], is = model[i].gradient[k];
      if (std::isnan(was)) {
        ASSERT_TRUE(std::isnan(is));
      } else {
        ASSERT_EQ(is, k < counted ? std::min(std::max(was, -limit), limit) : was) << i << " " << k;
      }
    }
  }
}

TEST(ClipValue, ClampsWhatCounts) {
  check_clip_value<float>();
  check_clip_value<double>();
  Model<float> model{{1}};
  const auto clip = [&](double limit) { clip_value(model.parameters, limit, ThreadTeam(1)); };
  expect_error<ValueError>([&] { clip(0); }, {"max_value is 0", "(0, inf)"});
  expect_error<ValueError>([&] { clip(kNaN); }, {"max_value"});
}

}  // namespace
}  // namespace unroll
