#include "interleaved.h"

#include <time.h>

#include <algorithm>
#include <vector>

namespace unroll::benchmarks {
namespace {

double now(Clock clock) {
  timespec time;
  ::clock_gettime(clock == Clock::kThread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_of(Timed& timed, Work work, Clock clock, std::uint64_t passes) {
  double seconds = 0, begin = now(clock);
  for (std::uint64_t i = 0; i < passes; ++i) {
    if (work == Work::kBackward) timed.before(work), begin = now(clock);
    timed.pass(work);
    if (work == Work::kBackward) seconds += now(clock) - begin;
  }
  return work == Work::kBackward ? seconds : now(clock) - begin;
}

// Collects samples of one of the two.
class Side {
 public:
  Side(Timed& timed, Work work, Clock clock) : timed_(timed), work_(work), clock_(clock) {
    constexpr double kSample = 1e-3;
    seconds_of(timed_, work_, clock_, 1);
    const double once = seconds_of(timed_, work_, clock_, 2) / 2;
    timed_.rest();
    passes_ = static_cast<std::uint64_t>(std::max(1.0, kSample / once));
    // A pass that is much longer than what it takes to wake threads and fill caches needs no other
    // before it.
    warm_up_ = once < 20e-3;
  }

  void sample() {
    if (warm_up_) seconds_of(timed_, work_, clock_, 1);
    samples_.push_back(seconds_of(timed_, work_, clock_, passes_) / static_cast<double>(passes_));
    timed_.rest();
  }

  double median() {
    const auto middle = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
    std::nth_element(samples_.begin(), middle, samples_.end());
    return *middle;
  }
  double best() const { return *std::min_element(samples_.begin(), samples_.end()); }

 private:
  Timed& timed_;
  Work work_;
  Clock clock_;
  std::uint64_t passes_;
  bool warm_up_;
  std::vector<double> samples_;
};

constexpr std::uint64_t kFewest = 5;

}  // namespace

Times interleaved(Timed& own, Timed& rival, Work work, Clock clock, double seconds) {
  Side first(own, work, clock), second(rival, work, clock);
  std::uint64_t samples = 0;
  for (const double begin = now(Clock::kWall);
       samples < kFewest || now(Clock::kWall) - begin < seconds; ++samples) {
    first.sample();
    second.sample();
  }
  return {.own = first.median(),
          .rival = second.median(),
          .best_own = first.best(),
          .best_rival = second.best(),
          .samples = samples};
}

double fastest(Timed& timed, Work work, Clock clock, double seconds) {
  Side side(timed, work, clock);
  const double begin = now(Clock::kWall);
  for (std::uint64_t samples = 0; samples < kFewest || now(Clock::kWall) - begin < seconds;
       ++samples) {
    side.sample();
  }
  return side.best();
}

}  // namespace unroll::benchmarks
