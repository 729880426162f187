// Batches of sequences, their padding, and the split of a training file.

#include "unroll/data/sequence_batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Sizes = std::vector<std::size_t>;

Sizes some_lengths(std::size_t count) {
  Sizes lengths(count);
  for (std::size_t i = 0; i < count; ++i) lengths[i] = i * 37 % 101;
  return lengths;
}

std::vector<Sizes> epoch_of(SequenceBatches& batches, std::uint64_t epoch) {
  std::vector<Sizes> all;
  for (std::size_t b = 0; b < batches.per_epoch(); ++b) {
    const auto batch = batches.batch(epoch, b);
    all.emplace_back(batch.begin(), batch.end());
  }
  return all;
}

TEST(SequenceBatches, EveryEpochHasEverySequenceOnce) {
  for (const std::size_t count : {1u, 5u, 16u, 17u, 300u}) {
    for (const std::size_t size : {1u, 4u, 16u, 1000u}) {
      SequenceBatches batches(some_lengths(count), size, 3);
      EXPECT_EQ(batches.per_epoch(), (count + size - 1) / size);
      for (const std::uint64_t epoch : {0u, 1u, 9u}) {
        Sizes seen;
        std::size_t smaller = 0;
        for (const Sizes& batch : epoch_of(batches, epoch)) {
          EXPECT_LE(batch.size(), size);
          EXPECT_GT(batch.size(), 0u);
          smaller += batch.size() < size;
          seen.insert(seen.end(), batch.begin(), batch.end());
        }
        EXPECT_LE(smaller, 1u);  // all are full but one
        std::sort(seen.begin(), seen.end());
        Sizes wanted(count);
        std::iota(wanted.begin(), wanted.end(), std::size_t{0});
        EXPECT_EQ(seen, wanted);
      }
    }
  }
}

TEST(SequenceBatches, ABatchIsAFunctionOfSeedEpochAndNumber) {
  const Sizes lengths = some_lengths(90);
  SequenceBatches one(lengths, 8, 5), two(lengths, 8, 5), other(lengths, 8, 6);
  const auto third = epoch_of(one, 3), first = epoch_of(one, 1);
  for (std::size_t b = two.per_epoch(); b-- > 0;) {  // another order of the questions
    EXPECT_TRUE(std::ranges::equal(two.batch(3, b), third[b]));
    EXPECT_TRUE(std::ranges::equal(two.batch(1, b), first[b]));
  }
  EXPECT_NE(first, third);
  EXPECT_NE(first, epoch_of(other, 1));
}

// Lengths 0 … 100 at random: batches of 8 from groups of 16 batches waste little.
TEST(SequenceBatches, SequencesOfSimilarLengthAreTogether) {
  const Sizes lengths = some_lengths(1000);
  SequenceBatches batches(lengths, 8, 1);
  std::size_t real = 0, padded = 0;
  std::vector<std::size_t> longest;
  for (const Sizes& batch : epoch_of(batches, 0)) {
    std::size_t most = 0;
    for (const std::size_t i : batch) most = std::max(most, lengths[i]), real += lengths[i];
    padded += most * batch.size();
    longest.push_back(most);
  }
  EXPECT_LT(static_cast<double>(padded), 1.15 * static_cast<double>(real));
  EXPECT_FALSE(std::is_sorted(longest.begin(), longest.end()));  // the batches are shuffled
  // A batch meets ever new company.
  std::map<std::size_t, std::size_t> with_first;
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    for (const Sizes& batch : epoch_of(batches, epoch)) {
      if (std::find(batch.begin(), batch.end(), 0u) == batch.end()) continue;
      for (const std::size_t i : batch) ++with_first[i];
    }
  }
  EXPECT_GT(with_first.size(), 20u);
}

TEST(SequenceBatches, RefusesNothing) {
  expect_error<ValueError>([] { SequenceBatches({}, 4, 1); }, {"no sequence"});
  expect_error<ValueError>([] { SequenceBatches({1, 2}, 0, 1); }, {"batch is 0"});
}

// Sequences of 2, 0 and 1 steps, I = 2, with a class each.
EncodedSequences numbers() {
  return {.begin = {0, 2, 2, 3},
          .features = 2,
          .values = {1, 2, 3, 4, 5, 6},
          .targets = ClassTargets{.class_count = 2, .classes = {1, 0, 3}}};
}

