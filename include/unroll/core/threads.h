#pragma once

#include <atomic>
#include <cstddef>
#include <type_traits>

namespace unroll {

// Processors that this process may use.
int available_threads();

// A number of threads that run one task together. Inside a task denormal numbers are flushed to
// zero (arithmetic on them costs over ten times as much); the caller's setting comes back
// afterwards. Tasks must not throw.
class ThreadTeam {
 public:
  // Throws ValueError unless 1 <= threads <= 1024.
  explicit ThreadTeam(int threads = 1);

  int size() const { return threads_; }

  // task(thread, threads) on each of `threads` threads at once; returns when all have returned.
  // `threads` is size(), or less where the system grants fewer.
  template <class Task>
  void run(const Task& task) const {
    run_threads(threads_, &call<Task>, &task);
  }

  // task(block) once for every block < blocks; which thread takes which one is not specified.
  template <class Task>
  void for_each_block(std::size_t blocks, const Task& task) const {
    std::atomic<std::size_t> next{0};
    const auto take_blocks = [&](int, int) {
      for (std::size_t block; (block = next.fetch_add(1, std::memory_order_relaxed)) < blocks;) {
        task(block);
      }
    };
    run_threads(blocks <= 1 ? 1 : threads_, &call<decltype(take_blocks)>, &take_blocks);
  }

 private:
  using Erased = void (*)(const void* task, int thread, int threads);

  template <class Task>
  static void call(const void* task, int thread, int threads) {
    (*static_cast<const Task*>(task))(thread, threads);
  }
  static void run_threads(int threads, Erased call, const void* task);

  int threads_;
};

// Makes the threads of one task wait for each other. Spins, because a step of the time loop lasts
// microseconds, and yields when the wait is long, as with more threads than processors.
class SpinBarrier {
 public:
  // Returns when `threads` threads have called it.
  void wait(int threads) noexcept;

 private:
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> phase_{0};
};

}  // namespace unroll
