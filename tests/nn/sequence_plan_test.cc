#include "nn/sequence_plan.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "unroll/core/error.h"

namespace unroll {
namespace {

using Sizes = std::vector<std::size_t>;

SequencePlan plan_of(std::size_t steps, const Sizes& lengths) {
  SequencePlan plan;
  plan.assign(steps, lengths.size(), lengths);
  return plan;
}

const Sizes kLengthCases[] = {{3, 3, 3}, {0, 5, 2, 5, 1}, {0, 0}, {4}, {1, 2, 3, 4, 5, 5}};

TEST(SequencePlan, EqualLengthsKeepTheBatchAsItIs) {
  SequencePlan without, with = plan_of(4, {4, 4, 4});
  without.assign(4, 3, {});
  for (const SequencePlan& plan : {without, with}) {
    EXPECT_FALSE(plan.padded());
    EXPECT_EQ(plan.steps(), 4u);
    EXPECT_EQ(plan.batch(), 3u);
    EXPECT_EQ(plan.positions(), 12u);
    for (std::size_t rank = 0; rank < 3; ++rank) {
      EXPECT_EQ(plan.row(rank), rank);
      EXPECT_EQ(plan.length(rank), 4u);
      for (std::size_t step = 0; step < 4; ++step) {
        EXPECT_EQ(plan.position(step, rank, false), step * 3 + rank);
        EXPECT_EQ(plan.position(step, rank, true), (3 - step) * 3 + rank);
      }
    }
  }
}

TEST(SequencePlan, RanksFallInLengthAndTiesKeepTheirOrder) {
  const SequencePlan plan = plan_of(6, {2, 5, 0, 2, 5});
  const Sizes rows = {1, 4, 0, 3, 2}, lengths = {5, 5, 2, 2, 0}, active = {4, 4, 2, 2, 2, 0};
  EXPECT_TRUE(plan.padded());
  EXPECT_EQ(plan.positions(), 14u);
  for (std::size_t rank = 0; rank < 5; ++rank) {
    EXPECT_EQ(plan.row(rank), rows[rank]);
    EXPECT_EQ(plan.length(rank), lengths[rank]);
  }
  for (std::size_t step = 0; step < 6; ++step) EXPECT_EQ(plan.active(step), active[step]);
  EXPECT_EQ(plan.active(6), 0u);
  EXPECT_EQ(plan.active(100), 0u);
  EXPECT_EQ(plan.position(0, 3, false), 3u);
  EXPECT_EQ(plan.position(2, 1, false), 9u);
  EXPECT_EQ(plan.position(0, 0, true), 12u);  // its own end: step 4
  EXPECT_EQ(plan.position(0, 2, true), 6u);   // its own end: step 1
}

TEST(SequencePlan, EveryStepHasAPositionOfItsOwn) {
  for (const Sizes& lengths : kLengthCases) {
    const SequencePlan plan = plan_of(5, lengths);
    for (const bool reverse : {false, true}) {
      std::set<std::size_t> positions;
      for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
        EXPECT_EQ(plan.length(rank), lengths[plan.row(rank)]);
        for (std::size_t step = 0; step < plan.length(rank); ++step) {
          EXPECT_LT(rank, plan.active(step));
          positions.insert(plan.position(step, rank, reverse));
          EXPECT_EQ(plan.position(step, rank, true),
                    plan.position(plan.length(rank) - 1 - step, rank, false));
        }
      }
      EXPECT_EQ(positions.size(), plan.positions());
      for (const std::size_t position : positions) EXPECT_LT(position, plan.positions());
    }
  }
}

// Element (t, n, i) is 100 t + 10 n + i + 1.
template <class T>
void check_copies() {
  constexpr std::size_t kSteps = 5, kWidth = 3;
  for (const Sizes& lengths : kLengthCases) {
    const SequencePlan plan = plan_of(kSteps, lengths);
    const std::size_t batch = lengths.size();
    const auto value = [](std::size_t step, std::size_t row, std::size_t i) {
      return static_cast<T>(100 * step + 10 * row + i + 1);
    };
    std::vector<T> padded(kSteps * batch * kWidth), packed(plan.positions() * kWidth);
    for (std::size_t i = 0; i < padded.size(); ++i) {
      padded[i] = value(i / kWidth / batch, i / kWidth % batch, i % kWidth);
    }
    plan.gather(padded.data(), kWidth, packed.data());
    for (std::size_t rank = 0; rank < batch; ++rank) {
      for (std::size_t step = 0; step < plan.length(rank); ++step) {
        for (std::size_t i = 0; i < kWidth; ++i) {
          EXPECT_EQ(packed[plan.position(step, rank, false) * kWidth + i],
                    value(step, plan.row(rank), i));
        }
      }
    }
    std::vector<T> back(padded.size(), T(-1));
    plan.scatter(packed.data(), kWidth, back.data());
    for (std::size_t i = 0; i < back.size(); ++i) {
      const std::size_t step = i / kWidth / batch, row = i / kWidth % batch;
      EXPECT_EQ(back[i], step < lengths[row] ? padded[i] : T(0)) << "element " << i;
    }
  }
}

TEST(SequencePlan, GatherAndScatter) {
  check_copies<float>();
  check_copies<double>();
}

TEST(SequencePlan, CanBeAssignedAgain) {
  SequencePlan plan = plan_of(6, {1, 6, 3});
  plan.assign(2, 1, {});
  EXPECT_EQ(plan.steps(), 2u);
  EXPECT_EQ(plan.batch(), 1u);
  EXPECT_EQ(plan.positions(), 2u);
  EXPECT_FALSE(plan.padded());
  EXPECT_EQ(plan.active(2), 0u);
}

TEST(SequencePlan, MayBeEmpty) {
  EXPECT_EQ(SequencePlan().positions(), 0u);
  SequencePlan plan;
  plan.assign(0, 3, {});
  EXPECT_EQ(plan.positions(), 0u);
  EXPECT_EQ(plan.active(0), 0u);
  EXPECT_FALSE(plan.padded());
  plan.assign(3, 0, {});
  EXPECT_EQ(plan.positions(), 0u);
  EXPECT_FALSE(plan.padded());
}

std::string refusal(std::size_t steps, std::size_t batch, const Sizes& lengths) {
  SequencePlan plan;
  try {
    plan.assign(steps, batch, lengths);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(SequencePlan, RefusesWrongLengths) {
  EXPECT_EQ(refusal(3, 2, {1, 2, 3}),
            "there are 3 lengths for a batch of 2 rows; give one length a row");
  EXPECT_EQ(refusal(3, 2, {3, 4}), "the length of row 1 is 4, but the batch has 3 steps");
}

}  // namespace
}  // namespace unroll
