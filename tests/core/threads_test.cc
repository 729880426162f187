#include "unroll/core/threads.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

#include "unroll/core/error.h"

namespace unroll {
namespace {

// Before the first team is made; ctest sets it too.
const int kProcessorsAreSet = ::setenv("UNROLL_PROCESSORS", "8", 1);

TEST(ThreadTeam, RunsEveryBlockOnce) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> seen(97);
    ThreadTeam(threads).for_each_block(seen.size(), [&](std::size_t block) { ++seen[block]; });
    for (const auto& count : seen) EXPECT_EQ(count.load(), 1);
  }
}

// At any time a worker has one task, so that it may own memory; and more than one is at work.
TEST(ThreadTeam, WorkersHaveOneTaskAtATime) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> tasks(static_cast<std::size_t>(threads));
    std::atomic<int> wrong{0}, done{0}, busy{0}, most{0};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto task = [&](std::size_t, std::size_t worker) {
      if (worker >= tasks.size() || tasks[worker]++ != 0) ++wrong;
      const int at_work = ++busy;
      for (int seen = most; seen < at_work && !most.compare_exchange_weak(seen, at_work);) {
      }
      // The first tasks wait for company.
      do {
        std::this_thread::yield();
      } while (threads > 1 && most < 2 && std::chrono::steady_clock::now() < deadline);
      --busy;
      if (worker < tasks.size()) --tasks[worker];
      ++done;
    };
    for (int round = 0; round < 30; ++round) ThreadTeam(threads).for_each_block(97, task);
    EXPECT_EQ(wrong.load(), 0) << threads;
    EXPECT_EQ(done.load(), 30 * 97) << threads;
    EXPECT_LE(most.load(), threads);
    EXPECT_GE(most.load(), std::min(threads, 2));
  }
}

TEST(ThreadTeam, BarrierOrdersSteps) {
  constexpr int kThreads = 3;
  const ThreadTeam team(kThreads);
  std::array<int, kThreads> value{};
  std::atomic<int> wrong{0}, together{0};
  // On a busy machine not every call gets its threads.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (together.load() < 3 && std::chrono::steady_clock::now() < end) {
    SpinBarrier barrier;
    team.run_together([&](int thread, int threads) {
      if (thread == 0 && threads == kThreads) ++together;
      for (int step = 1; step <= 200; ++step) {
        value[static_cast<std::size_t>(thread)] = step;
        barrier.wait(threads);
        for (int other = 0; other < threads; ++other) {
          if (value[static_cast<std::size_t>(other)] != step) ++wrong;
        }
        barrier.wait(threads);
      }
    });
  }
  EXPECT_GT(together.load(), 0);
  EXPECT_EQ(wrong.load(), 0);
}

TEST(ThreadTeam, FlushesDenormalsOnlyInside) {
  volatile float tiny = std::numeric_limits<float>::denorm_min();
  std::atomic<int> kept{0};
  ThreadTeam(2).run_together([&](int, int) { kept += tiny * 1.0f != 0.0f; });
  EXPECT_EQ(kept.load(), 0);
  EXPECT_NE(tiny * 1.0f, 0.0f);
}

// Blocks that call the pool again, and callers on several threads at once: nobody waits for ever.
TEST(ThreadTeam, NestedAndConcurrentCallsFinish) {
  std::atomic<int> count{0};
  const ThreadTeam team(3);
  const auto nested = [&] {
    for (int i = 0; i < 50; ++i) {
      team.for_each_block(4, [&](std::size_t) {
        team.for_each_block(3, [&](std::size_t) { ++count; });
        team.run_together([&](int thread, int) { count += thread == 0 ? 1 : 0; });
      });
    }
  };
  std::thread other(nested);
  nested();
  other.join();
  EXPECT_EQ(count.load(), 2 * 50 * 4 * (3 + 1));
}

// A child of fork() has none of the threads; work there must not wait for them.
TEST(ThreadTeam, WorksInAForkedChild) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  GTEST_SKIP() << "the thread sanitizer ends a process that makes threads after fork()";
#endif
#endif
  const auto sum = [] {
    std::atomic<int> total{0};
    for (int round = 0; round < 20; ++round) {
      ThreadTeam(3).for_each_block(8, [&](std::size_t block) { total += static_cast<int>(block); });
    }
    return total.load();
  };
  EXPECT_EQ(sum(), 20 * 28);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(sum() == 20 * 28 ? 0 : 1);
  int status = -1;
  for (int waited = 0; waited < 2000 && ::waitpid(child, &status, WNOHANG) == 0; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (waited == 1999) ::kill(child, SIGKILL);
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(ThreadTeam, HasNoMoreThreadsThanProcessors) {
  EXPECT_EQ(available_threads(), 8);
  EXPECT_EQ(ThreadTeam(8).size(), 8);
  EXPECT_EQ(ThreadTeam(1024).size(), 8);
}

TEST(ThreadTeam, RefusesOddCounts) {
  EXPECT_THROW(ThreadTeam(0), ValueError);
  EXPECT_THROW(ThreadTeam(1025), ValueError);
}

}  // namespace
}  // namespace unroll
