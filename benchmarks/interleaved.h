#pragma once

#include <cstdint>

#include "shapes.h"
#include "timed.h"

namespace unroll::benchmarks {

// Which time is taken: that of the calling thread on its processor, which other loads on the
// machine lengthen little, is all that one thread needs; with several it is the time that passes.
enum class Clock { kThread, kWall };

// Seconds of a pass.
struct Times {
  double own = 0, rival = 0;            // medians
  double best_own = 0, best_rival = 0;  // of the fastest sample: what the machine does undisturbed
  std::uint64_t samples = 0;            // of each
};

// Times the two in turn, sample by sample, for `seconds` or at least five samples of each. A
// sample is as many passes as take a millisecond, after a pass that is not timed.
Times interleaved(Timed& own, Timed& rival, Work work, Clock clock, double seconds);

// Seconds of the fastest of the same samples of one alone.
double fastest(Timed& timed, Work work, Clock clock, double seconds);

}  // namespace unroll::benchmarks
