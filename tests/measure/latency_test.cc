#include "measure/latency.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <numeric>
#include <vector>

#include "unroll/core/error.h"

namespace unroll::measure {
namespace {

std::vector<double> down_from(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.rbegin(), values.rend(), 1.0);
  return values;
}

// Of 1 … n the ⌈n·p⌉-th smallest is that number itself.
TEST(Percentile, IsTheLeastValueThatSoManyDoNotExceed) {
  EXPECT_EQ(percentile(down_from(1000), 500), 500);
  EXPECT_EQ(percentile(down_from(1000), 999), 999);
  EXPECT_EQ(percentile(down_from(1000), 1000), 1000);
  EXPECT_EQ(percentile(down_from(1000), 1), 1);
  EXPECT_EQ(percentile(down_from(1001), 500), 501);
  EXPECT_EQ(percentile(down_from(1001), 999), 1000);
  EXPECT_EQ(percentile(down_from(1600), 999), 1599);  // 1598.4
}

TEST(Percentile, OfFewValues) {
  EXPECT_EQ(percentile({7}, 500), 7);
  EXPECT_EQ(percentile({7}, 999), 7);
  EXPECT_EQ(percentile({3, 1, 2}, 500), 2);
  EXPECT_EQ(percentile({3, 1, 2}, 999), 3);
  EXPECT_EQ(percentile({4, 1, 3, 2}, 500), 2);
}

TEST(Percentile, RefusesWhatHasNone) {
  EXPECT_THROW(percentile({}, 500), ValueError);
  EXPECT_THROW(percentile({1}, 0), ValueError);
  EXPECT_THROW(percentile({1}, 1001), ValueError);
}

TEST(SinglePasses, CountWhatIsTimed) {
  SinglePasses single;
  std::size_t calls = 0;
  const auto pass = [&] { ++calls; };
  single.run(0, pass);
  EXPECT_EQ(calls, 4u);  // one that is not timed, and three
  EXPECT_EQ(single.latency().passes, 3u);
  single.run(0, pass);
  EXPECT_EQ(single.latency().passes, 6u);
  single.run(1e-3, pass);
  EXPECT_EQ(single.latency().passes + 3, calls);
  EXPECT_GT(single.latency().passes, 100u);
}

TEST(SinglePasses, TakeEveryPassByItself) {
  using Clock = std::chrono::steady_clock;
  SinglePasses single;
  int calls = 0;
  // Of those that are timed the first lasts.
  single.run(0, [&] {
    const Clock::time_point begin = Clock::now();
    if (++calls != 2) return;
    while (Clock::now() - begin < std::chrono::milliseconds(20)) continue;
  });
  const Latency latency = single.latency();
  EXPECT_GE(latency.max, 20'000);
  EXPECT_EQ(latency.p999, latency.max);
  EXPECT_LT(latency.p50, 10'000);
}

TEST(SinglePasses, CountAllocationsOfTimedPasses) {
  SinglePasses single;
  std::unique_ptr<int> kept;
  int calls = 0;
  single.run(0, [&] { kept = std::make_unique<int>(++calls); });
  const Latency latency = single.latency();
  EXPECT_EQ(latency.allocations.value_or(3), 3u);
  single.run(0, [] {});
  EXPECT_EQ(single.latency().allocations, latency.allocations);
}

}  // namespace
}  // namespace unroll::measure
