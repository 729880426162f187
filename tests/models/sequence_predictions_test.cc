#include "unroll/models/sequence_predictions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/unshared.h"
#include "measure/allocations.h"
#include "models/small_sequences.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

// More sequences than fit into a batch, so that they are run in another order than they stand.
TEST(SequencePredictions, AreInTheOrderOfTheSequences) {
  const SmallSequences data(150);
  for (const Sequences& sequences : {data.labelled(), data.tagged(), data.valued()}) {
    const HeadOptions loss = sequences.target == TargetKind::kValue ? HeadOptions{"squared_error"}
                                                                    : HeadOptions{"softmax"};
    const SequenceModelDescription d = describe(sequences, loss);
    SequenceModel<double> model(d.options);
    model.initialize({.seed = 5});
    const EncodedSequences all = d.preprocessing.encode(sequences);
    const std::vector<double> together = predict(model, all, ThreadTeam(1));
    const std::size_t width = d.options.output_size;
    ASSERT_EQ(together.size(), (all.by_step ? all.begin.back() : all.size()) * width);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const EncodedSequences one = d.preprocessing.encode(select(sequences, {i}));
      const std::vector<double> alone = predict(model, one, ThreadTeam(1));
      const std::size_t first = (all.by_step ? all.begin[i] : i) * width;
      ASSERT_EQ(alone.size(), (all.by_step ? all.length(i) : 1) * width);
      for (std::size_t j = 0; j < alone.size(); ++j) {
        EXPECT_NEAR(alone[j], together[first + j], 1e-13) << i;
      }
    }
    EXPECT_EQ(predict(model, all, ThreadTeam(3)), together);
    // Without targets they are the same.
    Sequences bare = sequences;
    bare.target = TargetKind::kNone, bare.labels = {}, bare.targets = {};
    EXPECT_EQ(predict(model, d.preprocessing.encode(bare), ThreadTeam(1)), together);
  }
}

TEST(SequencePredictions, OfNothing) {
  const SmallSequences data;
  const SequenceModelDescription d = describe(data.labelled(), HeadOptions{"softmax"});
  SequenceModel<float> model(d.options);
  EncodedSequences none = {.features = 2, .targets = ClassTargets{.class_count = 2}};
  EXPECT_TRUE(predict(model, none, ThreadTeam(1)).empty());
  EXPECT_EQ(prediction_loss<float>(ThreadTeam(1), HeadOptions{"softmax"}, none, {}).rows, 0u);
}

// Sequences with targets of steps, read in one direction: long ones are read in parts.
TEST(SequencePredictions, OfLongSequencesCarryTheState) {
  Sequences s = {.source = "a", .begin = {0, 2500, 2503, 4000}, .features = 1};
  s.values.resize(4000);
  fill_random(s.values, 2);
  s.target = TargetKind::kStepValue, s.target_width = 1, s.targets = s.values;
  SequenceModelDescription d = describe(s, HeadOptions{"squared_error"});
  d.options.bidirectional = false;
  SequenceModel<double> model(d.options);
  model.initialize({.seed = 5});
  States<double> start = model.initial_state();
  for (double& x : start[0]) x = 0.7;
  model.set_initial_state(start);
  const EncodedSequences data = d.preprocessing.encode(s);
  const std::vector<double> predictions = predict(model, data, ThreadTeam(1));
  SequenceModelPass<double> pass(model);
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::size_t steps = data.length(i);
    const double* const alone =
        pass.forward(ThreadTeam(1), {steps, 1, {}, data.values.data() + data.begin[i], nullptr});
    for (std::size_t t = 0; t < steps; ++t) {
      ASSERT_NEAR(predictions[data.begin[i] + t], alone[t], 1e-13) << i << " " << t;
    }
  }
}

// Windows that share their steps: a row a step of each window.
TEST(SequencePredictions, OfSharedSteps) {
  Sequences shared = {.source = "a", .features = 2};
  for (std::size_t i = 0; i < 80; ++i) {
    shared.begin.push_back(shared.begin.back() + i % 5);
    shared.offsets.push_back(i / 2);
  }
  shared.values.resize(2 * 44);
  fill_random(shared.values, 2);
  for (const TargetKind target : {TargetKind::kValue, TargetKind::kStepValue}) {
    shared.target = target, shared.target_width = 1;
    shared.targets.resize(target == TargetKind::kValue ? shared.size() : shared.steps());
    fill_random(shared.targets, 3);
    const SequenceModelDescription d = describe(shared, HeadOptions{"squared_error"});
    SequenceModel<float> model(d.options);
    model.initialize({.seed = 5});
    const ThreadTeam team(1);
    const EncodedSequences one = d.preprocessing.encode(shared);
    const EncodedSequences other = d.preprocessing.encode(unshared(shared));
    EXPECT_LT(one.values.size(), other.values.size());
    EXPECT_EQ(predict(model, one, team), predict(model, other, team));
  }
}

