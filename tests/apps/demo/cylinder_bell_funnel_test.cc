#include "apps/unroll/demo/cylinder_bell_funnel.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace unroll::app {
namespace {

constexpr std::size_t kCurves = 3000;

// The mean over the curves of a kind at every step.
std::vector<double> mean_of_kind(const std::vector<Curve>& curves, std::size_t kind) {
  std::vector<double> mean(kCurveSteps);
  for (const Curve& curve : curves) {
    if (curve.kind != kind) continue;
    for (std::size_t t = 0; t < kCurveSteps; ++t) mean[t] += curve.values[t] / (kCurves / 3.0);
  }
  return mean;
}

TEST(CylinderBellFunnel, KindsTakeTurnsAndCurvesAreFunctionsOfTheirNumber) {
  const std::vector<Curve> curves = make_curves(1, 0, 9);
  ASSERT_EQ(curves.size(), 9u);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    EXPECT_EQ(curves[i].kind, i % 3);
    EXPECT_EQ(curves[i].values.size(), kCurveSteps);
  }
  EXPECT_EQ(make_curves(1, 4, 1)[0].values, curves[4].values);
  EXPECT_NE(make_curve(2, 4).values, curves[4].values);
  EXPECT_NE(curves[0].values, curves[3].values);
}

// The expected value of a kind at a step: 6 times the mean of its shape over the 17 values of a and
// the 65 of b - a. A mean of 1,000 curves has a deviation of at most sqrt((1 + 37 / 4 + 1) / 1000)
// = 0.11 (noise, shape, height); 0.55 is 5 of them.
TEST(CylinderBellFunnel, MeansAreThoseOfTheFormulas) {
  const std::vector<Curve> curves = make_curves(1, 0, kCurves);
  for (std::size_t kind = 0; kind < 3; ++kind) {
    const std::vector<double> mean = mean_of_kind(curves, kind);
    for (std::size_t step = 1; step <= kCurveSteps; ++step) {
      double expected = 0;
      for (int a = 16; a <= 32; ++a) {
        for (int b = a + 32; b <= a + 96; ++b) {
          const auto t = static_cast<int>(step);
          if (t < a || t > b) continue;
          const double rise = static_cast<double>(t - a) / (b - a);
          expected += 6 * (kind == 0 ? 1 : kind == 1 ? rise : 1 - rise) / (17 * 65);
        }
      }
      EXPECT_NEAR(mean[step - 1], expected, 0.55) << kCurveNames[kind] << ", step " << step;
    }
  }
}

// Before step 16 and, where b is small, near the end there is noise alone: mean 0, variance 1. Over
// 15 · 3,000 values the variance has a deviation of sqrt(2 / 45,000) = 0.0067.
TEST(CylinderBellFunnel, NoiseIsNormalOfVarianceOne) {
  double sum = 0, squares = 0;
  for (const Curve& curve : make_curves(1, 0, kCurves)) {
    for (std::size_t t = 0; t < 15; ++t) {
      sum += curve.values[t];
      squares += curve.values[t] * curve.values[t];
    }
  }
  const double count = 15.0 * kCurves;
  EXPECT_NEAR(sum / count, 0, 0.025);
  EXPECT_NEAR(squares / count, 1, 0.035);
}

TEST(CylinderBellFunnel, AFileHasARowACurve) {
  const std::string text = curves_csv(make_curves(1, 0, 3));
  EXPECT_EQ(text.rfind("label,t1,t2,", 0), 0u);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_EQ(std::count(text.begin(), text.end(), ','), 4 * 128);
  for (const char* name : kCurveNames) {
    EXPECT_NE(text.find(std::string("\n") + name + ","), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace unroll::app
