#pragma once

#include <utility>

#include "measure/latency.h"
#include "timed.h"

namespace unroll::benchmarks {

// Forward passes of ours and of the rival, timed one by one on the clock on the wall; the two take
// turns for `seconds`.
std::pair<measure::Latency, measure::Latency> single_passes(Timed& own, Timed& rival,
                                                            double seconds);

}  // namespace unroll::benchmarks
