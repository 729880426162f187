// Tables as people have them: what a model was trained on is found again, what is suspicious is
// asked about, and every verb says what it read.
#include <gtest/gtest.h>

#include "sequence_runs.h"

namespace unroll {
namespace {

class Tables : public SequenceRuns {
 protected:
  // Rows of 6 steps that rise (1) or fall (0); the label before or after them, or absent.
  static std::string rows(int count, bool first, bool labelled, bool index = false) {
    SequenceFiles random(3);
    std::string text;
    for (int i = 0; i < count; ++i) {
      const bool up = random.length(0, 1) == 1;
      std::string values, label = up ? "1" : "0";
      for (int t = 0; t < 6; ++t) {
        values += (t > 0 ? "," : "") + std::to_string((up ? t : -t) + random.noise());
      }
      if (index) text += std::to_string(i) + ",";
      text += !labelled ? values : first ? label + "," + values : values + "," + label;
      text += "\n";
    }
    return text;
  }
  // Units of 3 to 6 steps whose life is 10 + 2 the number of steps.
  static std::string units(int count, bool labelled) {
    SequenceFiles random(4);
    std::string text = labelled ? "unit,cycle,s1,s2,life\n" : "unit,cycle,s1,s2\n";
    for (int i = 0; i < count; ++i) {
      const int steps = random.length(3, 6);
      for (int t = 0; t < steps; ++t) {
        text += std::to_string(i) + "," + std::to_string(t) + "," + std::to_string(random.noise()) +
                "," + std::to_string(random.noise());
        text += labelled ? "," + std::to_string(10 + 2 * steps) + "\n" : "\n";
      }
    }
    return text;
  }
  std::string predictions(const Words& words) {
    const Outcome outcome = run(folder_, Words{"predict", "run"} + words + Words{"--quiet"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }
  std::string refused(const Words& words, int code = 1) {
    const Outcome outcome = run(folder_, words);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err;
  }
  void expect_contains(const std::string& text, const Words& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in " << text;
    }
  }
};

TEST_F(Tables, PredictNeedsNoTarget) {
  write(folder_.file("units.csv"), units(40, true));
  write(folder_.file("new.csv"), units(40, false));
  train(small("regress", "units.csv", "run") +
        Words{"--id", "unit", "--time", "cycle", "--target", "life", "--updates", "20"});
  const std::string bare = predictions({"new.csv"});
  EXPECT_EQ(bare, predictions({"units.csv"}));
  expect_contains(bare, {"id,life_predicted\n"});
  expect_contains(predictions({"units.csv", "--labelled"}), {"id,life,life_predicted\n"});
  expect_contains(refused({"predict", "run", "new.csv", "--labelled"}),
                  {"new.csv", "has no column 'life', the target"});
  expect_contains(refused({"eval", "run", "new.csv"}), {"has no column 'life', the target"});
}

TEST_F(Tables, ColumnsAreFoundByName) {
  const std::string names = "t0,t1,t2,t3,t4,t5";
  write(folder_.file("train.csv"), names + ",kind\n" + rows(60, false, true));
  write(folder_.file("bare.csv"), names + "\n" + rows(60, false, false));
  write(folder_.file("first.csv"), "kind," + names + "\n" + rows(60, true, true));
  write(folder_.file("index.csv"), "," + names + "\n" + rows(60, false, false, true));
  write(folder_.file("other.csv"), "t0,t1,t2,t3,t4,x5\n" + rows(60, false, false));
  const auto r = result(small("classify", "train.csv", "run") + Words{"--test", "first.csv"});
  EXPECT_EQ(number(r, "test_accuracy"), 1);
  const std::string wanted = predictions({"bare.csv"});
  EXPECT_EQ(predictions({"train.csv"}), wanted);
  EXPECT_EQ(predictions({"first.csv"}), wanted);
  EXPECT_EQ(predictions({"index.csv"}), wanted);
  expect_contains(refused({"predict", "run", "other.csv"}), {"lacks 1 column", "'t5'"});
}

TEST_F(Tables, WithoutNamesTheWidthTells) {
  write(folder_.file("train.csv"), rows(60, false, true));
  write(folder_.file("bare.csv"), rows(60, false, false));
  write(folder_.file("wide.csv"), rows(60, false, true, true));
  train(small("classify", "train.csv", "run"));
  EXPECT_EQ(predictions({"train.csv"}), predictions({"bare.csv"}));
  expect_contains(run(folder_, {"predict", "run", "train.csv"}).err,
                  {"left out: column 7 (the target)"});
  expect_contains(refused({"predict", "run", "wide.csv"}),
                  {"has 8 columns", "has 7, or 6 without the target"});
  expect_contains(refused({"eval", "run", "bare.csv"}), {"has 6 columns", "has 7"});
}

TEST_F(Tables, EveryVerbSaysWhatItRead) {
  write(folder_.file("train.csv"), ",t0,t1,t2,t3,t4,t5,kind\n" + rows(60, false, true, true));
  const Words words = {"train",    "classify", "--train",   "train.csv", "--output",  "run",
                       "--hidden", "4",        "--updates", "10",        "--threads", "1"};
  const Outcome outcome = run(folder_, words);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Words parts = {
      "train.csv: 60 sequences of 6 steps, 1 feature; labels of column 8 ('kind'): ",
      "csv (.csv), a row a sequence, header yes; left out: column 1 ('') "
      "(numbers the rows); no missing value"};
  expect_contains(outcome.err, parts);
  expect_contains(run(folder_, {"eval", "run", "train.csv"}).err, {parts[0]});
  expect_contains(run(folder_, {"predict", "run", "train.csv"}).err, {"60 sequences of 6 steps"});
  expect_contains(run(folder_, {"check", "run", "train.csv", "--elements", "1"}).err, {parts[0]});
  for (const Words& quiet :
       {Words{"eval", "run", "train.csv"}, Words{"predict", "run", "train.csv"}}) {
    EXPECT_EQ(run(folder_, quiet + Words{"--quiet"}).err, "");
  }
  const auto json = nlohmann::json::parse(
      run(folder_, {"eval", "run", "train.csv", "--json", "--quiet"}).out)["data"];
  EXPECT_EQ(json["sequences"], 60);
  EXPECT_EQ(json["steps_median"], 6);
  EXPECT_EQ(json["labels"].size(), 2u);
  EXPECT_EQ(json["left_out"][0]["reason"], "as in training");
  const auto file = nlohmann::json::parse(contents(folder_.file("run/result.json")));
  EXPECT_EQ(file["data"]["train"]["left_out"][0]["reason"], "numbers the rows");
}

TEST_F(Tables, LabelsThatDoNotRepeatAreAskedAbout) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += "a text of number " + std::to_string(i) + "\t" + std::to_string(i % 2) + "\n";
  }
  write(folder_.file("reviews.txt"), text);
  expect_contains(refused(small("classify", "reviews.txt", "run")),
                  {"nearly every label is another one", "--label-column 2"});
  const auto r = result(small("classify", "reviews.txt", "run") + Words{"--label-column", "2"});
  EXPECT_EQ(r["data"]["train"]["labels"]["0"], 15);
  // Remembered by the model.
  expect_contains(predictions({"reviews.txt", "--labelled"}), {"id,label,predicted", "1,0,"});
}

TEST_F(Tables, OptionsOfATableAreRemembered) {
  std::string text = "Station 7\nt0;t1;t2;kind\n";
  SequenceFiles random(5);
  for (int i = 0; i < 40; ++i) {
    const bool up = i % 2 == 0;
    for (int t = 0; t < 3; ++t) {
      text += i % 10 == 0 && t == 1 ? "-200;" : std::to_string(up ? t : -t) + ",25;";
    }
    text += up ? "1\n" : "0\n";
  }
  write(folder_.file("table.csv"), text);
  const auto r = result(small("classify", "table.csv", "run") +
                        Words{"--skip-rows", "1", "--decimal", ",", "--missing-values", "null,-200",
                              "--missing", "mean", "--test", "table.csv"});
  EXPECT_EQ(r["data"]["train"]["missing_values"], 4);
  EXPECT_EQ(number(r, "test_accuracy"), 1);
  const auto again =
      nlohmann::json::parse(run(folder_, {"eval", "run", "table.csv", "--json"}).out);
  EXPECT_EQ(number(again, "accuracy"), 1);
  EXPECT_EQ(again["data"]["missing_values"], 4);
  expect_contains(refused(small("classify", "table.csv", "x") + Words{"--decimal", "-"}, 2),
                  {"--decimal -"});
}

TEST_F(Tables, LabelsThatAreEqualNumbersAreTheSame) {
  write(folder_.file("train.csv"), rows(60, false, true));
  std::string text = rows(60, false, true), floats;
  for (const char c : text) floats += c == '\n' ? ".0\n" : std::string(1, c);
  write(folder_.file("floats.csv"), floats);
  const auto r = result(small("classify", "train.csv", "run") + Words{"--test", "floats.csv"});
  EXPECT_EQ(number(r, "test_accuracy"), 1);
  EXPECT_EQ(r["test_unknown_labels"], 0);
}

}  // namespace
}  // namespace unroll
