// What the options of `unroll train classify` and `regress` do to data and model.
#include <gtest/gtest.h>

#include "sequence_runs.h"

namespace unroll {
namespace {

class SequenceOptions : public SequenceRuns {
 protected:
  // A file of sequences that all look the same, 30 of "a" and 10 of "b".
  void write_indistinguishable() {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      text +=
          i % 4 == 0 ? "{\"x\":[1,2,1],\"label\":\"b\"}\n" : "{\"x\":[1,2,1],\"label\":\"a\"}\n";
    }
    write(folder_.file("same.jsonl"), text);
  }
  // Whether a value is missing is all that tells "gap" from "full".
  void write_gaps() {
    SequenceFiles random(5);
    std::string text;
    for (int i = 0; i < 80; ++i) {
      nlohmann::json x = nlohmann::json::array();
      const int steps = random.length(3, 6), gap = i % 2 == 0 ? random.length(0, 2) : -1;
      for (int t = 0; t < steps; ++t) {
        x.push_back(t == gap ? nlohmann::json() : nlohmann::json(5 + random.noise()));
      }
      text += nlohmann::json{{"x", x}, {"label", gap >= 0 ? "gap" : "full"}}.dump() + "\n";
    }
    write(folder_.file("gaps.jsonl"), text);
  }
};

TEST_F(SequenceOptions, SetsOfLabels) {
  SequenceFiles random(6);
  std::string text;
  for (int i = 0; i < 150; ++i) {
    const bool high = random.length(0, 1) == 1;
    const int steps = random.length(1, 10);
    nlohmann::json x = nlohmann::json::array();
    for (int t = 0; t < steps; ++t) x.push_back((high ? 1 : -1) + random.noise());
    const char* const label = steps > 5 ? (high ? "long|high" : "long") : (high ? "high" : "|");
    text += nlohmann::json{{"x", x}, {"label", label}}.dump() + "\n";
  }
  write(folder_.file("sets.jsonl"), text);
  const auto r = result(small("classify", "sets.jsonl", "run") +
                        Words{"--multi-label", "--test", "sets.jsonl", "--updates", "400"});
  for (const char* key : {"test_subset_accuracy", "test_micro_f1", "test_macro_f1"}) {
    EXPECT_GE(number(r, key), 0.9) << key;
  }
  EXPECT_FALSE(r.contains("test_accuracy"));
  const auto plain = result(small("classify", "sets.jsonl", "plain") + Words{"--updates", "20"});
  EXPECT_EQ(plain["valid_confusion"]["classes"].size(), 4u);  // without the option a|b is a name
}

TEST_F(SequenceOptions, SetsOfLabelsMayAllDiffer) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += nlohmann::json{{"x", {i, 1}}, {"label", "all|" + std::to_string(i)}}.dump() + "\n";
  }
  write(folder_.file("sets.jsonl"), text);
  const auto r = result(small("classify", "sets.jsonl", "run") + Words{"--multi-label"});
  EXPECT_TRUE(r["valid_loss"].is_number());
}

TEST_F(SequenceOptions, ClassWeights) {
  write_indistinguishable();
  const auto predicted_b = [&](const std::string& weights) {
    const auto r = result(small("classify", "same.jsonl", "run_" + weights) +
                          Words{"--class-weights", weights, "--test", "same.jsonl"});
    return r["test_confusion"]["counts"][0][1].get<int>() +
           r["test_confusion"]["counts"][1][1].get<int>();
  };
  EXPECT_EQ(predicted_b("none"), 0);
  EXPECT_EQ(predicted_b("b=2"), 0);   // 30 · 1 against 10 · 2
  EXPECT_EQ(predicted_b("b=9"), 40);  // 10 · 9
  EXPECT_EQ(predicted_b("a=0.1,b=1"), 40);
  // Balanced: both as likely, so that the loss is log 2.
  const auto balanced = result(small("classify", "same.jsonl", "balanced") +
                               Words{"--class-weights", "balanced", "--test", "same.jsonl"});
  EXPECT_NEAR(number(balanced, "test_log_loss"), std::log(2.0), 0.05);
}

TEST_F(SequenceOptions, MissingValues) {
  write_gaps();
  const Words base = small("classify", "gaps.jsonl", "refused");
  const Outcome refused = run(folder_, base);
  EXPECT_EQ(refused.code, 1);
  for (const char* part : {"gaps.jsonl", "sequence 1", "step ", "feature 1", "missing"}) {
    EXPECT_NE(refused.err.find(part), std::string::npos) << refused.err;
  }
  std::vector<std::string> models;
  for (const char* missing : {"zero", "mean", "previous"}) {
    const Words options = {"--missing", missing, "--output", missing, "--test", "gaps.jsonl"};
    const auto r = result(base + options);
    models.push_back(model(missing));
    const std::string masked = std::string(missing) + "_mask";
    const auto with_mask = result(base + options + Words{"--missing-mask", "--output", masked});
    EXPECT_GE(number(with_mask, "test_accuracy"), 0.95) << missing;
    // A feature more: 3 gates of 12 units in 2 directions.
    EXPECT_EQ(with_mask["parameters"].get<int>() - r["parameters"].get<int>(), 72);
    if (std::string(missing) == "zero") {
      EXPECT_GE(number(r, "test_accuracy"), 0.95) << "0 is far from 5";
    }
  }
  EXPECT_NE(models[0], models[1]);
  EXPECT_NE(models[1], models[2]);
}

