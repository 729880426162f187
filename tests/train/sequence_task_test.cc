// Training of sequence models on small data: it learns, a run that was stopped and resumed at any
// update ends with the bits of one that was not, and a batch depends on nothing but its number.

#include "unroll/train/sequence_task.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "messages.h"
#include "models/small_sequences.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/evaluation/sequence_evaluation.h"
#include "unroll/io/file.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {
namespace {

struct Kind {
  SequenceModelDescription description;
  EncodedSequences train, valid;
};

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  const SmallSequences other(7);
  const std::vector<Sequences> valid = {other.labelled(), other.with_sets(), other.tagged(),
                                        other.valued(),   other.valued(),    other.valued(),
                                        other.tagged()};
  for (const auto& [description, data] : all_kinds()) {
    const Preprocessing& p = description.preprocessing;
    all.push_back({description, p.encode(data), p.encode(valid[all.size()])});
  }
  return all;
}

SequenceTaskOptions options_of(const Kind& kind) {
  return {.description = kind.description, .batch = 4, .seed = 3};
}

template <class T>
std::vector<T> gradient_of(SequenceTask<T>& task, std::uint64_t update, int threads = 1) {
  task.train_batch(ThreadTeam(threads), update);
  std::vector<T> all;
  for (const Parameter<T>* p : task.parameters()) {
    all.insert(all.end(), p->rows.begin(), p->rows.end());
    all.insert(all.end(), p->gradient.data(), p->gradient.data() + p->gradient_size());
  }
  return all;
}

TEST(SequenceTask, ABatchIsAFunctionOfTheUpdate) {
  for (const Kind& kind : kinds()) {
    SequenceTask<float> one(options_of(kind), kind.train, {}),
        two(options_of(kind), kind.train, {});
    EXPECT_EQ(one.updates_per_epoch(), 3u);
    const auto seventh = gradient_of(one, 7);
    for (const std::uint64_t update : {3u, 100u, 8u}) gradient_of(two, update);
    EXPECT_EQ(gradient_of(two, 7), seventh);
    EXPECT_NE(gradient_of(two, 8), seventh);
    EXPECT_EQ(gradient_of(one, 7, 3), seventh);
  }
}

// Without dropout, and with all sequences in one batch, the loss is that of the predictions.
TEST(SequenceTask, TheLossIsThatOfTheRealSteps) {
  for (const Kind& kind : kinds()) {
    SequenceTaskOptions options = options_of(kind);
    options.batch = 100, options.description.options.dropout = 0;
    SequenceTask<double> task(options, kind.train, kind.valid);
    const LossSum trained = task.train_batch(ThreadTeam(1), 0);
    const auto predictions = predict(task.model(), kind.train, ThreadTeam(1));
    const PredictionLoss wanted =
        prediction_loss<double>(ThreadTeam(1), options.description.options.head, kind.train,
                                predictions, {}, task.model().head_values());
    EXPECT_EQ(trained.items, wanted.rows);
    EXPECT_EQ(trained.items, kind.train.by_step ? kind.train.begin.back() : kind.train.size());
    EXPECT_NEAR(trained.sum, wanted.sum, 1e-10);
    ASSERT_TRUE(task.has_validation());
    const Validation validation = task.validate(ThreadTeam(2));
    const auto answers = predict(task.model(), kind.valid, ThreadTeam(1));
    EXPECT_EQ(validation.loss.sum,
              prediction_loss<double>(ThreadTeam(1), options.description.options.head, kind.valid,
                                      answers, {}, task.model().head_values())
                  .sum);
    EXPECT_EQ(validation.metrics,
              evaluate<double>(options.description, kind.valid, answers, task.model().head_values())
                  .metrics);
  }
}

