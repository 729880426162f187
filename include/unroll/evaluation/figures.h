#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "unroll/evaluation/metrics.h"

#pragma GCC visibility push(default)

namespace unroll {

// How often each of these classes was taken for each other.
struct Confusion {
  std::vector<std::string> classes = {};
  ConfusionCounts counts = {};
};

// What is measured of a model, each figure under its name, in the order in which it is to be shown.
// A number that is not known or not finite is NaN or infinite.
using Figure =
    std::variant<double, std::uint64_t, std::string, std::vector<std::string>, Confusion>;
using Figures = std::vector<std::pair<std::string, Figure>>;

}  // namespace unroll

#pragma GCC visibility pop
