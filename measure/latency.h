#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "measure/allocations.h"

namespace unroll::measure {

// How long passes take that somebody waits for one by one, in µs.
struct Latency {
  double p50 = 0, p999 = 0, max = 0;
  std::uint64_t passes = 0;
  std::optional<std::uint64_t> allocations = {};  // on the heap, in all of them
};

// Of n values the ⌈n·per_mille/1000⌉-th smallest: the least one that so many do not exceed. Throws
// ValueError when there is none, or unless 1 <= per_mille <= 1000.
double percentile(std::vector<double> values, std::size_t per_mille);

// Times passes one by one. A time is from the end of the pass before to the end of this one, so one
// reading of the clock is in it.
class SinglePasses {
 public:
  SinglePasses();

  // At least three passes, and more for `seconds`, after one that is not timed.
  template <class Pass>
  void run(double seconds, const Pass& pass) {
    pass();
    const AllocationCount count;
    const Clock::time_point begin = Clock::now();
    Clock::time_point before = begin;
    const std::size_t fewest = passes_ + kFewest;
    while (passes_ < kMost && (passes_ < fewest || seconds_between(begin, before) < seconds)) {
      pass();
      const Clock::time_point now = Clock::now();
      seconds_[passes_++] = seconds_between(before, now);
      before = now;
    }
    if (const auto counted = count.count()) allocations_ = allocations_.value_or(0) + *counted;
  }

  Latency latency() const;

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kFewest = 3, kMost = 1'000'000;

  static double seconds_between(Clock::time_point begin, Clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
  }

  std::vector<double> seconds_;  // room for all, so that none waits for memory
  std::size_t passes_ = 0;
  std::optional<std::uint64_t> allocations_ = {};
};

}  // namespace unroll::measure