// Σ w l / Σ w over the rows, times their number.
TEST(SequenceTask, ClassWeights) {
  const Kind kind = kinds()[0];
  SequenceTaskOptions options = options_of(kind);
  options.batch = 100, options.description.options.dropout = 0, options.class_weights = {0.5, 4};
  SequenceTask<double> task(options, kind.train, kind.valid);
  const LossSum trained = task.train_batch(ThreadTeam(1), 0);
  const auto predictions = predict(task.model(), kind.train, ThreadTeam(1));
  const double sum = prediction_loss<double>(ThreadTeam(1), HeadOptions{"softmax"}, kind.train,
                                             predictions, options.class_weights)
                         .sum;
  EXPECT_NEAR(trained.sum, sum / (6 * 0.5 + 3 * 4) * 9, 1e-10);
  EXPECT_EQ(trained.items, 9u);
}

TEST(SequenceTask, ScoresOfWholeSequences) {
  const Kind kind = kinds().back();
  ASSERT_EQ(kind.description.options.head.name, "crf");
  SequenceTaskOptions options = options_of(kind);
  options.class_weights = {1, 2, 1};
  expect_error<ValueError>([&] { SequenceTask<float>(options, kind.train, {}); },
                           {"crf", "class weights"});
  options.class_weights = {}, options.bptt = 2;
  options.description.options.bidirectional = false;
  expect_error<ValueError>([&] { SequenceTask<float>(options, kind.train, {}); },
                           {"crf", "whole sequences"});
}

class SmallRun {
 public:
  SmallRun(const Kind& kind, std::uint64_t epochs) : kind_(kind) {
    training_ = {.optimizer = {.name = "adam"},
                 .schedule = {.name = "cosine", .learning_rate = 0.02},
                 .clip_norm = 1,
                 .epochs = epochs};
  }
  // Until `stop_after` updates of the whole run are done, or to the end. True at the end.
  bool train(std::uint64_t stop_after = 0) {
    SequenceTask<float> task(options_of(kind_), kind_.train, kind_.valid);
    FolderStore store(folder_.path());
    TrainingLoop<float> loop(task, training_, store);
    loop.resume();
    const bool done =
        loop.run({.stop = [&] { return stop_after > 0 && loop.updates() >= stop_after; }});
    history_ = loop.history();
    return done;
  }
  std::string path() const { return FolderStore(folder_.path()).path(RunFile::kModel); }
  std::string model() const { return read_file(path(), 1 << 20); }

  Kind kind_;
  TrainingOptions training_;
  std::vector<EpochRecord> history_;

 private:
  TemporaryFolder folder_;
};

TEST(SequenceTask, Learns) {
  for (Kind kind : kinds()) {
    kind.description.options.dropout = 0;
    SmallRun run(kind, 60);
    EXPECT_TRUE(run.train());
    const bool density =
        kind.description.options.head == HeadOptions{"gaussian"};  // its loss may be negative
    const double first = run.history_.front().train_loss, last = run.history_.back().train_loss;
    EXPECT_LT(last, density ? first - 0.5 : 0.7 * first) << kind.description.options.head.name;
  }
}

TEST(SequenceTask, ResumesToTheSameBits) {
  for (const Kind& kind : kinds()) {
    SmallRun whole(kind, 4), parts(kind, 4);
    EXPECT_TRUE(whole.train());
    for (std::uint64_t stop = 1; !parts.train(stop); stop += 2) {
      parts.training_.threads = static_cast<int>(1 + stop % 3);
    }
    EXPECT_TRUE(parts.model() == whole.model()) << kind.description.options.head.name;
    for (std::size_t e = 0; e < whole.history_.size(); ++e) {
      EXPECT_EQ(parts.history_[e].train_loss, whole.history_[e].train_loss);
      EXPECT_EQ(parts.history_[e].valid_loss, whole.history_[e].valid_loss);
      EXPECT_EQ(parts.history_[e].valid_metrics, whole.history_[e].valid_metrics);
    }
  }
}

