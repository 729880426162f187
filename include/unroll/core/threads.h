#pragma once

#include <atomic>
#include <cstddef>
#include <type_traits>

#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// Threads that are worth having: the processors that this process may use at the same time, by its
// affinity mask and the processor time that its control group allows, of each core one. The
// environment variable UNROLL_PROCESSORS takes its place; throws EnvironmentError where that is no
// number from 1 to 1024.
int available_threads();

class UNROLL_PRIVATE ThreadPool;

// A number of threads that work on one thing together: the caller's and others that the process
// keeps for this purpose. Inside a task denormal numbers are flushed to zero (arithmetic on them
// costs over ten times as much); the caller's setting comes back afterwards. Tasks must not throw.
// Calls from several threads of the program at once are allowed: one of them gets the other
// threads, the rest work alone.
class ThreadTeam {
 public:
  // Throws ValueError unless 1 <= threads <= 1024. More threads than there are processors would
  // wait for each other: size() is the smaller number.
  explicit ThreadTeam(int threads = 1);

  int size() const { return threads_; }

  // As many of this team as have 2^14 elements of work each (additions, or numbers moved), which
  // take one µs or more, several times what handing them to a thread costs; the caller alone where
  // that is no more than one.
  ThreadTeam for_elements(std::size_t elements) const {
    const auto most = static_cast<std::size_t>(threads_), worth = elements >> 14;
    return worth < most ? ThreadTeam(Some{worth > 1 ? static_cast<int>(worth) : 1}) : *this;
  }

  // task(block), or task(block, worker), once for every block < blocks; which thread takes which
  // one is not specified, and threads at work at the same time have different workers < size().
  // Never waits for a thread that has not begun: on a busy machine the caller does the work itself.
  template <class Task>
  UNROLL_PRIVATE void for_each_block(std::size_t blocks, const Task& task) const {
    const Job job{[](const void* t, std::size_t block, std::size_t worker) {
                    if constexpr (std::is_invocable_v<Task, std::size_t, std::size_t>) {
                      (*static_cast<const Task*>(t))(block, worker);
                    } else {
                      (*static_cast<const Task*>(t))(block);
                    }
                  },
                  &task, blocks, false};
    run_job(job, threads_);
  }

  // task(thread, threads) on `threads` threads that all run at the same time, so that they may wait
  // for each other; `threads` is size(), or 1 while another call has the threads or where the
  // system does not let all of them start within about 100 µs.
  template <class Task>
  UNROLL_PRIVATE void run_together(const Task& task) const {
    const Job job{[](const void* t, std::size_t thread, std::size_t threads) {
                    (*static_cast<const Task*>(t))(static_cast<int>(thread),
                                                   static_cast<int>(threads));
                  },
                  &task, static_cast<std::size_t>(threads_), true};
    run_job(job, threads_);
  }

 private:
  friend class ThreadPool;
  struct Some {
    int threads;
  };
  explicit ThreadTeam(Some some) : threads_(some.threads) {}
  struct Job {
    // (index, count) where they run together, else (index, worker)
    void (*call)(const void* task, std::size_t index, std::size_t other);
    const void* task;
    std::size_t count;
    bool together;  // each index on a thread of its own
  };
  static void run_job(const Job& job, int threads);

  int threads_;
};

// Makes the threads of run_together() wait for each other. Spins, because a step of the time loop
// lasts microseconds, and yields when the wait is long, as with more threads than processors.
class SpinBarrier {
 public:
  // Returns when `threads` threads have called it.
  void wait(int threads) noexcept;

 private:
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> phase_{0};
};

}  // namespace unroll

#pragma GCC visibility pop
