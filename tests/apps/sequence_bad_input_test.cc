// Bad sequences and options: one line on standard error that names the culprit, the right exit
// code, and nothing half-written.
#include <gtest/gtest.h>

#include "bad_input.h"

namespace unroll {
namespace {

Words train(const std::string& verb, const std::string& file, const Words& more = {}) {
  return Words{"train", verb,        "--train", file,       "--output",
               "out",   "--updates", "4",       "--hidden", "4"} +
         more;
}
Words classify(const std::string& file, const Words& more = {}) {
  return train("classify", file, more);
}
Words with(const Words& more) {
  return Words{"train", "classify", "--train", "a.csv", "--output", "out"} + more;
}

const std::vector<BadCase>& cases() {
  static const std::vector<BadCase> list = {
      // Files.
      {"MissingFile", classify("no.csv"), 1, {"no.csv"}},
      {"FolderAsFile", classify("folder.csv"), 1, {"folder.csv"}},
      {"EmptyFile", classify("empty.csv"), 1, {"empty.csv", "empty"}},
      {"NoRow", classify("header.csv"), 1, {"header.csv"}},
      {"NoCase", classify("none.ts"), 1, {"none.ts", "no sequence"}},
      {"NoLine", classify("empty.jsonl"), 1, {"empty.jsonl"}},
      {"UnknownEnding", classify("a.xyz"), 1, {"a.xyz", ".csv", "format"}},
      {"ModelAsCsv", classify("model.csv"), 1, {"model.csv", "safetensors", "CSV"}},
      {"NpzThatIsText", classify("text.npz"), 1, {"text.npz"}},
      {"TsThatIsCsv", classify("csv.ts"), 1, {"csv.ts", "line 1"}},
      {"JsonLinesThatAreCsv", classify("csv.jsonl"), 1, {"csv.jsonl", "line 1"}},
      {"GzipThatIsNot", classify("text.csv.gz"), 1, {"text.csv.gz"}},
      {"LongLine", classify("long.csv"), 1, {"long.csv", "line 2"}},
      {"LongWord", train("tag", "long.conll"), 1, {"long.conll", "line 1"}},
      {"ShortRow", classify("short.csv"), 1, {"short.csv", "line 3", "4"}},
      {"Infinite", classify("infinite.csv"), 1, {"infinite.csv", "line 3", "column 3", "inf"}},
      {"InfiniteInJson", classify("infinite.jsonl"), 1, {"infinite.jsonl", "line 2"}},
      {"NotANumber", classify("nan.csv"), 1, {"nan.csv", "sequence 2", "step 1", "missing"}},
      {"WordAmongNumbers", classify("word.csv"), 1, {"word.csv", "line 3", "oops"}},
      {"HeaderThatLies", classify("length.ts"), 1, {"length.ts", "line 5", "3"}},
      {"HeaderWithOtherClasses", classify("classes.ts"), 1, {"classes.ts", "line 4", "c"}},
      {"HeaderWithOtherDimensions", classify("dimensions.ts"), 1, {"dimensions.ts", "line 4"}},
      {"TargetIsMissing", train("regress", "target.jsonl"), 1, {"target.jsonl", "line 2", "y"}},
      {"TargetIsALabel", train("regress", "a.csv"), 1, {"a.csv", "label"}},
      {"LabelIsMissing", classify("unlabelled.jsonl"), 1, {"unlabelled.jsonl", "line 2", "label"}},
      {"OneClass", classify("one.csv"), 1, {"one.csv", "1 different label", "'x'"}},
      {"OnlyEmptySequences", train("tag", "steps.jsonl"), 1, {"0 different labels"}},
      {"OnlyEmptySequencesOfNumbers",
       train("regress", "no_steps.jsonl", {"--pooling", "steps"}),
       1,
       {"target"}},
      {"NumbersTooLarge", classify("huge.csv"), 1, {"huge.csv", "feature 1", "too large"}},
      {"DatesOutOfOrder",
       classify("dates.csv", {"--id", "id", "--time", "date"}),
       1,
       {"dates.csv", "line 3", "2020-01-01"}},
      // Files that do not fit to the training data.
      {"OtherFeatureCount",
       classify("two.jsonl", {"--test", "one.jsonl"}),
       1,
       {"one.jsonl", "1 feature", "2"}},
      {"OtherFeatureCountInValid",
       classify("one.jsonl", {"--valid", "two.jsonl"}),
       1,
       {"two.jsonl", "2 feature", "1"}},
      {"TextForNumbers",
       classify("one.jsonl", {"--test", "text.txt"}),
       1,
       {"text.txt", "tokens", "numbers"}},
      {"MissingInTest", classify("a.csv", {"--test", "nan.csv"}), 1, {"nan.csv", "sequence 2"}},
      {"MissingTest", classify("a.csv", {"--test", "no.csv"}), 1, {"no.csv"}},
      {"NoLabelInValidIsKnown", classify("a.csv", {"--valid", "other.csv"}), 1, {"valid"}},
      // Columns.
      {"UnknownTarget", classify("a.csv", {"--target", "lable"}), 1, {"a.csv", "lable", "label"}},
      {"UnknownId", classify("a.csv", {"--id", "name"}), 1, {"a.csv", "name"}},
      {"UnknownTime", classify("a.csv", {"--time", "day"}), 1, {"a.csv", "day"}},
      {"UnknownIgnored", classify("a.csv", {"--ignore", "w"}), 1, {"a.csv", "w"}},
      {"ColumnTooFar", classify("a.csv", {"--target", "9"}), 1, {"a.csv", "9"}},
      {"UnevenSteps", classify("a.csv", {"--features-per-step", "2"}), 1, {"a.csv", "3", "2"}},
      {"IdOfATsFile", classify("length.ts", {"--id", "name"}), 1, {"id", "ts"}},
      // Options.
      {"NoTrain", {"train", "classify", "--output", "out"}, 2, {"--train"}},
      {"NoOutput", {"train", "classify", "--train", "a.csv"}, 2, {"--output"}},
      {"NoEpochs", with({"--epochs", "0"}), 2, {"--epochs 0"}},
      {"ValidAndFraction",
       with({"--valid", "a.csv", "--valid-fraction", "0.1"}),
       2,
       {"--valid-fraction 0.1", "valid"}},
      {"WholeFraction", with({"--valid-fraction", "1"}), 2, {"--valid-fraction 1"}},
      {"TooFewToHoldOut",
       classify("few.csv", {"--valid-fraction", "0.2"}),
       2,
       {"--valid-fraction 0.2", "2 sequences"}},
      {"PatienceWithoutValid",
       with({"--valid-fraction", "0", "--patience", "2"}),
       2,
       {"--patience 2", "valid"}},
      {"UnknownMissing", with({"--missing", "men"}), 2, {"--missing men", "mean"}},
      {"UnknownPooling", with({"--pooling", "first"}), 2, {"--pooling first"}},
      {"StepsOfASequence", with({"--pooling", "steps"}), 2, {"--pooling steps"}},
      {"LossOfClasses", with({"--loss", "huber"}), 2, {"--loss"}},
      {"SetsOfTags", train("tag", "steps.jsonl", {"--multi-label"}), 2, {"--multi-label"}},
      {"HeadOfTags", with({"--head", "crf"}), 2, {"--head"}},
      {"UnknownHead", train("tag", "steps.jsonl", {"--head", "cfr"}), 2, {"--head cfr", "'crf'"}},
      {"EmptyQuantiles",
       train("regress", "a.csv", {"--loss", "quantiles", "--quantiles", ""}),
       2,
       {"--quantiles ''", "numbers"}},
      {"QuantilesOfHuber",
       train("regress", "a.csv", {"--loss", "huber", "--quantiles", "0.1,0.5,0.9"}),
       2,
       {"--quantiles 0.1,0.5,0.9", "'huber' has no quantiles"}},
      {"UnknownFormat", with({"--format", "cvs"}), 2, {"--format cvs", "csv"}},
      {"LongDelimiter", with({"--delimiter", ";;"}), 2, {"--delimiter ;;"}},
      {"QuoteAsDelimiter", with({"--delimiter", "\""}), 1, {"delimiter"}},
      {"UnknownWeight", with({"--class-weights", "z=2"}), 2, {"--class-weights z=2", "x", "y"}},
      {"WeightIsNoNumber", with({"--class-weights", "x=much"}), 2, {"--class-weights x=much"}},
      {"ZeroWeight", with({"--class-weights", "x=0"}), 2, {"--class-weights x=0"}},
      {"LargeWeight", with({"--class-weights", "x=1e300"}), 2, {"--class-weights x=1e300"}},
      {"InfiniteWeight", with({"--class-weights", "x=inf"}), 2, {"--class-weights x=inf"}},
      {"WeightsOfSets",
       with({"--multi-label", "--class-weights", "balanced"}),
       2,
       {"--class-weights balanced", "multi_label"}},
      {"MaskWithoutMissing", with({"--missing-mask"}), 2, {"--missing-mask", "missing"}},
      {"LevelOfACsv", with({"--level", "char"}), 1, {"level", "csv"}},
      {"UnknownVerb", {"train", "classfy"}, 2, {"classfy", "train classify"}},
  };
  return list;
}

void write_inputs(const TemporaryFolder& folder) {
  const std::string head = "label,a,b,c\n", rows = "x,1,2,3\ny,2,3,4\nx,3,4,5\ny,5,4,3\n";
  const std::string more = "x,1,3,5\nx,2,4,6\ny,6,4,2\ny,5,3,1\n";
  write(folder.file("a.csv"), head + rows + more);
  write(folder.file("a.xyz"), head + rows);
  std::filesystem::create_directory(folder.file("folder.csv"));
  write(folder.file("empty.csv"), "");
  write(folder.file("empty.jsonl"), "");
  write(folder.file("header.csv"), head);
  write(folder.file("none.ts"), "@classLabel true a b\n@data\n");
  write(folder.file("model.csv"),
        std::string("\x16\0\0\0\0\0\0\0", 8) + "{\"a\":{\"dtype\":\"F32\"}}");
  write(folder.file("text.npz"), head + rows);
  write(folder.file("text.csv.gz"), head + rows);
  write(folder.file("csv.ts"), head + rows);
  write(folder.file("csv.jsonl"), head + rows);
  write(folder.file("long.csv"), head + "x," + std::string(1000000, 'z') + ",2,3\n" + rows);
  write(folder.file("long.conll"), std::string(1000000, 'z') + "\n");
  write(folder.file("short.csv"), head + "x,1,2,3\ny,1,2\n" + rows);
  write(folder.file("infinite.csv"), head + "x,1,2,3\ny,1,inf,3\n" + rows);
  write(folder.file("infinite.jsonl"),
        "{\"x\":[1],\"label\":\"a\"}\n{\"x\":[1e999],\"label\":\"b\"}\n");
  write(folder.file("nan.csv"), head + "x,1,2,3\ny,nan,2,3\n" + rows + more);
  write(folder.file("word.csv"), head + "x,1,2,3\ny,1,oops,3\n" + rows);
  write(folder.file("other.csv"), head + "p,1,2,3\nq,2,3,4\n");
  write(folder.file("one.csv"), head + "x,1,2,3\nx,2,2,3\nx,4,2,3\n");
  write(folder.file("few.csv"), head + "x,1,2,3\ny,2,2,3\n");
  write(folder.file("length.ts"),
        "@equalLength true\n@seriesLength 3\n@classLabel true a b\n@data\n1,2:a\n1,2,3:b\n");
  write(folder.file("classes.ts"), "@classLabel true a b\n@data\n1,2:a\n1,2:c\n");
  write(folder.file("dimensions.ts"),
        "@dimensions 2\n@classLabel true a b\n@data\n1,2:a\n1,2:3,4:b\n");
  write(folder.file("target.jsonl"), "{\"x\":[1],\"y\":1}\n{\"x\":[2]}\n");
  write(folder.file("unlabelled.jsonl"), "{\"x\":[1],\"label\":\"a\"}\n{\"x\":[2]}\n");
  write(folder.file("dates.csv"),
        "id,date,v,label\na,2020-01-02,1,x\na,2020-01-01,2,x\nb,2020-01-01,2,y\n");
  write(folder.file("huge.csv"), "label,a\nx,1e308\ny,-1e308\nx,1e308\ny,-1e308\n");
  std::string one, two, steps, no_steps;
  for (int i = 0; i < 10; ++i) {
    const std::string label = std::string("\"label\":\"") + (i % 2 == 0 ? "x" : "y") + "\"}\n";
    one += "{\"x\":[1,2]," + label;
    two += "{\"x\":[[1,2],[3,4]]," + label;
    steps += "{\"x\":[],\"labels\":[]}\n";
    no_steps += "{\"x\":[],\"y\":[]}\n";
  }
  write(folder.file("one.jsonl"), one);
  write(folder.file("two.jsonl"), two);
  write(folder.file("steps.jsonl"), steps);
  write(folder.file("no_steps.jsonl"), no_steps);
  write(folder.file("text.txt"), "x\ta few words\ny\tother words\n");
}

class BadSequences : public testing::TestWithParam<BadCase> {};

TEST_P(BadSequences, GetOneLineAndTheirExitCode) {
  const TemporaryFolder folder;
  write_inputs(folder);
  expect_one_line(folder, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, BadSequences, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace unroll