// Whose mean absolute scaled error is not finite.
TEST(SequenceTask, ResumesWithAConstantTarget) {
  Sequences data = SmallSequences().valued();
  for (std::size_t i = 0; i < data.size(); ++i) data.targets[2 * i] = 0.1;
  Kind kind = {describe(data, HeadOptions{"huber"}), {}, {}};
  kind.train = kind.valid = kind.description.preprocessing.encode(data);
  SmallRun whole(kind, 4), parts(kind, 4);
  EXPECT_TRUE(whole.train());
  for (std::uint64_t stop = 1; !parts.train(stop); stop += 2) {
  }
  EXPECT_TRUE(parts.model() == whole.model());
  ASSERT_EQ(parts.history_.size(), 4u);
  for (const EpochRecord& record : parts.history_) {
    for (const auto& [name, value] : record.valid_metrics) {
      EXPECT_EQ(std::isfinite(value), name != "mase") << name;
    }
  }
}

TEST(SequenceTask, TheModelFileHasAllThatPredictionsNeed) {
  const Kind kind = kinds()[3];
  SmallRun run(kind, 2);
  run.train();
  const auto loaded = load_sequence_model<float>(run.path());
  EXPECT_EQ(loaded.description.preprocessing.to_json(), kind.description.preprocessing.to_json());
  EXPECT_EQ(loaded.description.options.head, HeadOptions{"huber"});
  const auto training = nlohmann::json::parse(loaded.description.training);
  EXPECT_EQ(training["epoch"], 2);
  EXPECT_FALSE(training.contains("seconds"));  // nothing that differs between equal runs
  EXPECT_TRUE(training.contains("valid_rmse"));
}

TEST(SequenceTask, TheFingerprintNamesDataAndOptions) {
  const Kind kind = kinds()[0];
  const auto fingerprint = [&](const auto& change) {
    Kind other = kind;
    SequenceTaskOptions options = options_of(kind);
    change(options, other);
    SequenceTask<float> task(options, other.train, other.valid);
    const std::string text = task.fingerprint();
    EXPECT_TRUE(nlohmann::json::parse(text).is_object());
    return text;
  };
  using O = SequenceTaskOptions;
  const std::string same = fingerprint([](O&, Kind&) {});
  EXPECT_EQ(fingerprint([](O&, Kind&) {}), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.seed = 4; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.batch = 5; }), same);
  EXPECT_NE(
      fingerprint([](O& o, Kind&) { o.description.options.initial_state = InitialState::kGiven; }),
      same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.class_weights = {1, 1}; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.description.options.dropout = 0; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.description.options.hidden_size = 5; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.description.options.precision = Precision::kBf16; }),
            same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.description.options.cell = {.name = "lstm"}; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) { o.description.options.pooling = {}; }), same);
  EXPECT_NE(fingerprint([](O&, Kind& k) { k.train.values[0] += 1; }), same);
  EXPECT_NE(
      fingerprint([](O&, Kind& k) { std::get<ClassTargets>(k.train.targets).classes[0] ^= 1; }),
      same);
  EXPECT_NE(fingerprint([](O&, Kind& k) { k.valid = {}; }), same);
  EXPECT_NE(fingerprint([](O& o, Kind&) {
              const Sequences data = SmallSequences().labelled();
              o.description.preprocessing = Preprocessing::learn(data, {.standardize = false});
            }),
            same);
}

