#pragma once

#include <vector>

#include "demo/cylinder_bell_funnel.h"

namespace unroll::app::demo {

// The share of `test` whose nearest curve of `train`, by Euclidean distance, is of the same kind;
// of several the first.
double nearest_neighbour_accuracy(const std::vector<LabelledCurve>& train,
                                  const std::vector<LabelledCurve>& test);

}  // namespace unroll::app::demo