TEST_F(SequenceOptions, TrainableInitialState) {
  const Words base = small("classify", "train.jsonl", "zero") + Words{"--updates", "40"};
  const auto zero = result(base);
  const auto trained = result(base + Words{"--initial-state", "trainable", "--output", "trained"});
  EXPECT_EQ(trained["parameters"].get<int>() - zero["parameters"].get<int>(), 2 * 12);
  EXPECT_NE(model("trained").find("\"initial.h\""), std::string::npos);
  EXPECT_EQ(model("zero").find("\"initial.h\""), std::string::npos);
}

TEST_F(SequenceOptions, TheSplitIsStratifiedAndKeepsTheOnlyOneOfAClass) {
  std::string text;
  for (int i = 0; i < 51; ++i) {
    const char* label = i == 17 ? "single" : i % 5 == 0 ? "rare" : "common";  // 1, 11, 39
    text += nlohmann::json{{"x", {i, i + 1}}, {"label", label}}.dump() + "\n";
  }
  write(folder_.file("classes.jsonl"), text);
  const auto held_out = [&](const std::string& fraction) {
    const auto r = result(small("classify", "classes.jsonl", "run" + fraction) +
                          Words{"--valid-fraction", fraction, "--updates", "5"});
    const auto& confusion = r["valid_confusion"];
    EXPECT_EQ(confusion["classes"], (Words{"common", "rare", "single"}));
    std::vector<int> rows;
    for (const auto& row : confusion["counts"]) {
      rows.push_back(row[0].get<int>() + row[1].get<int>() + row[2].get<int>());
    }
    return rows;
  };
  EXPECT_EQ(held_out("0.2"), (std::vector<int>{8, 2, 0}));
  EXPECT_EQ(held_out("0.5"), (std::vector<int>{20, 6, 0}));
  EXPECT_EQ(held_out("0.01"), (std::vector<int>{1, 1, 0}));
  const auto none = result(small("classify", "classes.jsonl", "none") +
                           Words{"--valid-fraction", "0", "--updates", "5"});
  EXPECT_FALSE(none.contains("valid_loss") && none["valid_loss"].is_number());
  EXPECT_FALSE(none.contains("valid_accuracy"));
}

TEST_F(SequenceOptions, EpochsAndUpdatesAreBothAtLeast) {
  const auto epochs = [&](const Words& options) {
    const Words run = {"train",    "classify",   "--train", "train.jsonl",
                       "--hidden", "4",          "--quiet", "--valid-fraction",
                       "0",        "--batch",    "20",      "--output",
                       "run",      "--overwrite"};
    return result(run + options)["epochs"].get<int>();  // 120 sequences: 6 updates an epoch
  };
  EXPECT_EQ(epochs({"--epochs", "3", "--updates", "30"}), 5);
  EXPECT_EQ(epochs({"--epochs", "7", "--updates", "30"}), 7);
  EXPECT_EQ(epochs({"--epochs", "2"}), 2);
  EXPECT_EQ(epochs({"--updates", "13"}), 3);
}

TEST_F(SequenceOptions, LabelsUnseenInTrainingAreCountedAndWrong) {
  write(folder_.file("new.jsonl"),
        "{\"x\":[0,1,2,3],\"label\":\"up\"}\n{\"x\":[0,1,2,3],\"label\":\"sideways\"}\n"
        "{\"x\":[0,-1,-2,-3],\"label\":\"sideways\"}\n{\"x\":[0,-1,-2,-3],\"label\":\"down\"}\n");
  const auto r = result(small("classify", "train.jsonl", "run") + Words{"--test", "new.jsonl"});
  EXPECT_EQ(r["test_unknown_labels"], 2);
  EXPECT_EQ(number(r, "test_accuracy"), 0.5);
  EXPECT_LT(number(r, "test_log_loss"), 0.5);  // of the two that can be right
}

TEST_F(SequenceOptions, ColumnsOfACsvFile) {
  std::string text = "name;day;b;a;other;kind\n";
  for (int i = 0; i < 40; ++i) {
    for (int t = 0; t < 3 + i % 3; ++t) {
      for (const int cell : {i, t, i % 2, t}) text += std::to_string(cell) + ";";
      text += i % 2 == 0 ? "x;even\n" : "x;odd\n";
    }
  }
  write(folder_.file("long.csv"), text);
  const auto r = result(small("classify", "long.csv", "run") +
                        Words{"--id", "name", "--time", "day", "--target", "kind", "--ignore",
                              "other", "--test", "long.csv"});
  EXPECT_EQ(number(r, "test_accuracy"), 1);
  EXPECT_EQ(number(r, "test_accuracy_majority"), 0.5);
}

}  // namespace
}  // namespace unroll
