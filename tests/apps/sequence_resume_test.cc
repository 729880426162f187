// A run of sequences that was stopped and continued ends with the same model file.
#include <gtest/gtest.h>

#include "interrupted_run.h"
#include "sequence_runs.h"

namespace unroll {
namespace {

class ResumeSequences : public SequenceRuns {
 protected:
  void stop_and_compare(Words arguments) {
    arguments = last_wins(arguments + Words{"--layers", "2", "--dropout", "0.2", "--hidden", "24",
                                            "--updates", "400", "--patience", "1000"});
    const Clock::time_point start = Clock::now();
    train(arguments);
    const Clock::duration time = Clock::now() - start;
    for (std::string& word : arguments) word = word == "whole" ? "stopped" : word;
    EXPECT_GT(run_with_stops(folder_, arguments, "stopped", SIGTERM, time), 0);
    EXPECT_TRUE(model("stopped") == model("whole"));
    std::filesystem::remove_all(folder_.file("whole"));
    std::filesystem::remove_all(folder_.file("stopped"));
  }
};

TEST_F(ResumeSequences, Classify) { stop_and_compare(small("classify", "train.jsonl", "whole")); }

TEST_F(ResumeSequences, WithAFileToValidateOn) {
  stop_and_compare(small("classify", "train.jsonl", "whole") +
                   Words{"--valid", "test.jsonl", "--class-weights", "balanced"});
}

TEST_F(ResumeSequences, WithEpochs) {
  Words arguments = small("tag", "places.conll", "whole");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--updates")
      arguments.erase(arguments.begin() + static_cast<int>(i),
                      arguments.begin() + static_cast<int>(i) + 2);
  }
  train(arguments + Words{"--epochs", "3"});
  const std::string wanted = model("whole");
  std::filesystem::remove(folder_.file("whole/checkpoint.safetensors"));
  train({"train", "tag", "--resume", "whole", "--quiet"});
  EXPECT_TRUE(model("whole") == wanted);
}

TEST_F(ResumeSequences, TagWithTransitions) {
  stop_and_compare(small("tag", "places.conll", "whole") + Words{"--head", "crf"});
}

TEST_F(ResumeSequences, Tag) { stop_and_compare(small("tag", "places.conll", "whole")); }

TEST_F(ResumeSequences, Regress) {
  stop_and_compare(small("regress", "sums.jsonl", "whole") +
                   Words{"--loss", "gaussian", "--initial-state", "trainable"});
}

// Which has no mean absolute scaled error.
TEST_F(ResumeSequences, RegressAConstantTarget) {
  std::string constant;
  for (int i = 0; i < 60; ++i) {
    constant += R"({"x": [)" + std::to_string(i % 7) + R"(, 1], "y": 0.1})" + "\n";
  }
  write(folder_.file("constant.jsonl"), constant);
  stop_and_compare(small("regress", "constant.jsonl", "whole"));
  const nlohmann::json figures = result(small("regress", "constant.jsonl", "run"));
  EXPECT_TRUE(figures["valid_mase"].is_null()) << figures;
}

TEST_F(ResumeSequences, RefusesOtherDataAndOtherVerbs) {
  train(small("classify", "train.jsonl", "run") + Words{"--updates", "20"});
  const Outcome verb = run(folder_, {"train", "tag", "--resume", "run"});
  EXPECT_NE(verb.code, 0);
  EXPECT_NE(verb.err.find("run/"), std::string::npos) << verb.err;
  write(folder_.file("train.jsonl"), SequenceFiles(9).trends(120));
  const Outcome data = run(folder_, {"train", "classify", "--resume", "run"});
  EXPECT_EQ(data.code, 1);
  EXPECT_NE(data.err.find("run/checkpoint.safetensors"), std::string::npos) << data.err;
}

}  // namespace
}  // namespace unroll
