#include "unroll/core/threads.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "core/processors.h"
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

using Clock = std::chrono::steady_clock;

// Whether other programs have the processors that helpers would need. Who had to wait for one works
// alone for a while, twice as long each time: beside a neighbour that never rests, a try in a
// hundred milliseconds is what waiting costs.
class Load {
 public:
  bool is_high() const {
    const Clock::rep until = alone_until_.load(std::memory_order_relaxed);
    return until != 0 && Clock::now().time_since_epoch().count() < until;
  }
  void add_wait() {
    const Clock::duration alone = alone_.load(std::memory_order_relaxed);
    alone_until_.store((Clock::now() + alone).time_since_epoch().count(),
                       std::memory_order_relaxed);
    alone_.store(std::min(2 * alone, kMost), std::memory_order_relaxed);
    successes_.store(0, std::memory_order_relaxed);
  }
  void add_success() {
    constexpr int kEnough = 100;
    if (alone_until_.load(std::memory_order_relaxed) == 0) return;
    if (successes_.fetch_add(1, std::memory_order_relaxed) < kEnough) return;
    alone_.store(kLeast, std::memory_order_relaxed);
    alone_until_.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr Clock::duration kLeast = std::chrono::milliseconds(2),
                                   kMost = std::chrono::milliseconds(100);

  std::atomic<Clock::rep> alone_until_{0};  // 0: nobody has waited lately
  std::atomic<Clock::duration> alone_{kLeast};
  std::atomic<int> successes_{0};  // jobs with helpers since the last wait
};

// The threads beside the callers'. A job is offered to them for as long as its caller works on it;
// who comes too late finds nothing. OpenMP is not used for this: at the end of its regions the
// caller waits for every thread, even one that the system has not scheduled yet, which on a busy
// machine made an update of a small model 20 times slower than a single thread.
class ThreadPool {
 public:
  using Job = ThreadTeam::Job;

  // Its threads end with the process, or with the library that is unloaded. After fork() the child,
  // in which they are not, has a new one, and leaves the old one as it is.
  static ThreadPool& instance() {
    static const struct Owner {
      Owner() {
        pool_ = new ThreadPool;
        ::pthread_atfork(nullptr, nullptr, [] { pool_ = new ThreadPool; });
      }
      ~Owner() { delete pool_; }
    } owner;
    return *pool_;
  }

  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      offers_.fetch_add(1);
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(const Job& job, std::size_t helpers) {
    const FlushDenormals flush;
    Offer offer{&job, helpers};
    // A task that calls again works alone: its thread may be the one that the call would wait for.
    if (helpers == 0 || working_here_ || load_.is_high() || !publish(offer)) {
      work_alone(job);
      return;
    }
    if (job.together && !assemble(offer)) {
      withdraw(offer);
      load_.add_wait();
      work_alone(job);
      return;
    }
    const Clock::time_point begin = Clock::now();
    work(offer, 0);
    withdraw(offer, begin);
  }

 private:
  enum class Start { kUndecided, kGo, kCancelled };

  struct Offer {
    const Job* job;
    std::size_t places;                           // how many threads may join
    std::atomic<std::size_t> joined{0};           // changed with mutex_ held
    std::atomic<std::size_t> working{0};          // threads that have joined and not left
    std::atomic<std::size_t> next{0};             // next index
    std::atomic<Start> start{Start::kUndecided};  // of a job for threads that run together
  };

  // Threads that are to run together start when all are there. On a busy machine that may take
  // milliseconds, which the caller does not wait for.
  bool assemble(Offer& offer) {
    for (int spins = 0; spins < kAssemblySpins; ++spins) {
      if (offer.joined.load(std::memory_order_acquire) == offer.places) {
        offer.start.store(Start::kGo, std::memory_order_release);
        return true;
      }
      pause();
    }
    offer.start.store(Start::kCancelled, std::memory_order_release);
    return false;
  }

  static bool starts(const Offer& offer) {
    for (int spins = 0;; ++spins) {
      const Start start = offer.start.load(std::memory_order_acquire);
      if (start != Start::kUndecided) return start == Start::kGo;
      spins < kSpins ? pause() : std::this_thread::yield();
    }
  }

  static void work_alone(const Job& job) {
    if (job.together) {
      job.call(job.task, 0, 1);
    } else {
      for (std::size_t i = 0; i < job.count; ++i) job.call(job.task, i, 0);
    }
  }

