// `unroll train classify`, `tag` and `regress`: they learn, say how well, and the same options give
// the same bytes.
#include <gtest/gtest.h>

#include "sequence_runs.h"

namespace unroll {
namespace {

class TrainSequences : public SequenceRuns {};

const Words kOfEveryRun = {"train_loss", "valid_loss",           "epochs",
                           "sequences",  "sequences_per_second", "seconds",
                           "parameters", "peak_memory_bytes",    "model"};

void expect_keys(const nlohmann::json& result, const Words& keys) {
  for (const std::string& key : keys) EXPECT_TRUE(result.contains(key)) << key << " in " << result;
}

TEST_F(TrainSequences, ClassifyLearnsUnequalLengthsAndEmptySequences) {
  const auto r = result(small("classify", "train.jsonl", "run") + Words{"--test", "test.jsonl"});
  expect_keys(r, kOfEveryRun);
  EXPECT_EQ(r["test_unknown_labels"], 0);
  EXPECT_EQ(r["model"], "run/model.safetensors");
  for (const std::string part : {"valid_", "test_"}) {
    EXPECT_GE(number(r, part + "accuracy"), 0.95);
    EXPECT_GE(number(r, part + "macro_f1"), 0.95);
    EXPECT_LT(number(r, part + "log_loss"), 0.3);
    EXPECT_NEAR(number(r, part + "accuracy_majority"), 0.5, 0.1);
    EXPECT_EQ(r[part + "confusion"]["classes"], (Words{"down", "none", "up"}));
  }
  const auto& counts = r["test_confusion"]["counts"];  // 60: 30 up, 24 down, 6 empty
  for (const auto& [row, sum] : {std::pair{0, 24}, {1, 6}, {2, 30}}) {
    const auto& c = counts[static_cast<std::size_t>(row)];
    EXPECT_EQ(c[0].get<int>() + c[1].get<int>() + c[2].get<int>(), sum);
  }
  EXPECT_EQ(counts[1][1], 6);  // nothing is easier than an empty sequence
}

// A matrix of 12,000 labels would be 1.6 GB of zeros.
TEST_F(TrainSequences, ManyLabelsHaveTheirConfusionAsPairs) {
  std::string lines;
  for (int i = 0; i < 900; ++i) {
    lines += R"({"x": [)" + std::to_string(i % 300) + R"(], "label": "k)" +
             std::to_string(i % 300) + R"("})" + "\n";
  }
  write(folder_.file("many.jsonl"), lines);
  const auto r = result(small("classify", "many.jsonl", "run") +
                        Words{"--test", "many.jsonl", "--updates", "10"});
  EXPECT_EQ(r["test_confusion"]["classes"].size(), 300u);
  EXPECT_FALSE(r["test_confusion"].contains("counts"));
  ASSERT_TRUE(r["test_confusion"].contains("pairs"));
  int rows = 0;
  for (const auto& pair : r["test_confusion"]["pairs"]) rows += pair.at(2).get<int>();
  EXPECT_EQ(rows, 900);
}

// Names that clear the screen, or are cut where they are long, leave the output text of one screen.
TEST_F(TrainSequences, HostileLabelsStayText) {
  std::string lines, unknown;
  for (int i = 0; i < 40; ++i) {
    const std::string x = R"({"x": [)" + std::to_string(i % 2) + R"(], "label": ")";
    lines += x + (i % 2 == 0 ? R"(\u001b[2J)" : "αβγδεζηθικλμνξο") + "\"}\n";
    unknown += x + R"(new\u001b[2J"})" + "\n";
  }
  write(folder_.file("hostile.jsonl"), lines);
  write(folder_.file("unknown.jsonl"), unknown);
  train(small("classify", "hostile.jsonl", "run") + Words{"--updates", "10"});
  for (const Words& arguments :
       {Words{"eval", "run", "hostile.jsonl"}, {"eval", "run", "unknown.jsonl"}, {"info", "run"}}) {
    const Outcome outcome = run(folder_, arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos) << outcome.out;
    EXPECT_NO_THROW(nlohmann::json(outcome.out).dump());  // throws for what is no UTF-8
  }
  const std::string out = run(folder_, {"eval", "run", "hostile.jsonl"}).out;
  EXPECT_NE(out.find("\n αβγδεζηθικλ"), std::string::npos) << out;  // 11 characters
  EXPECT_NE(out.find("\\x1b[2J"), std::string::npos) << out;
}

TEST_F(TrainSequences, TagLearnsSpans) {
  const auto r = result(small("tag", "places.conll", "run") + Words{"--test", "places_test.conll"});
  expect_keys(r, {"train_loss", "valid_loss", "epochs", "steps", "steps_per_second", "seconds",
                  "parameters", "peak_memory_bytes", "model"});
  EXPECT_GE(number(r, "test_accuracy"), 0.95);
  EXPECT_GE(number(r, "test_span_f1"), 0.95);
  EXPECT_GT(number(r, "valid_span_f1"), 0.9);
  EXPECT_GT(number(r, "test_macro_f1"), 0.9);
  EXPECT_LT(number(r, "test_log_loss"), 0.3);
  EXPECT_LT(number(r, "test_accuracy_majority"), 0.85);
  EXPECT_EQ(r["test_confusion"]["classes"], (Words{"B-LOC", "I-LOC", "O"}));
}

