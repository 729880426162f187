#pragma once

#include "network.h"
#include "shapes.h"

namespace unroll::benchmarks {

// Throws ValueError, naming the array, unless two networks computed the same: y, dx and the
// gradients of all weights and biases. Each number may differ by float's epsilon times the length
// of the longest sum, I + H + T·N, times the largest number of its array.
void expect_agreement(const NetworkShape& shape, const Arrays& own, const Arrays& rival);

}  // namespace unroll::benchmarks