// Checkpoints hold this text: another one would refuse to resume them.
TEST(SequenceTask, TheFingerprintStaysTheSame) {
  Sequences s = {.source = "a", .begin = {0, 2, 2, 3}, .features = 1, .values = {1, 3, 2}};
  const auto fingerprint = [&](const char* pooling, const HeadOptions& head, bool sets = false) {
    SequenceTaskOptions options;
    Preprocessing& p = options.description.preprocessing;
    p = Preprocessing::learn(s, {.standardize = false, .multi_label = sets});
    options.description.options = {.input_size = 1,
                                   .hidden_size = 2,
                                   .cell = {.name = "gru", .reset = "before"},
                                   .pooling = parse_pooling(pooling),
                                   .head = head,
                                   .output_size = output_size(*make_head(head), p)};
    const bool labels = s.target == TargetKind::kLabel;
    SequenceTask<float> task(options, p.encode(s), labels ? EncodedSequences{} : p.encode(s));
    const std::string text = task.fingerprint();
    task.train_batch(ThreadTeam(1), 0);
    EXPECT_EQ(task.fingerprint(), text);
    return nlohmann::json::parse(text);
  };
  s.target = TargetKind::kLabel, s.labels = {"a", "b", "a"};
  const auto labels = fingerprint("last", {.name = "softmax"});
  EXPECT_EQ(labels["train"],
            "4:4308732630011497268 3:10756023181145747383 0:14695981039346656037 "
            "3:15657234800422177934 0:14695981039346656037");
  EXPECT_EQ(labels["valid"],
            "1:12638153115695167455 0:14695981039346656037 0:14695981039346656037 "
            "0:14695981039346656037 0:14695981039346656037");
  EXPECT_EQ(labels["preprocessing"], "341:14034096864449140764");
  s.labels = {"a|b", "|", "b"};
  const auto sets = fingerprint("last", {.name = "sigmoid"}, true);
  EXPECT_EQ(sets["train"],
            "4:4308732630011497268 3:10756023181145747383 0:14695981039346656037 "
            "0:14695981039346656037 6:2636009833288790333");
  s = {.source = "a",
       .begin = {0, 1, 2, 4},
       .features = 1,
       .values = {1, 3, 2, 2},
       .target = TargetKind::kStepValue,
       .target_width = 1,
       .targets = {1, 2, 3, 4}};
  const auto numbers = fingerprint("steps", {.name = "squared_error"});
  EXPECT_EQ(numbers["train"],
            "4:4932905589972948420 4:8326441576558367733 0:14695981039346656037 "
            "0:14695981039346656037 4:8956945524390237173");
  EXPECT_EQ(numbers["valid"], numbers["train"]);
  EXPECT_EQ(numbers["preprocessing"], "349:2670693450744602419");
  // Where the steps are stored does not matter.
  s.values = {3, 2, 2, 1}, s.offsets = {3, 0, 1};
  EXPECT_EQ(fingerprint("steps", {.name = "squared_error"}), numbers);
}

TEST(SequenceTask, RefusesWhatCannotBeTrained) {
  const auto refused = [](const Kind& kind, const auto& change,
                          const std::vector<std::string>& parts) {
    Kind other = kind;
    SequenceTaskOptions options = options_of(kind);
    change(options, other);
    expect_error<ValueError>([&] { SequenceTask<float>(options, other.train, other.valid); },
                             parts);
  };
  using O = SequenceTaskOptions;
  const std::vector<Kind> all = kinds();
  refused(all[0], [](O&, Kind& k) { k.train = {.features = 2}; }, {"no sequence"});
  refused(all[0], [](O& o, Kind&) { o.batch = 0; }, {"batch"});
  refused(all[0], [](O& o, Kind&) { o.class_weights = {1, 2, 3}; }, {"3 class weights", "2"});
  refused(all[0], [](O&, Kind& k) { k.train.targets = {}; }, {"target"});
  refused(all[3], [](O&, Kind& k) { k.train.targets = {}; }, {"target"});
  refused(all[2],
          [](O&, Kind& k) {
            k.train.begin = {0, 0, 0}, k.train.tokens = {};
            std::get<ClassTargets>(k.train.targets).classes = {};
          },
          {"target"});
  refused(all[0],
          [](O&, Kind& k) {
            std::get<ClassTargets>(k.valid.targets).classes.assign(k.valid.size(), 9);
          },
          {"valid"});
  refused(all[0], [](O& o, Kind&) { o.description.options.hidden_size = 0; }, {"hidden_size"});
}

}  // namespace
}  // namespace unroll
