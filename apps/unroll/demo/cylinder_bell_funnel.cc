#include "demo/cylinder_bell_funnel.h"

#include <fmt/format.h>

#include "unroll/core/random.h"

namespace unroll::app::demo {

LabelledCurve make_curve(std::uint64_t seed, std::uint64_t number) {
  const Random random(seed, RandomUse::kSampling, number);
  const auto a = static_cast<double>(16 + random.below(0, 17));
  const double length = static_cast<double>(32 + random.below(1, 65)), b = a + length;
  const double height = 6 + random.normal(2);
  LabelledCurve curve = {.kind = number % std::size(kCurveNames)};
  for (std::size_t step = 1; step <= kCurveSteps; ++step) {
    const auto t = static_cast<double>(step);
    const double shapes[] = {1, (t - a) / length, (b - t) / length};
    const double inside = t >= a && t <= b ? 1 : 0;
    curve.values.push_back(height * inside * shapes[curve.kind] + random.normal(2 + step));
  }
  return curve;
}

std::vector<LabelledCurve> make_curves(std::uint64_t seed, std::uint64_t first, std::size_t count) {
  std::vector<LabelledCurve> curves;
  for (std::size_t i = 0; i < count; ++i) curves.push_back(make_curve(seed, first + i));
  return curves;
}

std::string curves_csv(const std::vector<LabelledCurve>& curves) {
  std::string text = "label";
  for (std::size_t step = 1; step <= kCurveSteps; ++step) text += fmt::format(",t{}", step);
  for (const LabelledCurve& curve : curves) {
    text += fmt::format("\n{}", kCurveNames[curve.kind]);
    for (const double value : curve.values) text += fmt::format(",{:.4f}", value);
  }
  return text + "\n";
}

}  // namespace unroll::app::demo
