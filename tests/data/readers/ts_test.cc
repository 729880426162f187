#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

const SequenceReaderOptions kLabels{.target = TargetKind::kLabel};

TEST(Ts, ReadsOneDimension) {
  const Sequences s = read_text("a.ts",
                                "# a comment\r\n"
                                "@problemName Some thing\n@timestamps FALSE\n@Missing true\n"
                                "@univariate true\n@equalLength true\n@seriesLength 3\n\n"
                                "@classLabel true up down\n@data\n"
                                "1,2.5,-3e1:up\n# between\n\n ?, NaN ,0.5 : down ",
                                kLabels);
  EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 3, 6}));
  EXPECT_EQ(s.features, 1u);
  expect_values(s.values, {1, 2.5, -30, kNan, kNan, 0.5});
  EXPECT_EQ(s.labels, (std::vector<std::string>{"up", "down"}));
  EXPECT_TRUE(s.ids.empty());
}

TEST(Ts, ReadsDimensionsOfUnequalLengths) {
  const char text[] =
      "@problemName x\n@timeStamps false\n@univariate false\n@dimensions 2\n@equalLength false\n"
      "@classLabel true 1 2\n@data\n1,2,3:4,5,6:1\n7:8:2\n::1\n";
  const Sequences s = read_text("a.ts", text, kLabels);
  EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 3, 4, 4}));
  EXPECT_EQ(s.features, 2u);
  expect_values(s.values, {1, 4, 2, 5, 3, 6, 7, 8});
  EXPECT_EQ(s.labels, (std::vector<std::string>{"1", "2", "1"}));
  // The labels are left out where nobody wants them.
  const Sequences bare = read_text("a.TS", text);
  expect_values(bare.values, s.values);
  EXPECT_TRUE(bare.labels.empty());
}

TEST(Ts, ReadsTargets) {
  const Sequences s = read_text("a.ts", "@targetlabel true\n@data\n1,2:0.5\n3,4:-7\n",
                                {.target = TargetKind::kValue});
  EXPECT_EQ(s.target_width, 1u);
  expect_values(s.targets, {0.5, -7});
}

TEST(Ts, ReadsCasesWithoutLabels) {
  const Sequences s = read_text("a.ts", "@classLabel false\n@data\n1,2\n3\n");
  EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(read_text("a.ts", "@classLabel true\n@data\n1:any thing\n", kLabels).labels[0],
            "any thing");
}

TEST(Ts, LeavesTimesOut) {
  const Sequences s = read_text("a.ts",
                                "@timeStamps true\n@dimension 2\n@classLabel true a\n@data\n"
                                "(0,1),(1,2):(2020-01-01 00:00:00,3), (2020-01-01 00:00:01, ?):a\n",
                                kLabels);
  EXPECT_EQ(s.begin, (std::vector<std::size_t>{0, 2}));
  expect_values(s.values, {1, 3, 2, kNan});
}

TEST(Ts, ReadsAMillionCharactersInALine) {
  std::string text = "@classLabel true a\n@data\n";
  for (int i = 0; i < 300000; ++i) text += "0.5,";
  const Sequences s = read_text("a.ts", text + "1:a", kLabels);
  EXPECT_EQ(s.steps(), 300001u);
}

