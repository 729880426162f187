#include "unroll/kernels/machine_limit.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <vector>

#include "hwy/aligned_allocator.h"
#include "kernels/limit_loops.h"
#include "kernels/targets.h"
#include "unroll/kernels/precision.h"

namespace unroll {
namespace {

using Clock = std::chrono::steady_clock;

// Keeps a result from being unused.
template <class T>
void keep(T result) {
  static_cast<void>(*const_cast<const volatile T*>(&result));
}

// When one thread worked; on a cache line of its own.
struct alignas(64) Span {
  Clock::time_point begin, end;
  double work = 0;
};

// The best of `runs` runs of work(thread, threads), which returns how much it did: the work of all
// threads over the time from the first one's start to the last one's end, in 1e9 a second.
template <class Work>
double best_rate(const ThreadTeam& team, int runs, const Work& work) {
  std::vector<Span> spans(static_cast<std::size_t>(team.size()));
  SpinBarrier barrier;
  double best = 0;
  // On a busy machine a call may get fewer threads; the next one may get all.
  constexpr int kAttempts = 10'000;  // about a second
  int attempt = 0;
  const auto measure = [&](int thread, int threads) {
    if (threads < team.size() && attempt < kAttempts) return;
    for (int run = 0; run < runs; ++run) {
      barrier.wait(threads);
      Span& own = spans[static_cast<std::size_t>(thread)];
      own.begin = Clock::now();
      own.work = work(thread, threads);
      own.end = Clock::now();
      barrier.wait(threads);
      if (thread > 0) continue;
      Span all = spans[0];
      for (int other = 1; other < threads; ++other) {
        const Span& span = spans[static_cast<std::size_t>(other)];
        all.begin = std::min(all.begin, span.begin);
        all.end = std::max(all.end, span.end);
        all.work += span.work;
      }
      best = std::max(best, all.work / std::chrono::duration<double>(all.end - all.begin).count());
    }
  };
  for (; best == 0 && attempt <= kAttempts; ++attempt) team.run_together(measure);
  return best / 1e9;
}

}  // namespace

std::string instruction_set() { return kernels::target_name(); }
std::vector<std::string> instruction_sets() { return kernels::target_names(); }
void set_instruction_set(const std::string& name) { kernels::set_target(name); }

template <class T>
double fma_peak(const ThreadTeam& team) {
  constexpr std::size_t kRounds = 200'000;  // 24 chains, 2 a cycle at 3.8 GHz: 0.6 ms
  return best_rate(team, 100, [](int, int) {
    T result;
    const std::size_t operations = kernels::multiply_add(kRounds, T(0.5), T(0.25), &result);
    keep(result);
    return static_cast<double>(operations);
  });
}

double bf16_peak(const ThreadTeam& team) {
  if (!has_bf16_instruction()) return fma_peak<float>(team);
  constexpr std::size_t kRounds = 200'000;
  return best_rate(team, 100, [](int, int) {
    float result;
    const std::size_t operations = kernels::multiply_add_bf16(kRounds, 0.5f, 0.25f, &result);
    keep(result);
    return static_cast<double>(operations);
  });
}

template double fma_peak<float>(const ThreadTeam& team);
template double fma_peak<double>(const ThreadTeam& team);

ReadBandwidth read_bandwidth(const ThreadTeam& team) {
  constexpr std::size_t kL1 = 16 << 10, kL2 = 256 << 10, kL3 = 6 << 20, kMemory = 256 << 20;
  constexpr std::size_t kPage = 4096;
  const auto threads = static_cast<std::size_t>(team.size());
  const std::size_t size = std::max(kMemory, threads * kL2);
  const auto buffer = hwy::AllocateAligned<unsigned char>(size);
  if (!buffer) throw std::bad_alloc();
  std::memset(buffer.get(), 1, size);  // memory that nobody wrote to is one page of zeros

  // `own`: each thread reads its own `bytes`, else all the same ones.
  const auto rate = [&](int runs, std::size_t bytes, bool own, std::size_t passes) {
    return best_rate(team, runs, [&](int thread, int) {
      const std::size_t begin = own ? static_cast<std::size_t>(thread) * bytes : 0;
      keep(kernels::read_bytes(buffer.get() + begin, bytes, passes));
      return static_cast<double>(bytes * passes);
    });
  };
  const std::size_t share = kMemory / threads / kPage * kPage;
  ReadBandwidth result;
  result.l1 = rate(60, kL1, true, 16384);
  result.l2 = rate(60, kL2, true, 512);
  result.l3 = rate(30, kL3, false, 16);
  result.memory = rate(5, share, true, 1);
  return result;
}

}  // namespace unroll
