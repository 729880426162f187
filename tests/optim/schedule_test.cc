#include "unroll/optim/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "optim/helpers.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Schedule, Constant) {
  Schedule schedule({.learning_rate = 0.1});
  schedule.epoch_finished(1);
  schedule.epoch_finished(2);
  EXPECT_EQ(schedule.rate(1, 0), 0.1);
  EXPECT_EQ(schedule.rate(1000, 123456), 0.1);
}

TEST(Schedule, DivideFromAnEpochOn) {
  // 1 in the first four epochs, then halved in each.
  const Schedule halved({.name = "divide", .divide_by = 2, .divide_from = 5});
  const double wanted[] = {1, 1, 1, 1, 0.5, 0.25, 0.125};
  for (std::uint64_t epoch = 1; epoch <= 7; ++epoch) {
    EXPECT_EQ(halved.rate(epoch, 99), wanted[epoch - 1]) << epoch;
  }
  // × 0.8 an epoch.
  const Schedule slow({.name = "divide", .learning_rate = 2e-3, .divide_by = 1.25});
  EXPECT_EQ(slow.options().divide_from, 2u);
  for (int epoch = 1; epoch <= 10; ++epoch) {
    const double rate = slow.rate(static_cast<std::uint64_t>(epoch), 0);
    EXPECT_NEAR(rate, 2e-3 * std::pow(0.8, epoch - 1), 1e-17) << epoch;
  }
  EXPECT_EQ(halved.rate(100000, 0), 0);  // no overflow
}

TEST(Schedule, PlateauDividesUnlessTheBestFalls) {
  Schedule schedule({.name = "plateau", .learning_rate = 20, .divide_by = 4});
  EXPECT_EQ(schedule.rate(1, 0), 20);
  const double losses[] = {5, 4, 4, 4.5, 3.9, kNaN, 3.95};
  const double rates[] = {20, 20, 5, 1.25, 1.25, 0.3125, 0.078125};
  for (std::uint64_t epoch = 1; epoch <= 7; ++epoch) {
    schedule.epoch_finished(losses[epoch - 1]);
    EXPECT_EQ(schedule.rate(epoch + 1, 0), rates[epoch - 1]) << epoch;
  }
  EXPECT_EQ(schedule.state(), (ScheduleState{256, 3.9}));
}

TEST(Schedule, PlateauGoesOnAfterARestore) {
  const ScheduleOptions options{.name = "plateau", .learning_rate = 20, .divide_by = 4};
  Schedule whole(options), first(options), second(options);
  for (const double loss : {3., 4.}) whole.epoch_finished(loss), first.epoch_finished(loss);
  second.restore(first.state());
  for (const double loss : {3.5, 2.}) {
    whole.epoch_finished(loss), second.epoch_finished(loss);
    EXPECT_EQ(whole.rate(4, 0), second.rate(4, 0));
  }
  EXPECT_EQ(whole.state(), second.state());
  expect_error<ValueError>([&] { second.restore({0.5, {}}); }, {"divisor is 0.5"});
  expect_error<ValueError>([&] { second.restore({kNaN, {}}); }, {"divisor"});
}

TEST(Schedule, CosineWithWarmup) {
  const Schedule schedule(
      {.name = "cosine", .learning_rate = 2, .warmup = 4, .final_rate = 1, .total_updates = 12});
  const double rising[] = {0.5, 1, 1.5, 2, 2};
  for (std::uint64_t update = 0; update < 5; ++update) {
    EXPECT_EQ(schedule.rate(1, update), rising[update]) << update;
  }
  EXPECT_NEAR(schedule.rate(1, 6), 1.5 + std::sqrt(0.125), 1e-15);  // a quarter of the way
  EXPECT_NEAR(schedule.rate(2, 8), 1.5, 1e-15);
  EXPECT_GT(schedule.rate(2, 11), 1);
  EXPECT_EQ(schedule.rate(2, 12), 1);
  EXPECT_EQ(schedule.rate(9, 1000), 1);
  const Schedule plain({.name = "cosine", .total_updates = 10});
  EXPECT_EQ(plain.rate(1, 0), 1);
  EXPECT_EQ(plain.rate(1, 10), 0);
}

TEST(Schedule, RefusesWrongOptions) {
  const auto refused = [](const ScheduleOptions& options, std::vector<std::string> parts) {
    expect_error<ValueError>([&] { Schedule schedule(options); }, parts);
  };
  refused({.name = "cosin", .total_updates = 1}, {"'cosin'", "did you mean 'cosine'?", "plateau"});
  refused({.learning_rate = 0}, {"learning_rate is 0", "(0, inf)"});
  refused({.learning_rate = kNaN}, {"learning_rate is nan"});
  refused({.name = "divide", .divide_by = 0.5}, {"divide_by is 0.5", "[1, inf)"});
  refused({.name = "divide", .divide_from = 0}, {"divide_from is 0"});
  refused({.name = "constant", .divide_by = 2}, {"'constant'", "divide_by"});
  refused({.name = "plateau", .divide_from = 2}, {"'plateau'", "divide_from"});
  refused({.name = "divide", .warmup = 2}, {"'divide'", "warmup"});
  refused({.name = "plateau", .final_rate = 0.1}, {"'plateau'", "final_rate"});
  refused({.name = "cosine"}, {"total_updates is 0"});
  refused({.name = "cosine", .warmup = 7, .total_updates = 7}, {"warmup is 7", "is 7;"});
  refused({.name = "cosine", .final_rate = 1.5, .total_updates = 7}, {"final_rate", "[0, 1]"});
  expect_error<ValueError>([] { Schedule({}).rate(0, 0); }, {"epoch is 0"});
  EXPECT_EQ(schedule_names().size(), 4u);
}

}  // namespace
}  // namespace unroll