TEST(Ts, RefusesAnythingElse) {
  const std::string head = "@classLabel true a b\n@data\n";
  const auto with = [&](const std::string& keys) { return keys + "\n" + head; };
  const struct {
    std::string text, message;
    TargetKind target = TargetKind::kLabel;
  } cases[] = {
      {"", "a.ts: is empty; wanted a .ts file (text)"},
      {"@problemName x\n", "a.ts: line 1: the file ends without @data"},
      {"1,2\n", "a.ts: line 1, column 1: wanted a header key such as @problemName, or @data"},
      {"@clasLabel true\n",
       "a.ts: line 1, column 1: unknown header key '@clasLabel'; did you mean '@classLabel'?"},
      {"@missing true\n@missing true\n", "a.ts: line 2: @missing stands twice, first in line 1"},
      {"@dimension 1\n@dimensions 1\n", "line 2: @dimensions stands twice"},
      {"@missing\n", "a.ts: line 1: @missing has no value; wanted true or false"},
      {"@missing yes\n", "a.ts: line 1, column 10: @missing is 'yes'; wanted true or false"},
      {"@missing true x\n", "a.ts: line 1, column 15: 'x' follows what @missing takes"},
      {"@data x\n", "line 1, column 7: 'x' follows what @data takes"},
      {"@seriesLength -1\n", "line 1, column 15: @seriesLength is '-1'; wanted a whole number"},
      {"@dimensions 0\n", "wanted a whole number of at least 1"},
      {"@classLabel true a a\n", "line 1, column 20: the class label 'a' stands twice"},
      {"@classLabel false a\n", "line 1, column 19: @classLabel is false, but labels follow"},
      {"@univariate true\n@dimensions 3\n@data\n",
       "line 3: the header says @univariate true (1 dimension) and @dimensions 3"},
      {"@targetLabel true\n" + head, "says both @classLabel true and @targetLabel true"},
      {"@data\n1\n", "labels are wanted, but the header has no @classLabel true"},
      {head, "targets are wanted, but the header has no @targetLabel true", TargetKind::kValue},
      {head, "a.ts: a .ts file has a label or a target a sequence, none a step",
       TargetKind::kStepLabel},
      {head, "a.ts: holds no sequence"},
      {head + "1,2\n", "a.ts: line 3: has no colon; wanted values, a colon and the class label"},
      {"@targetLabel true\n@data\n1\n",
       "line 3: has no colon; wanted values, a colon and the target", TargetKind::kValue},
      {head + "1,2:c\n",
       "a.ts: line 3, column 5: the class label 'c' is not among the 2 that @classLabel lists"},
      {head + "1,2:\n", "a.ts: line 3, column 5: the last field, a label or target, is empty"},
      {head + "1,x:a\n", "a.ts: line 3, column 3: 'x' is not a number"},
      {head + "1,inf:a\n", "line 3, column 3: 'inf' is infinite"},
      {head + "1,,2:a\n", "line 3, column 3: a value is empty; a missing one is ?"},
      {head + "1,:a\n", "line 3, column 3: a value is empty"},
      {head + "(0,1):a\n", "line 3, column 1: '(0' is not a number; tuples need @timeStamps true"},
      {head + "1,2:3:a\n",
       "line 3, column 5: dimension 2 has 1 value, dimension 1 has 2; the dimensions of a case "
       "must "
       "have the same length"},
      {head + "1:2:a\n1:a\n", "line 4: has 1 dimension, but line 3 has 2"},
      {with("@dimensions 2") + "1:a\n",
       "line 4: has 1 dimension, but the header says @dimensions 2"},
      {with("@univariate true") + "1:2:a\n",
       "line 4: has 2 dimensions, but the header says @univariate true (1)"},
      {with("@seriesLength 3") + "1,2:a\n",
       "line 4: has 2 steps, but the header says @seriesLength 3"},
      {with("@equalLength false\n@seriesLength 3") + "1,2:a\n1,2,3,4:a\n",
       "line 6: has 4 steps, but the header says @seriesLength 3"},
      {with("@equalLength true") + "1,2:a\n1:b\n",
       "line 5: has 1 step, but line 4 has 2, and the header says @equalLength true"},
      {with("@missing false") + "1,?:a\n",
       "line 4, column 3: '?' is a missing value, but the header says @missing false"},
      {with("@timeStamps true") + "1,2:a\n",
       "line 4, column 1: wanted a tuple (time,value), as @timeStamps true says, got '1'"},
      {with("@timeStamps true") + "(1:a\n", "line 4: has no colon"},
      {with("@timeStamps true") + "(1):a\n", "column 2: the tuple '1' is no (time,value)"},
      {with("@timeStamps true") + "(,1):a\n", "the tuple ',1' is no (time,value)"},
      {with("@timeStamps true") + "(1,2)(2,3):a\n",
       "column 6: wanted a comma and another tuple, got '(2,3)'"},
      {with("@timeStamps true") + "(1,2),:a\n", "wanted a comma and another tuple, got ','"},
      {with("@timeStamps true") + "(1,2),(2,3):(1,2):a\n", "dimension 2 has 1 value"},
      {"@targetLabel true\n@data\n1:x\n", "line 3, column 3: the target 'x' is not a number",
       TargetKind::kValue},
      {"@targetLabel true\n@data\n1:?\n", "line 3, column 3: the target '?' is missing",
       TargetKind::kValue},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal("a.ts", refused.text, {.target = refused.target});
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
}

TEST(Ts, ALongestLengthMayStandBesideUnequalLengths) {
  for (const char* length : {"0", "2", "5"}) {
    EXPECT_EQ(read_text("a.ts", std::string("@equalLength false\n@seriesLength ") + length +
                                    "\n@data\n1,2\n1\n")
                  .size(),
              2u);
  }
}

void expect_archive(const std::string& name, std::size_t train, std::size_t test,
                    std::size_t features, std::size_t shortest, std::size_t longest,
                    std::size_t classes) {
  const std::string folder = data_folder("ts/" + name);
  if (folder.empty()) GTEST_SKIP() << "UNROLL_DATA names no folder with ts/" << name;
  for (const bool is_test : {false, true}) {
    const Sequences s =
        read_sequences(folder + "/" + name + (is_test ? "_TEST.ts" : "_TRAIN.ts"), kLabels);
    EXPECT_EQ(s.size(), is_test ? test : train);
    EXPECT_EQ(s.features, features);
    EXPECT_EQ(std::set<std::string>(s.labels.begin(), s.labels.end()).size(), classes);
    std::size_t least = s.length(0), most = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
      least = std::min(least, s.length(i)), most = std::max(most, s.length(i));
    }
    EXPECT_GE(least, shortest);
    EXPECT_LE(most, longest);
    for (const double value : s.values) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(Ts, JapaneseVowels) { expect_archive("JapaneseVowels", 270, 370, 12, 7, 29, 9); }
TEST(Ts, GunPoint) { expect_archive("GunPoint", 50, 150, 1, 150, 150, 2); }
TEST(Ts, ItalyPowerDemand) { expect_archive("ItalyPowerDemand", 67, 1029, 1, 24, 24, 2); }

}  // namespace
}  // namespace unroll
