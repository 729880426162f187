// The training loop on small language models: it learns, and a run that was stopped and resumed at
// any update ends with the bits of one that was not.

#include "unroll/train/training.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

#include <filesystem>

#include "unroll/core/error.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/io/file.h"
#include "unroll/models/language_model_file.h"
#include "unroll/train/language_model_task.h"

namespace unroll {
namespace {

// A text with something to learn: after a letter comes the next one, now and then another.
std::string text() {
  std::string text;
  for (int i = 0; i < 600; ++i) text += static_cast<char>('a' + (i % 17 == 0 ? i % 5 : i % 7));
  return text;
}

class SmallRun {
 public:
  SmallRun(const LanguageModelTaskOptions& task, const TrainingOptions& training)
      : training_(training), task_options_(task) {}

  // Trains until `stop_after` updates of the whole run are done, or to the end. True at the end.
  bool train(std::uint64_t stop_after = 0) {
    const std::string content = text();
    TextReader reader = TextReader::from_memory(content, Level::kCharacter);
    const Vocabulary vocabulary = Vocabulary::build(reader);
    TextReader again = TextReader::from_memory(content, Level::kCharacter);
    std::vector<std::uint32_t> tokens = vocabulary.encode(again).tokens;
    const std::vector<std::uint32_t> valid(tokens.end() - 100, tokens.end());
    tokens.resize(tokens.size() - 100);
    LanguageModelTask<float> task(task_options_, vocabulary, tokens, valid);
    FolderStore store(folder_.path());
    TrainingLoop<float> loop(task, training_, store);
    loop.resume();
    TrainingCallbacks callbacks;
    callbacks.stop = [&] { return stop_after > 0 && loop.updates() >= stop_after; };
    const bool done = loop.run(callbacks);
    history_ = loop.history();
    return done;
  }

  std::string model() const {
    return read_file(FolderStore(folder_.path()).path(RunFile::kModel), std::size_t{1} << 24);
  }
  const std::vector<EpochRecord>& history() const { return history_; }
  const std::string& folder() const { return folder_.path(); }
  TrainingOptions training_;
  LanguageModelTaskOptions task_options_;

