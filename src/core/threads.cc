#include "unroll/core/threads.h"

#include <omp.h>

#include <string>
#include <thread>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "unroll/core/error.h"

namespace unroll {
namespace {

// Sets flush-to-zero and denormals-are-zero for its lifetime.
class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }
  ~FlushDenormals() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#elif defined(__aarch64__)
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"(saved_ | (1ull << 24)));
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(saved_)); }

 private:
  unsigned long long saved_;
#endif
};

void pause() noexcept {
#if defined(__SSE2__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

int available_threads() { return omp_get_num_procs(); }

ThreadTeam::ThreadTeam(int threads) : threads_(threads) {
  if (threads < 1 || threads > 1024) {
    throw ValueError("threads is " + std::to_string(threads) + "; wanted 1 to 1024");
  }
}

void ThreadTeam::run_threads(int threads, Erased call, const void* task) {
  if (threads == 1) {
    const FlushDenormals flush;
    call(task, 0, 1);
    return;
  }
#pragma omp parallel num_threads(threads)
  {
    const FlushDenormals flush;
    call(task, omp_get_thread_num(), omp_get_num_threads());
  }
}

void SpinBarrier::wait(int threads) noexcept {
  constexpr int kSpins = 2000;  // a few microseconds: longer than a balanced step's jitter
  const unsigned phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
    return;
  }
  for (int spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
    if (spins < kSpins) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace unroll
