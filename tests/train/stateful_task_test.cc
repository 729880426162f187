// Truncated back-propagation through time over sequences with targets of steps: a state that is
// carried on is that of one long pass, windows without a target are read and not trained on, and a
// run that was stopped and resumed at any update ends with the bits of one that was not.
#include <gtest/gtest.h>

#include <cmath>

#include "messages.h"
#include "models/small_sequences.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/train/sequence_task.h"

namespace unroll {
namespace {

constexpr std::size_t kWindow = 4;

// One of 18 steps, and a shorter one beside it. Steps 5 to 13 of the first have no target, so that
// of its windows the third has none; those of the second end before it.
Sequences series() {
  Sequences s = {.source = "a", .begin = {0, 18, 24}, .features = 2};
  s.values.resize(48);
  fill_random(s.values, 8);
  s.target = TargetKind::kStepValue, s.target_width = 2, s.targets_may_be_missing = true;
  s.targets.resize(48);
  for (std::size_t i = 0; i < 48; ++i) {
    const std::size_t step = i / 2;
    s.targets[i] =
        step >= 5 && step <= 13 ? std::nan("") : s.values[i] + (i > 1 ? s.values[i - 2] : 0);
  }
  return s;
}

SequenceTaskOptions options_of(InitialState initial_state = InitialState::kTrainable) {
  SequenceModelDescription d = describe(series(), HeadOptions{"squared_error"});
  d.options.bidirectional = false, d.options.dropout = 0;
  d.options.cell = {.name = "lstm"};
  d.options.initial_state = initial_state;
  return {.description = d, .bptt = kWindow, .seed = 3};
}

EncodedSequences data() { return options_of().description.preprocessing.encode(series()); }

// Every parameter but a bias that is held away from zero, the initial state too.
template <class T>
void move(SequenceModel<T>& model) {
  fill_random(model.parameters(), 20, 0.6);
}

TEST(StatefulTask, AnEpochIsOneLongPass) {
  for (const InitialState start : {InitialState::kZero, InitialState::kTrainable}) {
    SequenceTask<double> task(options_of(start), data(), data());
    move(task.model());
    const auto predictions = predict(task.model(), data(), ThreadTeam(1));
    const PredictionLoss wanted =
        prediction_loss<double>(ThreadTeam(1), HeadOptions{"squared_error"}, data(), predictions);
    EXPECT_EQ(wanted.rows, 15u);
    ASSERT_EQ(task.updates_per_epoch(), 4u);             // of five windows
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {  // the second starts anew
      LossSum sum;
      for (std::uint64_t i = 0; i < 4; ++i) {
        const LossSum window = task.train_batch(ThreadTeam(1), 4 * epoch + i);
        EXPECT_GT(window.items, 0u);
        sum.sum += window.sum, sum.items += window.items;
      }
      EXPECT_EQ(sum.items, wanted.rows);
      EXPECT_NEAR(sum.sum, wanted.sum, 1e-12);
    }
    EXPECT_EQ(task.validate(ThreadTeam(1)).loss.sum, wanted.sum);
  }
}

TEST(StatefulTask, OnlyTheFirstWindowTrainsTheInitialState) {
  SequenceTask<double> task(options_of(), data(), {});
  move(task.model());
  for (std::uint64_t update = 0; update < 8; ++update) {
    task.train_batch(ThreadTeam(1), update);
    double size = 0;
    for (const Parameter<double>* p : task.parameters()) {
      if (!p->name().starts_with("initial.")) continue;
      for (std::size_t i = 0; i < p->size(); ++i) size += std::fabs(p->gradient[i]);
    }
    EXPECT_EQ(size > 0, update % 4 == 0) << update;
  }
}

class StatefulRun {
 public:
  explicit StatefulRun(InitialState initial_state) : initial_state_(initial_state) {
    training_ = {.optimizer = {.name = "adamw"},
                 .schedule = {.name = "cosine", .learning_rate = 0.02},
                 .clip_norm = 1,
                 .epochs = 5};
  }
  // Until `stop_after` updates of the whole run are done, or to the end. True at the end.
  bool train(std::uint64_t stop_after = 0) {
    SequenceTaskOptions options = options_of(initial_state_);
    options.description.options.dropout = 0.2;
    SequenceTask<float> task(options, data(), data());
    if (initial_state_ == InitialState::kGiven) {
      States<float> start = task.model().initial_state();
      fill_random_states(start, 6);
      task.model().set_initial_state(start);
    }
    FolderStore store(folder_.path());
    TrainingLoop<float> loop(task, training_, store);
    loop.resume();
    return loop.run({.stop = [&] { return stop_after > 0 && loop.updates() >= stop_after; }});
  }
  std::string model() const {
    return read_file(FolderStore(folder_.path()).path(RunFile::kModel), 1 << 20);
  }
  TrainingOptions training_;

 private:
  InitialState initial_state_;
  TemporaryFolder folder_;
};

TEST(StatefulTask, ResumesToTheSameBits) {
  for (const InitialState start :
       {InitialState::kZero, InitialState::kTrainable, InitialState::kGiven}) {
    StatefulRun whole(start), parts(start);
    EXPECT_TRUE(whole.train());
    int stops = 0;
    for (std::uint64_t stop = 1; !parts.train(stop); ++stop, ++stops) {
      parts.training_.threads = static_cast<int>(1 + stop % 3);
    }
    EXPECT_EQ(stops, 20);
    EXPECT_TRUE(parts.model() == whole.model()) << initial_state_name(start);
  }
}

TEST(StatefulTask, RefusesWhatHasNoState) {
  SequenceTaskOptions options = options_of();
  options.description.options.bidirectional = true;
  expect_error<ValueError>([&] { SequenceTask<float>(options, data(), {}); }, {"bidirectional"});
  const SmallSequences small;
  options = {.description = describe(small.valued(), HeadOptions{"huber"}), .bptt = 4};
  options.description.options.bidirectional = false;
  const EncodedSequences whole = options.description.preprocessing.encode(small.valued());
  expect_error<ValueError>([&] { SequenceTask<float>(options, whole, {}); }, {"of steps"});
  EncodedSequences none = data();
  for (double& x : std::get<NumberTargets>(none.targets).values) x = std::nan("");
  expect_error<ValueError>([&] { SequenceTask<float>(options_of(), none, {}); }, {"target"});
  expect_error<ValueError>([&] { SequenceTask<float>(options_of(), data(), none); }, {"valid"});
}

TEST(StatefulTask, TheFingerprintNamesWindowAndGivenState) {
  const auto fingerprint = [](std::size_t bptt, float value) {
    SequenceTaskOptions options = options_of(InitialState::kGiven);
    options.bptt = bptt;
    SequenceTask<float> task(options, data(), {});
    States<float> start = task.model().initial_state();
    start[1][2] = value;
    task.model().set_initial_state(start);
    return task.fingerprint();
  };
  const std::string same = fingerprint(4, 0.5F);
  EXPECT_EQ(fingerprint(4, 0.5F), same);
  EXPECT_NE(fingerprint(5, 0.5F), same);
  EXPECT_NE(fingerprint(4, 0.25F), same);
}

}  // namespace
}  // namespace unroll
