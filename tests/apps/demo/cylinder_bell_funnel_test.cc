#include "apps/unroll/demo/cylinder_bell_funnel.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace unroll::app::demo {
namespace {

constexpr std::size_t kCurves = 30000;

// The mean over the curves of a kind at every step.
std::vector<double> mean_of_kind(const std::vector<LabelledCurve>& curves, std::size_t kind) {
  std::vector<double> mean(kCurveSteps);
  for (const LabelledCurve& curve : curves) {
    if (curve.kind != kind) continue;
    for (std::size_t t = 0; t < kCurveSteps; ++t) mean[t] += curve.values[t] / (kCurves / 3.0);
  }
  return mean;
}

TEST(CylinderBellFunnel, KindsTakeTurnsAndCurvesAreFunctionsOfTheirNumber) {
  const std::vector<LabelledCurve> curves = make_curves(1, 0, 9);
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
// the 65 of b - a. A value has a variance of at most 1 of the noise, 1 of the height and 36 / 4 of
// the shape; the mean of 10,000 curves a deviation of 0.034, and 0.17 is 5 of them. With 16 values
// of a the mean would differ by up to 0.35.
TEST(CylinderBellFunnel, MeansAreThoseOfTheFormulas) {
  const std::vector<LabelledCurve> curves = make_curves(1, 0, kCurves);
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
      EXPECT_NEAR(mean[step - 1], expected, 0.17) << kCurveNames[kind] << ", step " << step;
    }
  }
}

// The first 15 steps are noise alone, with mean 0 and variance 1; step 40 of a cylinder is 6 + η +
// ε, with mean 6 and variance 2. Variances v of n normal numbers have a deviation of v sqrt(2 / n):
// 0.002 and 0.028, of which the tolerances are 5.
TEST(CylinderBellFunnel, NoiseAndHeightAreNormalOfVarianceOne) {
  double noise = 0, noise_squares = 0, height = 0, height_squares = 0;
  for (const LabelledCurve& curve : make_curves(1, 0, kCurves)) {
    for (std::size_t t = 0; t < 15; ++t) {
      noise += curve.values[t];
      noise_squares += curve.values[t] * curve.values[t];
    }
    if (curve.kind != 0) continue;
    height += curve.values[39] - 6;
    height_squares += (curve.values[39] - 6) * (curve.values[39] - 6);
  }
  EXPECT_NEAR(noise / (15.0 * kCurves), 0, 0.0075);
  EXPECT_NEAR(noise_squares / (15.0 * kCurves), 1, 0.01);
  EXPECT_NEAR(height / (kCurves / 3.0), 0, 0.07);
  EXPECT_NEAR(height_squares / (kCurves / 3.0), 2, 0.14);
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
}  // namespace unroll::app::demo
