#include "agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "unroll/core/error.h"

namespace unroll::benchmarks {
namespace {

void compare(const std::string& name, double tolerance, const std::vector<float>& own,
             const std::vector<float>& rival) {
  if (own.size() != rival.size()) {
    throw ValueError(
        fmt::format("{} has {} numbers here and {} there", name, own.size(), rival.size()));
  }
  double largest = 0;
  for (const float value : own) largest = std::max(largest, std::abs(double{value}));
  for (std::size_t i = 0; i < own.size(); ++i) {
    // Not "if it is larger": NaN differs from everything.
    if (std::abs(double{own[i]} - double{rival[i]}) <= tolerance * largest) continue;
    throw ValueError(
        fmt::format("{}: element {} is {} here and {} there; wanted a difference of "
                    "at most {:.1e}",
                    name, i, own[i], rival[i], tolerance * largest));
  }
}

}  // namespace

void expect_agreement(const NetworkShape& shape, const Arrays& own, const Arrays& rival) {
  const double tolerance =
      std::numeric_limits<float>::epsilon() *
      static_cast<double>(shape.inputs + shape.hidden + shape.steps * shape.batch);
  compare("y", tolerance, own.y, rival.y);
  compare("dx", tolerance, own.dx, rival.dx);
  for (std::size_t l = 0; l < own.layers.size(); ++l) {
    const LayerArrays &a = own.layers[l], &b = rival.layers[l];
    const std::string suffix = fmt::format("_l{}", l);
    compare("the gradient of weight_ih" + suffix, tolerance, a.weight_ih, b.weight_ih);
    compare("the gradient of weight_hh" + suffix, tolerance, a.weight_hh, b.weight_hh);
    compare("the gradient of bias_ih" + suffix, tolerance, a.bias_ih, b.bias_ih);
  }
}

}  // namespace unroll::benchmarks
