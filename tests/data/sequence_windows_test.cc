#include "unroll/data/sequence_windows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

// Sequences of these lengths; a target a step, but for the steps of `without` (of all of them).
EncodedSequences sequences_of(const std::vector<std::size_t>& lengths,
                              const std::vector<std::size_t>& without = {}) {
  EncodedSequences s;
  s.features = 1, s.by_step = true;
  for (const std::size_t length : lengths) s.begin.push_back(s.begin.back() + length);
  s.values.assign(s.begin.back(), 0);
  NumberTargets targets = {.width = 1, .values = std::vector<double>(s.begin.back(), 1)};
  for (const std::size_t step : without) targets.values[step] = std::nan("");
  s.targets = targets;
  return s;
}

TEST(SequenceWindows, FollowEachOther) {
  const SequenceWindows windows(sequences_of({3, 7, 0}), 3);
  ASSERT_EQ(windows.per_epoch(), 3u);  // of the longest: 3 + 3 + 1
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(windows.window(i).first, 3 * i);
    EXPECT_EQ(windows.window(i).last, 3 * i + 3);
    EXPECT_EQ(windows.read_from(i), 3 * i);  // nothing is read alone
  }
}

TEST(SequenceWindows, WithoutATargetAreOnlyRead) {
  const SequenceWindows windows(sequences_of({12}, {0, 1, 4, 5, 6, 7, 10, 11}), 2);
  // (0 1) (2 3) (4 5) (6 7) (8 9) (10 11)
  ASSERT_EQ(windows.per_epoch(), 2u);
  EXPECT_EQ(windows.read_from(0), 0u);
  EXPECT_EQ(windows.window(0).first, 2u);
  EXPECT_EQ(windows.read_from(1), 4u);
  EXPECT_EQ(windows.window(1).first, 8u);
}

TEST(SequenceWindows, OfLabels) {
  EncodedSequences s = sequences_of({4});
  s.targets = ClassTargets{.class_count = 2, .classes = {0, 5, 7, 9}};
  EXPECT_EQ(SequenceWindows(s, 2).per_epoch(), 1u);  // the others are of unknown labels
}

TEST(SequenceWindows, RefuseWhatHasNoSteps) {
  EncodedSequences s = sequences_of({4});
  expect_error<ValueError>([&] { SequenceWindows(s, 0); }, {"bptt"});
  s.by_step = false;
  expect_error<ValueError>([&] { SequenceWindows(s, 2); }, {"of steps"});
}

}  // namespace
}  // namespace unroll
