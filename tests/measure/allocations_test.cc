#include "measure/allocations.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#define UNROLL_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNROLL_THREAD_SANITIZER
#endif
#endif

namespace unroll::measure {
namespace {

// What the compiler cannot see through: it may leave out an allocation that nobody uses.
void* volatile kept;
void* use(void* memory) {
  kept = memory;
  return kept;
}

template <class Allocate>
std::uint64_t count(const Allocate& allocate) {
  const AllocationCount allocations;
  allocate();
  return allocations.count().value();
}

TEST(Allocations, NothingIsNone) {
  EXPECT_EQ(count([] {}), 0u);
  EXPECT_EQ(count([] {
              double sum = 0;
              for (int i = 0; i < 1000; ++i) sum += i;
              EXPECT_EQ(sum, 499500);
            }),
            0u);
}

TEST(Allocations, EveryWayCounts) {
  struct alignas(128) Wide {
    char bytes[128];
  };
  EXPECT_EQ(count([] { delete static_cast<int*>(use(new int)); }), 1u);
  EXPECT_EQ(count([] { delete[] static_cast<int*>(use(new int[100])); }), 1u);
  EXPECT_EQ(count([] { delete static_cast<Wide*>(use(new Wide)); }), 1u);
  EXPECT_EQ(count([] {
              std::vector<double> x(1000);
              use(x.data());
            }),
            1u);
  EXPECT_EQ(count([] { std::free(use(std::malloc(10))); }), 1u);
  EXPECT_EQ(count([] { std::free(use(std::calloc(10, 10))); }), 1u);
  EXPECT_GE(count([] { std::free(use(std::realloc(use(std::malloc(10)), 100'000))); }), 2u);
}

TEST(Allocations, AlignedMallocCounts) {
#ifdef UNROLL_THREAD_SANITIZER
  GTEST_SKIP() << "the hooks of the thread sanitizer pass these functions over";
#endif
  EXPECT_EQ(count([] { std::free(use(std::aligned_alloc(64, 640))); }), 1u);
  EXPECT_EQ(count([] {
              void* memory = nullptr;
              EXPECT_EQ(::posix_memalign(&memory, 4096, 10), 0);
              EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 4096, 0u);
              std::free(use(memory));
            }),
            1u);
}

TEST(Allocations, OfAllThreadsCount) {
  constexpr std::size_t kThreads = 4, kEach = 10'000;
  const auto allocations = count([] {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([] {
        for (std::size_t k = 0; k < kEach; ++k) delete new (std::nothrow) volatile int(0);
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_GE(allocations, kThreads * kEach);
  EXPECT_LT(allocations, kThreads * kEach + 100);  // the threads themselves
}

TEST(Allocations, OnlyWhileTheCountLives) {
  use(new int);
  delete static_cast<int*>(kept);
  EXPECT_EQ(count([] {}), 0u);
}

}  // namespace
}  // namespace unroll::measure