 private:
  TemporaryFolder folder_;
  std::vector<EpochRecord> history_;
};

const LanguageModelTaskOptions kTask = {
    .model = {.embedding_size = 5, .hidden_size = 9, .layers = 2, .dropout = 0.2},
    .bptt = {.batch = 4, .bptt = 11, .cursor = Cursor::kEpoch},
    .seed = 3};
const TrainingOptions kTraining = {.optimizer = {.name = "adam"},
                                   .schedule = {.name = "plateau", .learning_rate = 0.01},
                                   .clip_norm = 1,
                                   .epochs = 5};

TEST(TrainingLoop, Learns) {
  SmallRun run(kTask, kTraining);
  run.training_.epochs = 30;
  run.task_options_.model.dropout = 0;
  EXPECT_TRUE(run.train());
  EXPECT_EQ(run.history().size(), 30u);
  EXPECT_LT(run.history().back().train_loss, 0.75 * run.history().front().train_loss);
  EXPECT_LT(*run.history().back().valid_loss, 0.75 * *run.history().front().valid_loss);
}

// The rounding of products is noise beside that of the batches.
TEST(TrainingLoop, LearnsAlikeInBf16) {
  SmallRun run(kTask, kTraining), in_bf16(kTask, kTraining);
  run.training_.epochs = in_bf16.training_.epochs = 30;
  in_bf16.task_options_.model.precision = Precision::kBf16;
  EXPECT_TRUE(run.train());
  EXPECT_TRUE(in_bf16.train());
  EXPECT_NE(in_bf16.model(), run.model());
  EXPECT_NEAR(in_bf16.history().back().train_loss / run.history().back().train_loss, 1, 0.01);
  EXPECT_NEAR(*in_bf16.history().back().valid_loss / *run.history().back().valid_loss, 1, 0.01);
  const auto kept = load_text_model<float>(in_bf16.folder());
  EXPECT_EQ(kept.model.options().precision, Precision::kFull);  // the file does not say
}

TEST(TrainingLoop, ResumesToTheSameBits) {
  const std::pair<Cursor, Precision> kinds[] = {{Cursor::kEpoch, Precision::kFull},
                                                {Cursor::kWrap, Precision::kFull},
                                                {Cursor::kWrap, Precision::kBf16}};
  for (const auto& [cursor, precision] : kinds) {
    SmallRun whole(kTask, kTraining);
    whole.task_options_.bptt.cursor = cursor;
    whole.task_options_.model.precision = precision;
    EXPECT_TRUE(whole.train());
    const std::string wanted = whole.model();
    SmallRun parts(kTask, kTraining);
    parts.task_options_.bptt.cursor = cursor;
    parts.task_options_.model.precision = precision;
    for (std::uint64_t stop = 1; !parts.train(stop); stop += 3) {
      parts.training_.threads = static_cast<int>(1 + stop % 3);
    }
    EXPECT_TRUE(parts.model() == wanted) << cursor_name(cursor);
    EXPECT_EQ(parts.history().size(), whole.history().size());
    for (std::size_t e = 0; e < parts.history().size(); ++e) {
      EXPECT_EQ(parts.history()[e].train_loss, whole.history()[e].train_loss);
      EXPECT_EQ(parts.history()[e].gradient_norm, whole.history()[e].gradient_norm);
    }
  }
}

TEST(TrainingLoop, RefusesACheckpointOfOtherOptions) {
  SmallRun run(kTask, kTraining);
  run.train(4);
  run.training_.clip_norm = 2;
  EXPECT_THROW(run.train(), FormatError);
  run.training_ = kTraining;
  run.task_options_.seed = 4;
  EXPECT_THROW(run.train(), FormatError);
  run.task_options_ = kTask;
  run.task_options_.model.precision = Precision::kBf16;
  EXPECT_THROW(run.train(), FormatError);
}

TEST(TrainingLoop, StopsWhereTheLossIsNotFinite) {
  SmallRun diverging(kTask, kTraining);
  diverging.training_.optimizer = {.name = "sgd"};
  diverging.training_.clip_norm = 0;
  // Parameters of 1e38 overflow within a few updates, however the sums are ordered.
  diverging.training_.schedule = {.learning_rate = 3e38};
  try {
    diverging.train();
    FAIL();
  } catch (const NumericError& error) {
    EXPECT_NE(std::string(error.what()).find("at update"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(diverging.folder() + "/model.safetensors"));
}

TEST(TrainingLoop, StopsWhenPatienceIsOver) {
  SmallRun run(kTask, kTraining);
  run.training_.epochs = 50;
  run.training_.patience = 2;
  run.training_.schedule = {.learning_rate = 0.2};
  run.train();
  ASSERT_LT(run.history().size(), 50u);
  double best = 1e9;
  std::size_t best_epoch = 0;
  for (const EpochRecord& record : run.history()) {
    if (*record.valid_loss < best) best = *record.valid_loss, best_epoch = record.epoch;
  }
  EXPECT_EQ(run.history().size(), best_epoch + 2);
  // The model kept is the best one.
  auto loaded = load_text_model<float>(run.folder() + "/model.safetensors");
  const std::string content = text();
  TextReader reader = TextReader::from_memory(content, Level::kCharacter);
  const auto tokens = loaded.vocabulary.encode(reader).tokens;
  const TextLoss loss =
      text_loss<float>(loaded.model, ThreadTeam(1), std::span(tokens).subspan(tokens.size() - 100),
                       start_token(loaded.vocabulary));
  EXPECT_EQ(loss.mean(), best);
}

TEST(TrainingLoop, RefusesBadOptions) {
  SmallRun run(kTask, kTraining);
  run.training_.epochs = 0;
  EXPECT_THROW(run.train(), ValueError);
  run.training_ = kTraining;
  run.training_.clip_norm = -1;
  EXPECT_THROW(run.train(), ValueError);
}

// Checkpoints hold this text: another one would refuse to resume them.
TEST(LanguageModelTask, TheFingerprintStaysTheSame) {
  TextReader reader = TextReader::from_memory("abab\nba", Level::kCharacter);
  LanguageModelTask<double> task(
      {.model = {.embedding_size = 2, .hidden_size = 3}, .bptt = {.batch = 2, .bptt = 2}},
      Vocabulary::build(reader), {0, 1, 2, 0, 1, 2, 1, 1, 0, 2}, {2, 1});
  const std::string wanted =
      R"({"model":[3,2,3,1,"lstm","tanh","after",0.0,false,"two"],"bptt":[2,2,"epoch"],)"
      R"("reduction":"mean","seed":1,"dtype":8,"train":"10:14148778624660182367",)"
      R"("valid":"2:592596118541513868","vocabulary":"66:3434073571452702401"})";
  EXPECT_EQ(task.fingerprint(), wanted);
  task.train_batch(ThreadTeam(1), 0);
  EXPECT_EQ(task.fingerprint(), wanted);
}

}  // namespace
}  // namespace unroll