// n sequences of `length` steps, the next one `longer` steps longer, and so on.
EncodedSequences of_lengths(std::size_t n, std::size_t length, std::size_t longer) {
  EncodedSequences data = {.features = 1};
  for (std::size_t i = 0; i < n; ++i) data.begin.push_back(data.begin.back() + length + i * longer);
  data.values.resize(data.begin.back());
  fill_random(data.values, 2);
  return data;
}

TEST(SequencePredictions, LongerSequencesTakeNoMoreMemoryAtATime) {
  const auto bytes = [](std::size_t length) {
    SequenceModel<float> model({.input_size = 1, .hidden_size = 1, .output_size = 1});
    SequenceModelPass<float> pass(model);
    predict(pass, of_lengths(64, length, 0), ThreadTeam(1));
    return static_cast<double>(pass.workspace_bytes());
  };
  EXPECT_LT(bytes(5000), 1.1 * bytes(1000));
}

TEST(SequencePredictions, TakeMemoryForTheLongestAlone) {
  const auto allocations = [](std::size_t batches) {
    SequenceModel<float> model({.input_size = 1, .hidden_size = 3, .output_size = 1});
    const EncodedSequences data = of_lengths(64 * batches, 1, 1);
    const measure::AllocationCount count;
    predict(model, data, ThreadTeam(1));
    return count.count();
  };
  allocations(1);  // what a process takes once
  const auto few = allocations(2);
  if (!few) GTEST_SKIP() << "the C library gives no way to count";
  EXPECT_EQ(*allocations(6), *few);
}

std::vector<double> probabilities(const std::string& head, const std::vector<double>& x) {
  return decode<double>({.name = head}, {0, x.size() / 2}, 2, x).probabilities;
}

TEST(SequencePredictions, Probabilities) {
  std::vector<double> x = {0, std::log(3), 1000, -1000};
  x = probabilities("softmax", x);
  EXPECT_DOUBLE_EQ(x[0], 0.25);
  EXPECT_DOUBLE_EQ(x[1], 0.75);
  EXPECT_DOUBLE_EQ(x[2], 1);
  EXPECT_DOUBLE_EQ(x[3], 0);
  x = {0, std::log(3), 1000, -1000};
  x = probabilities("sigmoid", x);
  EXPECT_DOUBLE_EQ(x[0], 0.5);
  EXPECT_DOUBLE_EQ(x[1], 0.75);
  EXPECT_DOUBLE_EQ(x[2], 1);
  EXPECT_DOUBLE_EQ(x[3], 0);
  for (const HeadOptions& kind : {HeadOptions{"squared_error"}, HeadOptions{"gaussian"}}) {
    EXPECT_TRUE(probabilities(kind.name, {5, -7}).empty());
  }
}

TEST(SequencePredictions, LossByHand) {
  const ThreadTeam team(1);
  const EncodedSequences labels = {.begin = {0, 1, 2, 3},
                                   .features = 1,
                                   .values = {0, 0, 0},
                                   .targets = ClassTargets{.class_count = 2, .classes = {0, 4, 1}}};
  const std::vector<double> logits = {0, std::log(3), 7, 7, 0, std::log(3)};
  const PredictionLoss plain =
      prediction_loss<double>(team, HeadOptions{"softmax"}, labels, logits);
  EXPECT_EQ(plain.rows, 2u);  // class 4 is unknown
  EXPECT_DOUBLE_EQ(plain.sum, -std::log(0.25) - std::log(0.75));
  const std::vector<double> weights = {3, 0.5};
  EXPECT_DOUBLE_EQ(
      prediction_loss<double>(team, HeadOptions{"softmax"}, labels, logits, weights).sum,
      -3 * std::log(0.25) - 0.5 * std::log(0.75));
  const EncodedSequences values = {.begin = {0, 1, 2},
                                   .features = 1,
                                   .values = {0, 0},
                                   .targets = NumberTargets{.width = 2, .values = {1, 2, 3, 4}}};
  const std::vector<double> predicted = {1, 4, 0, 4};
  const PredictionLoss squares =
      prediction_loss<double>(team, HeadOptions{"squared_error"}, values, predicted);
  EXPECT_EQ(squares.rows, 2u);
  EXPECT_DOUBLE_EQ(squares.sum, (4 + 9) / 2.);
  EncodedSequences one = values;
  std::get<NumberTargets>(one.targets).values[0] = std::nan("");
  const PredictionLoss known =
      prediction_loss<double>(team, HeadOptions{"squared_error"}, one, predicted);
  EXPECT_EQ(known.rows, 1u);
  EXPECT_DOUBLE_EQ(known.sum, 9 / 2.);
}

}  // namespace
}  // namespace unroll
