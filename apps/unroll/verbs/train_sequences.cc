#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "options/head_options.h"
#include "options/initial_state.h"
#include "options/model_options.h"
#include "options/sequence_options.h"
#include "runs/predictions.h"
#include "runs/sequence_result.h"
#include "unroll/core/error.h"
#include "unroll/data/sequence_batches.h"
#include "unroll/evaluation/sequence_evaluation.h"
#include "unroll/models/sequence_predictions.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct SequenceFiles {
  Sequences train, valid = {};
  std::optional<Sequences> test = {};
};

SequenceFiles read_files(const Options& options, TargetKind target) {
  SequenceReaderOptions reader = reader_options(options);
  reader.target = target;
  SequenceFiles files = {.train = read_sequences(options.text("train"), reader)};
  if (options.has("test")) files.test = read_sequences(options.text("test"), reader);
  if (options.has("valid")) {
    files.valid = read_sequences(options.text("valid"), reader);
    return files;
  }
  const double fraction = options.number("valid_fraction");
  if (fraction == 0) return files;
  // Sets of labels may all differ.
  const bool by_label = target == TargetKind::kLabel && !options.is_on("multi_label");
  const Split split = stratified_split(files.train.size(),
                                       by_label ? files.train.labels : std::vector<std::string>{},
                                       fraction, options.count("seed"));
  if (split.held_out.empty()) {
    options.fail("valid_fraction",
                 fmt::format("{} sequences are too few to hold some of them out; set it to 0",
                             files.train.size()));
  }
  files.valid = select(files.train, split.held_out);
  files.train = select(files.train, split.kept);
  return files;
}

template <class T, SequenceVerb kVerb>
class SequenceJob : public TrainingJob<T> {
 public:
  explicit SequenceJob(const Options& options) {
    const TargetKind target = target_kind(options, kVerb);
    SequenceFiles files = read_files(options, target);
    SequenceModelDescription description;
    description.reader = reader_options(options);
    description.preprocessing =
        Preprocessing::learn(files.train, preprocessing_options(options, kVerb));
    const Preprocessing& p = description.preprocessing;
    description.options = sequence_model_options(options, kVerb);
    description.options.input_size = p.input_size();
    description.options.vocabulary_size = p.vocabulary_size();
    if (p.vocabulary_size() == 0) description.options.embedding_size = 0;
    description.options.output_size = output_size(*make_head(description.options.head), p);
    EncodedSequences train = p.encode(files.train);
    if (files.valid.size() > 0) valid_ = p.encode(files.valid);
    if (files.test) test_ = p.encode(*files.test);
    SequenceTaskOptions task;
    task.initialization = initialization_options(options);
    task.batch = options.size("batch");
    task.shards = options.size("shards");
    task.seed = options.count("seed");
    if constexpr (kVerb != SequenceVerb::kRegress) task.class_weights = class_weights(options, p);
    task.description = std::move(description);
    task_ = std::make_unique<SequenceTask<T>>(std::move(task), std::move(train), valid_);
    set_initial_state(options, task_->model());
    shown_ = files.test ? std::move(*files.test) : std::move(files.valid);
  }

  TrainingTask<T>& task() override { return *task_; }

  Json result(const std::vector<EpochRecord>& history, const std::string& path,
              const ThreadTeam& team) override {
    TrainedSequenceModel<T> kept = load_sequence_model<T>(path);
    Json result = {{"train_loss", history.back().train_loss}};
    const auto add = [&](const std::string& prefix, const EncodedSequences& data, bool shown) {
      std::vector<T> predictions = predict(kept.model, data, team);
      const std::span<const T> head_values = kept.model.head_values();
      const PredictionLoss loss = prediction_loss<T>(team, kept.description.options.head, data,
                                                     predictions, {}, head_values);
      result[prefix + "loss"] =
          loss.rows > 0 ? Json(loss.sum / static_cast<double>(loss.rows)) : Json();
      add_evaluation(result, prefix, evaluate<T>(kept.description, data, predictions, head_values),
                     kept.description.preprocessing);
      if (!shown) return;
      predictions_ = prediction_table<T>(kept.description, shown_, predictions, head_values, false,
                                         TableFormat::kCsv);
    };
    if (valid_.size() > 0) add("valid_", valid_, !test_);
    if (test_) {
      add("test_", *test_, true);
      result["test_unknown_labels"] = test_->unknown_label_count;
    }
    return result;
  }

  std::string predictions() override { return predictions_; }

  std::string text(const Json& result) const override {
    std::vector<std::string> prefixes;
    if (valid_.size() > 0) prefixes.push_back("valid_");
    if (test_) prefixes.push_back("test_");
    return prefixes.empty() ? "" : evaluation_text(result, prefixes);
  }

 private:
  std::unique_ptr<SequenceTask<T>> task_;
  EncodedSequences valid_;
  std::optional<EncodedSequences> test_;
  Sequences shown_;  // of which the predictions are kept: the test data, else the validation data
  std::string predictions_;
};

template <class T, SequenceVerb kVerb>
std::unique_ptr<TrainingJob<T>> make(const Options& options) {
  return std::make_unique<SequenceJob<T, kVerb>>(options);
}

template <SequenceVerb kVerb>
std::function<int()> declare(CommandLine& line, const char* name, const char* items) {
  TrainingVerb verb;
  verb.name = name;
  verb.input = "train", verb.input_help = "the sequences to train on";
  verb.items.name = items;
  verb.table = train_sequences_table(kVerb);
  verb.complete = [](Options& options) {
    complete_train_sequences_options(options);
    if constexpr (kVerb == SequenceVerb::kRegress) static_cast<void>(number_head(options));
  };
  verb.make_f32 = make<float, kVerb>, verb.make_f64 = make<double, kVerb>;
  return declare_training(line, std::move(verb));
}

}  // namespace

std::function<int()> declare_train_classify(CommandLine& line) {
  return declare<SequenceVerb::kClassify>(line, "train classify", "sequences");
}
std::function<int()> declare_train_tag(CommandLine& line) {
  return declare<SequenceVerb::kTag>(line, "train tag", "steps");
}
std::function<int()> declare_train_regress(CommandLine& line) {
  return declare<SequenceVerb::kRegress>(line, "train regress", "targets");
}

}  // namespace unroll::app
