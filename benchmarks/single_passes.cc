#include "single_passes.h"

namespace unroll::benchmarks {

std::pair<measure::Latency, measure::Latency> single_passes(Timed& own, Timed& rival,
                                                            double seconds) {
  constexpr int kTurns = 10;
  measure::SinglePasses first, second;
  for (int turn = 0; turn < kTurns; ++turn) {
    first.run(seconds / (2 * kTurns), [&] { own.pass(Work::kForward); });
    own.rest();
    second.run(seconds / (2 * kTurns), [&] { rival.pass(Work::kForward); });
    rival.rest();
  }
  return {first.latency(), second.latency()};
}

}  // namespace unroll::benchmarks