  static void work(Offer& offer, std::size_t place) {
    const Job& job = *offer.job;
    working_here_ = true;
    if (job.together) {
      job.call(job.task, place, job.count);
    } else {
      for (std::size_t i; (i = offer.next.fetch_add(1, std::memory_order_relaxed)) < job.count;) {
        job.call(job.task, i, place);
      }
    }
    working_here_ = false;
  }

  // False while another caller's job is on offer.
  bool publish(Offer& offer) {
    std::size_t sleepers;
    {
      const std::lock_guard lock(mutex_);
      if (offer_ != nullptr) return false;
      try {
        while (threads_.size() < offer.places) threads_.emplace_back([this] { serve(); });
      } catch (const std::system_error&) {
        return false;  // the system grants no more threads
      }
      offer_ = &offer;
      offers_.fetch_add(1, std::memory_order_release);
      sleepers = sleeping_;
    }
    // No more than have a place: 63 threads that wake for two blocks take the processors from them.
    if (sleepers <= offer.places) {
      if (sleepers > 0) wake_.notify_all();
    } else {
      for (std::size_t i = 0; i < offer.places; ++i) wake_.notify_one();
    }
    return true;
  }

  // After this nobody joins; waits for those who have. `begin`: since when the caller has worked.
  void withdraw(Offer& offer, std::optional<Clock::time_point> begin = {}) {
    {
      const std::lock_guard lock(mutex_);
      offer_ = nullptr;
    }
    std::optional<Clock::time_point> end;
    for (int spins = 0; offer.working.load(std::memory_order_acquire) > 0; ++spins) {
      if (spins < kSpins) {
        pause();
      } else {
        if (!end) end = Clock::now();
        std::this_thread::yield();
      }
    }
    if (!begin) return;
    // Blocks of one length end within the time of one: a longer wait is for the processor.
    const bool long_wait = end && Clock::now() - *end > std::max(kLongWait, *end - *begin);
    long_wait ? load_.add_wait() : load_.add_success();
  }

  // A thread of the pool: waits for offers, spinning first and then asleep.
  void serve() {
    std::uint64_t seen = 0;
    for (;;) {
      for (int spins = 0; spins < kSpins && offers_.load(std::memory_order_acquire) == seen;
           ++spins) {
        pause();
      }
      Offer* offer = nullptr;
      std::size_t place = 0;
      {
        std::unique_lock lock(mutex_);
        ++sleeping_;
        wake_.wait(lock, [&] { return offers_.load(std::memory_order_relaxed) != seen; });
        --sleeping_;
        seen = offers_.load(std::memory_order_relaxed);
        if (stopping_) return;
        if (offer_ != nullptr && offer_->joined.load(std::memory_order_relaxed) < offer_->places) {
          offer = offer_;
          offer->working.fetch_add(1, std::memory_order_relaxed);
          place = offer->joined.fetch_add(1, std::memory_order_release) + 1;
        }
      }
      if (offer == nullptr) continue;
      const FlushDenormals flush;
      if (!offer->job->together || starts(*offer)) work(*offer, place);
      offer->working.fetch_sub(1, std::memory_order_release);
    }
  }

  // About 50 µs: longer than what lies between two jobs of an update.
  static constexpr int kSpins = 2000;
  // Several times what a thread takes to wake, and less than the least time for which another
  // program gets a processor.
  static constexpr Clock::duration kLongWait = std::chrono::microseconds(500);
  // About 100 µs: longer than waking a thread takes on a machine with an idle processor.
  static constexpr int kAssemblySpins = 4000;

  static inline thread_local bool working_here_ = false;  // this thread is inside a job

  static inline ThreadPool* pool_ = nullptr;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
  std::atomic<std::uint64_t> offers_{0};  // jobs ever offered
  Offer* offer_ = nullptr;                // the job on offer
  std::size_t sleeping_ = 0;
  bool stopping_ = false;
  Load load_;
};

ThreadTeam::ThreadTeam(int threads) : threads_(threads) {
  if (threads < 1 || threads > 1024) {
    throw ValueError("threads is " + std::to_string(threads) + "; wanted 1 to 1024");
  }
  // On two processors 16 threads took 53 s for what one does in 0.34 s.
  if (threads > 1) threads_ = std::min(threads, processors().logical);
}

void ThreadTeam::run_job(const Job& job, int threads) {
  const std::size_t most = job.together ? static_cast<std::size_t>(threads)
                                        : std::min(static_cast<std::size_t>(threads), job.count);
  ThreadPool::instance().run(job, most == 0 ? 0 : most - 1);
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
