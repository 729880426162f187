#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unroll::app::demo {

// Three kinds of noisy curves that are told apart by their shape: a plateau, a rise that ends in a
// fall, a fall that begins with a rise. With a a uniform integer of [16, 32], b - a one of
// [32, 96], η and every ε(t) normal with mean 0 and variance 1, and t = 1 … 128:
//   cylinder  (6 + η) χ[a,b](t) + ε(t)
//   bell      (6 + η) χ[a,b](t) (t - a) / (b - a) + ε(t)
//   funnel    (6 + η) χ[a,b](t) (b - t) / (b - a) + ε(t)
// Source: N. Saito, Local feature extraction and its applications using a library of bases, PhD
// thesis, Yale University, 1994.
inline constexpr std::size_t kCurveSteps = 128;
inline constexpr const char* kCurveNames[] = {"cylinder", "bell", "funnel"};

struct LabelledCurve {
  std::size_t kind = 0;             // of kCurveNames
  std::vector<double> values = {};  // (128)
};

// Number `number` of an endless list, a function of seed and number alone. Kinds take turns.
LabelledCurve make_curve(std::uint64_t seed, std::uint64_t number);

// Numbers first … first + count - 1.
std::vector<LabelledCurve> make_curves(std::uint64_t seed, std::uint64_t first, std::size_t count);

// A header and a row a curve: its name, then its values with 4 decimals.
std::string curves_csv(const std::vector<LabelledCurve>& curves);

}  // namespace unroll::app::demo