TEST(PaddedBatch, OfSequences) {
  PaddedBatch<float> batch;
  const Sizes indices = {2, 0, 1};
  batch.assign(numbers(), indices);
  EXPECT_EQ(batch.steps, 2u);
  EXPECT_EQ(batch.batch, 3u);
  EXPECT_EQ(batch.lengths, (Sizes{1, 2, 0}));
  EXPECT_EQ(batch.values, (std::vector<float>{5, 6, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0}));
  EXPECT_TRUE(batch.tokens.empty());
  EXPECT_EQ(batch.rows, 3u);
  EXPECT_EQ(batch.classes, (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(batch.weights, (std::vector<float>{0, 1, 1}));  // class 3 is unknown
  const std::vector<double> weights = {0.5, 4};
  batch.assign(numbers(), indices, weights);
  EXPECT_EQ(batch.weights, (std::vector<float>{0, 4, 0.5}));
  const Sizes empty = {1};
  batch.assign(numbers(), empty);  // nothing stays of the batch before
  EXPECT_EQ(batch.steps, 0u);
  EXPECT_TRUE(batch.values.empty());
  EXPECT_EQ(batch.weights, (std::vector<float>{1}));
}

TEST(PaddedBatch, OfSteps) {
  const EncodedSequences steps = {.begin = {0, 2, 3},
                                  .tokens = {7, 8, 9},
                                  .by_step = true,
                                  .targets = ClassTargets{.class_count = 2, .classes = {1, 5, 1}}};
  PaddedBatch<double> batch;
  const Sizes indices = {1, 0};
  const std::vector<double> weights = {2, 3};
  batch.assign(steps, indices, weights);
  EXPECT_TRUE(batch.values.empty());
  EXPECT_EQ(batch.tokens, (std::vector<std::uint32_t>{9, 7, 0, 8}));
  EXPECT_EQ(batch.rows, 4u);
  EXPECT_EQ(batch.classes, (std::vector<std::uint32_t>{1, 1, 0, 0}));
  EXPECT_EQ(batch.weights, (std::vector<double>{3, 3, 0, 0}));  // padding, and the unknown class 5
}

TEST(PaddedBatch, OfNumbers) {
  EncodedSequences s = {.begin = {0, 2, 3},
                        .features = 1,
                        .values = {1, 2, 3},
                        .targets = NumberTargets{.width = 2, .values = {1, 2, 3, 4}}};
  PaddedBatch<double> batch;
  const Sizes indices = {1, 0};
  batch.assign(s, indices);
  EXPECT_EQ(batch.targets, (std::vector<double>{3, 4, 1, 2}));
  EXPECT_EQ(batch.weights, (std::vector<double>{1, 1}));
  EXPECT_TRUE(batch.classes.empty());
  s.by_step = true, s.targets = NumberTargets{.width = 2, .values = {1, 2, 3, 4, 5, 6}};
  batch.assign(s, indices);
  EXPECT_EQ(batch.targets, (std::vector<double>{5, 6, 1, 2, 0, 0, 3, 4}));
  EXPECT_EQ(batch.weights, (std::vector<double>{1, 1, 0, 1}));
}

TEST(PaddedBatch, OfSetsOfClasses) {
  const EncodedSequences s = {
      .begin = {0, 1, 2},
      .features = 1,
      .values = {1, 2},
      .targets = ClassSetTargets{.class_count = 3, .members = {1, 0, 1, 0, 0, 0}}};
  PaddedBatch<float> batch;
  batch.assign(s, Sizes{1, 0});
  EXPECT_EQ(batch.targets, (std::vector<float>{0, 0, 0, 1, 0, 1}));
  EXPECT_EQ(batch.weights, (std::vector<float>{1, 1}));  // the empty set is an answer too
  EXPECT_TRUE(batch.classes.empty());
}

TEST(PaddedBatch, WithoutTargets) {
  EncodedSequences s = {.begin = {0, 2, 3}, .features = 1, .values = {1, 2, 3}};
  PaddedBatch<float> batch;
  batch.assign(s, Sizes{0, 1});
  EXPECT_EQ(batch.weights, (std::vector<float>{0, 0}));
  EXPECT_TRUE(batch.targets.empty());
  s.by_step = true;
  batch.assign(s, Sizes{0, 1});
  EXPECT_EQ(batch.weights, (std::vector<float>{0, 0, 0, 0}));
}

TEST(PaddedBatch, OfSomeSteps) {
  const EncodedSequences s = {
      .begin = {0, 4, 5, 7},
      .features = 1,
      .values = {1, 2, 3, 4, 5, 6, 7},
      .by_step = true,
      .targets = NumberTargets{.width = 1, .values = {10, 20, 30, 40, 50, 60, 70}}};
  PaddedBatch<double> batch;
  const Sizes indices = {0, 1, 2};
  batch.assign(s, indices, {}, {1, 3});
  EXPECT_EQ(batch.steps, 2u);
  EXPECT_EQ(batch.lengths, (Sizes{2, 0, 1}));
  EXPECT_EQ(batch.values, (std::vector<double>{2, 0, 7, 3, 0, 0}));
  EXPECT_EQ(batch.targets, (std::vector<double>{20, 0, 70, 30, 0, 0}));
  EXPECT_EQ(batch.weights, (std::vector<double>{1, 0, 1, 1, 0, 0}));
  batch.assign(s, indices, {}, {3, 6});  // the last one is shorter
  EXPECT_EQ(batch.steps, 1u);
  EXPECT_EQ(batch.values, (std::vector<double>{4, 0, 0}));
  batch.assign(s, indices, {}, {9, 12});
  EXPECT_EQ(batch.lengths, (Sizes{0, 0, 0}));
}

TEST(PaddedBatch, AMissingTargetDoesNotCount) {
  const double nan = std::nan("");
  const EncodedSequences s = {
      .begin = {0, 3},
      .features = 1,
      .values = {1, 2, 3},
      .by_step = true,
      .targets = NumberTargets{.width = 2, .values = {1, 2, nan, nan, 5, 6}}};
  PaddedBatch<float> batch;
  batch.assign(s, Sizes{0});
  EXPECT_EQ(batch.targets, (std::vector<float>{1, 2, 0, 0, 5, 6}));
  EXPECT_EQ(batch.weights, (std::vector<float>{1, 0, 1}));
}

TEST(StratifiedSplit, KeepsTheSharesOfTheLabels) {
  std::vector<std::string> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i < 60 ? "a" : i < 97 ? "b" : i < 99 ? "c" : "d");
  for (const double fraction : {0.001, 0.2, 0.5, 0.999}) {
    const Split split = stratified_split(100, labels, fraction, 4);
    Sizes both = split.kept;
    both.insert(both.end(), split.held_out.begin(), split.held_out.end());
    std::sort(both.begin(), both.end());
    Sizes all(100);
    std::iota(all.begin(), all.end(), std::size_t{0});
    EXPECT_EQ(both, all);
    EXPECT_TRUE(std::is_sorted(split.kept.begin(), split.kept.end()));
    EXPECT_TRUE(std::is_sorted(split.held_out.begin(), split.held_out.end()));
    std::map<std::string, double> held;
    for (const std::size_t i : split.held_out) ++held[labels[i]];
    EXPECT_NEAR(held["a"], std::clamp(60 * fraction, 1., 59.), 0.5);
    EXPECT_NEAR(held["b"], std::clamp(37 * fraction, 1., 36.), 0.5);
    EXPECT_EQ(held["c"], 1);
    EXPECT_EQ(held["d"], 0);  // the only one is trained on
  }
  EXPECT_EQ(stratified_split(100, labels, 0.2, 4).held_out,
            stratified_split(100, labels, 0.2, 4).held_out);
  EXPECT_NE(stratified_split(100, labels, 0.2, 4).held_out,
            stratified_split(100, labels, 0.2, 5).held_out);
}

TEST(StratifiedSplit, WithoutLabels) {
  const Split split = stratified_split(10, {}, 0.3, 1);
  EXPECT_EQ(split.held_out.size(), 3u);
  EXPECT_EQ(split.kept.size(), 7u);
  EXPECT_EQ(stratified_split(2, {}, 0.9, 1).held_out.size(), 1u);  // never all
  EXPECT_TRUE(stratified_split(1, {}, 0.9, 1).held_out.empty());
  EXPECT_TRUE(stratified_split(0, {}, 0.5, 1).kept.empty());
  for (const double fraction : {0., 1., -0.5, 2., std::nan("")}) {
    EXPECT_THROW(stratified_split(10, {}, fraction, 1), ValueError);
  }
}

TEST(StratifiedSplit, RefusesAnotherNumberOfLabels) {
  const std::vector<std::string> labels = {"a", "b", "a"};
  for (const std::size_t count : {2u, 4u}) {
    EXPECT_THROW(stratified_split(count, labels, 0.5, 1), ValueError) << count;
  }
}

}  // namespace
}  // namespace unroll
