#include "unroll/kernels/machine_limit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <vector>

#include "hwy/aligned_allocator.h"
#include "kernels/limit_loops.h"
#include "kernels/targets.h"
#include "unroll/kernels/precision.h"
#include "unroll/nn/recurrence_pass.h"

namespace unroll {
namespace {

class MachineLimit : public testing::Test {
 protected:
  ~MachineLimit() override { kernels::set_target(best_); }
  const std::string best_ = kernels::target_name();
};

// With factor and term 1 every chain ends higher by one a round: none is left out.
template <class T>
void expect_every_operation_is_done() {
  constexpr std::size_t kRounds = 1000;
  T one, many;
  const std::size_t operations = kernels::multiply_add(1, T(1), T(1), &one);
  EXPECT_EQ(kernels::multiply_add(kRounds, T(1), T(1), &many), kRounds * operations);
  EXPECT_EQ(many - one, static_cast<T>(operations / 2 * (kRounds - 1)));
  // Chain i begins at i, so the sum of all tells how many chains there are.
  const T elements = static_cast<T>(operations / 2);
  EXPECT_GE(2 * (one / elements - 1) + 1, 12);
}

TEST_F(MachineLimit, EveryOperationIsDoneOnEveryTarget) {
  for (const std::string& target : kernels::target_names()) {
    SCOPED_TRACE(target);
    kernels::set_target(target);
    expect_every_operation_is_done<float>();
    expect_every_operation_is_done<double>();
  }
}

TEST_F(MachineLimit, EveryOperationOfBf16IsDone) {
  if (!has_bf16_instruction()) GTEST_SKIP() << "no AVX512_BF16";
  constexpr std::size_t kRounds = 1000;
  float sum;
  const std::size_t operations = kernels::multiply_add_bf16(kRounds, 1, 1, &sum);
  EXPECT_EQ(sum, static_cast<float>(operations / 4));  // one of a pair's factors is 0
  EXPECT_GE(operations, kRounds * 4 * 16 * 12);
}

TEST_F(MachineLimit, EveryByteIsReadOnEveryTarget) {
  constexpr std::size_t kBytes = 3 * 4096, kCount = kBytes / sizeof(std::uint64_t);
  const auto data = hwy::AllocateAligned<std::uint64_t>(kCount);
  std::iota(data.get(), data.get() + kCount, 7);
  const std::uint64_t sum = std::accumulate(data.get(), data.get() + kCount, std::uint64_t{0});
  for (const std::string& target : kernels::target_names()) {
    SCOPED_TRACE(target);
    kernels::set_target(target);
    EXPECT_EQ(kernels::read_bytes(data.get(), kBytes, 5), 5 * sum);
  }
}

TEST_F(MachineLimit, IsPlausible) {
  EXPECT_EQ(instruction_set(), best_);
  EXPECT_EQ(instruction_sets().front(), best_);
  const ThreadTeam one(1), two(2);
  const double peak = fma_peak<float>(one);
  EXPECT_GT(peak, 0.05);
  EXPECT_LT(peak, 2000);
  // A vector holds half as many doubles.
  EXPECT_GT(peak / fma_peak<double>(one), 1.2);
  EXPECT_GT(fma_peak<float>(two), 0.4 * peak);
  for (const ThreadTeam& team : {one, two}) {
    const ReadBandwidth read = read_bandwidth(team);
    for (const double rate : {read.l1, read.l2, read.l3, read.memory}) {
      EXPECT_GT(rate, 0.05);
      EXPECT_LT(rate, 1e5);
    }
  }
}

// No network is faster than the limit.
TEST_F(MachineLimit, IsNotExceeded) {
  constexpr std::size_t kSteps = 10, kBatch = 24, kHidden = 256;
  Recurrence<float> recurrence({.input_size = kHidden, .hidden_size = kHidden});
  RecurrencePass<float> pass(recurrence);
  const std::vector<float> x(kSteps * kBatch * kHidden, 0.5f);
  const ThreadTeam team(1);
  double seconds = 1e9;
  for (int run = 0; run < 30; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    pass.forward(team, x.data(), {.steps = kSteps, .batch = kBatch});
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    seconds = std::min(seconds, passed.count());
  }
  const double operations = 2.0 * kSteps * kBatch * 4 * kHidden * (kHidden + kHidden);
  EXPECT_LT(operations / seconds / 1e9, 1.02 * fma_peak<float>(team));
}

}  // namespace
}  // namespace unroll