TEST_F(TrainSequences, RegressLearnsInTheUnitsOfTheFile) {
  for (const char* loss : {"squared_error", "absolute", "huber", "gaussian"}) {
    const auto r = result(small("regress", "sums.jsonl", loss) +
                          Words{"--test", "sums_test.jsonl", "--loss", loss, "--updates", "600"});
    EXPECT_LT(number(r, "test_rmse"), 0.4 * number(r, "test_rmse_mean")) << loss;
    EXPECT_NEAR(number(r, "test_rmse_mean"), 6, 2.5) << loss;  // 10 · √(4.5 / 12)
    EXPECT_LT(number(r, "test_mae"), number(r, "test_rmse")) << loss;
    EXPECT_LT(number(r, "test_mase"), 0.4) << loss;
    EXPECT_LT(number(r, "valid_rmse"), number(r, "valid_rmse_mean")) << loss;
  }
}

TEST_F(TrainSequences, RegressPredictsEveryStep) {
  write(folder_.file("steps.jsonl"), SequenceFiles(3).running_sums(120));
  write(folder_.file("steps_test.jsonl"), SequenceFiles(4).running_sums(40));
  const auto r = result(small("regress", "steps.jsonl", "run") +
                        Words{"--test", "steps_test.jsonl", "--pooling", "steps"});
  EXPECT_LT(number(r, "test_rmse"), 0.4 * number(r, "test_rmse_mean"));
}

TEST_F(TrainSequences, EveryPartOfThePoolingAndEveryCellLearns) {
  for (const char* pooling : {"last", "mean", "max", "last+max"}) {
    const auto r = result(small("classify", "train.jsonl", pooling) +
                          Words{"--test", "test.jsonl", "--pooling", pooling});
    EXPECT_GE(number(r, "test_accuracy"), 0.9) << pooling;
  }
  for (const char* cell : {"elman", "lstm"}) {
    const auto r = result(
        small("classify", "train.jsonl", cell) +
        Words{"--test", "test.jsonl", "--cell", cell, "--no-bidirectional", "--layers", "2"});
    EXPECT_GE(number(r, "test_accuracy"), 0.9) << cell;
  }
}

TEST_F(TrainSequences, ThreadsDoNotChangeTheModel) {
  const Words runs[] = {small("classify", "train.jsonl", "classify"),
                        small("tag", "places.conll", "tag"),
                        small("regress", "sums.jsonl", "regress")};
  for (const Words& arguments : runs) {
    std::string first;
    for (const char* threads : {"1", "2", "4"}) {
      const std::string output = arguments[1] + threads;
      train(arguments + Words{"--output", output, "--threads", threads, "--updates", "40",
                              "--hidden", "40", "--layers", "2", "--dropout", "0.3"});
      if (first.empty()) first = model(output);
      EXPECT_TRUE(model(output) == first) << arguments[1] << ", " << threads << " threads";
    }
  }
}

TEST_F(TrainSequences, TheSeedChangesTheModel) {
  train(small("classify", "train.jsonl", "one") + Words{"--updates", "20"});
  train(small("classify", "train.jsonl", "two") + Words{"--updates", "20", "--seed", "2"});
  EXPECT_NE(model("one"), model("two"));
}

TEST_F(TrainSequences, ItsConfigRepeatsTheRun) {
  const Words own[] = {
      small("classify", "train.jsonl", "updates") + Words{"--updates", "30", "--batch", "7"},
      small("classify", "train.jsonl", "valid") +
          Words{"--valid", "test.jsonl", "--updates", "30", "--class-weights", "balanced"},
      {"train",           "classify",     "--train",    "train.jsonl",
       "--output",        "epochs",       "--epochs",   "2",
       "--quiet",         "--hidden",     "8",          "--valid",
       "test.jsonl",      "--test",       "test.jsonl", "--cell",
       "elman",           "--activation", "relu",       "--no-bidirectional",
       "--initial-state", "trainable"},
      small("tag", "places.conll", "tag") + Words{"--updates", "20", "--valid-fraction", "0"},
      small("regress", "sums.jsonl", "regress") +
          Words{"--updates", "20", "--loss", "gaussian", "--no-standardize", "--dtype", "f64"}};
  for (const Words& arguments : own) {
    train(arguments);
    std::string first;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == "--output") first = arguments[i + 1];
    }
    train({"train", arguments[1], "--config", first + "/config.toml", "--output", first + "2",
           "--quiet"});
    EXPECT_TRUE(model(first + "2") == model(first)) << first;
    EXPECT_EQ(contents(folder_.file(first + "2/config.toml")),
              contents(folder_.file(first + "/config.toml")));
  }
}

TEST_F(TrainSequences, SaysWhenNothingBeatsTheMajority) {
  std::string noise;
  for (int i = 0; i < 60; ++i) {
    noise += i % 3 == 0 ? "{\"x\":[1,1],\"label\":\"b\"}\n" : "{\"x\":[1,1],\"label\":\"a\"}\n";
  }
  write(folder_.file("noise.jsonl"), noise);
  const Outcome outcome = train(small("classify", "noise.jsonl", "run") + Words{"--updates", "40"});
  EXPECT_NE(outcome.out.find("no better than accuracy_majority: 0.6667 against 0.6667"),
            std::string::npos)
      << outcome.out;
}

}  // namespace
}  // namespace unroll
