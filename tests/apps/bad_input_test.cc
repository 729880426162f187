// Bad input: one line on standard error that names the culprit, the right exit code, and nothing
// half-written.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "bad_input.h"

namespace unroll {
namespace {

const Words kTrain = {"train", "lm", "--output", "out"};
Words train(const Words& more) { return kTrain + Words{"--train", "text.txt"} + more; }
Words config(const std::string& file) { return train({"--config", file}); }

const std::vector<BadCase>& cases() {
  static const std::vector<BadCase> list = {
      // Texts.
      {"MissingText", kTrain + Words{"--train", "no.txt"}, 1, {"no.txt"}},
      {"EmptyText", kTrain + Words{"--train", "empty.txt"}, 1, {"empty.txt"}},
      {"BinaryText", kTrain + Words{"--train", "binary.txt"}, 1, {"binary.txt", "line 1"}},
      {"TextOfOtherEncoding", kTrain + Words{"--train", "latin.txt"}, 1, {"latin.txt", "line 2"}},
      {"FolderAsText", kTrain + Words{"--train", "folder"}, 1, {"folder"}},
      {"ShortText", kTrain + Words{"--train", "short.txt"}, 1, {"short.txt"}},
      {"MissingValidation", train({"--valid", "no.txt"}), 1, {"no.txt"}},
      {"UnknownTokenInTest", train({"--test", "other.txt"}), 1, {"other.txt", "zebra", "<unk>"}},
      // Options.
      {"NoTrain", kTrain, 2, {"--train"}},
      {"NoOutput", {"train", "lm", "--train", "text.txt"}, 2, {"--output"}},
      {"UnknownOption", train({"--hiden", "3"}), 2, {"--hiden", "--hidden"}},
      {"UnexpectedWord", train({"word"}), 2, {"word"}},
      {"NoValue", train({"--hidden"}), 2, {"--hidden"}},
      {"ZeroHidden", train({"--hidden", "0"}), 2, {"--hidden 0", "whole number"}},
      {"FractionOfUnits", train({"--hidden", "2.5"}), 2, {"--hidden 2.5", "whole number"}},
      {"MoreShardsThanRows", train({"--batch", "2", "--shards", "3"}), 2, {"--shards 3", "2 rows"}},
      {"NegativeBatch", train({"--batch", "-3"}), 2, {"--batch -3"}},
      {"ZeroEpochs", train({"--epochs", "0"}), 2, {"--epochs 0"}},
      {"FullDropout", train({"--dropout", "1"}), 2, {"--dropout 1"}},
      {"NegativeRate", train({"--learning-rate", "-1"}), 2, {"--learning-rate -1"}},
      {"RateIsNoNumber", train({"--learning-rate", "nan"}), 2, {"--learning-rate nan"}},
      {"InfiniteRate", train({"--learning-rate", "inf"}), 2, {"--learning-rate inf"}},
      {"ManyThreads", train({"--threads", "5000"}), 2, {"--threads 5000"}},
      {"UnknownCell", train({"--cell", "lsmt"}), 2, {"--cell lsmt", "lstm"}},
      {"UnknownLevel", train({"--level", "words"}), 2, {"--level words", "word"}},
      {"UnknownOptimizer", train({"--optimizer", "adm"}), 2, {"--optimizer adm", "adam"}},
      {"UnknownSchedule", train({"--schedule", "cosin"}), 2, {"--schedule cosin", "cosine"}},
      {"UnknownType", train({"--dtype", "f16"}), 2, {"--dtype f16", "f32"}},
      {"UniformWithoutRange",
       train({"--initialization", "uniform"}),
       2,
       {"--initialization uniform", "initial_range"}},
      {"RangeOfTorch",
       train({"--initialization", "torch", "--initial-range", "0.1"}),
       2,
       {"--initial-range 0.1", "torch"}},
      {"ActivationOfLstm", train({"--activation", "relu"}), 2, {"--activation relu", "elman"}},
      {"ResetOfElman", train({"--cell", "elman", "--reset", "after"}), 2, {"--reset after", "gru"}},
      {"HeadsOfSru", train({"--cell", "sru", "--heads", "2"}), 2, {"--heads 2", "sru"}},
      {"UnequalHeads", train({"--heads", "3"}), 2, {"--heads 3", "hidden"}},
      {"ForgetBiasOfGru", train({"--cell", "gru", "--forget-bias", "1"}), 2, {"--forget-bias 1"}},
      {"ForgetBiasWithoutBias",
       train({"--bias", "none", "--forget-bias", "1"}),
       2,
       {"--forget-bias 1"}},
      {"TiedButOfOtherSize", train({"--tied", "--hidden", "7"}), 2, {"--tied", "embedding"}},
      {"PatienceWithoutValid", train({"--patience", "2"}), 2, {"--patience 2", "valid"}},
      {"PlateauWithoutValid", train({"--schedule", "plateau"}), 2, {"--schedule plateau", "valid"}},
      {"MomentumOfAdam", train({"--momentum", "0.9"}), 2, {"--momentum 0.9", "adam"}},
      {"DivideOfCosine", train({"--divide-by", "2"}), 2, {"--divide-by 2", "cosine"}},
      {"LongWarmup",
       train({"--warmup", "1000000", "--batch", "2", "--bptt", "2"}),
       2,
       {"--warmup 1000000"}},
      {"FinalRateAboveTheFirst", train({"--final-rate", "5"}), 2, {"--final-rate 5"}},
      // Configurations.
      {"MissingConfig", config("no.toml"), 1, {"no.toml"}},
      {"BrokenToml", config("broken.toml"), 2, {"broken.toml:2:"}},
      {"UnknownKey", config("key.toml"), 2, {"key.toml:3", "learning_rat", "learning_rate"}},
      {"FlagAsKey", config("hyphen.toml"), 2, {"hyphen.toml:1", "learning_rate"}},
      {"TextForNumber", config("type.toml"), 2, {"type.toml:1: hidden = "}},
      {"NumberForText", config("text.toml"), 2, {"text.toml:2: cell = 3"}},
      {"KeyOutOfRange", config("range.toml"), 2, {"range.toml:2: dropout = 1.5"}},
      {"TableForValue", config("table.toml"), 2, {"table.toml:1"}},
      {"ContradictionInConfig", config("uniform.toml"), 2, {"uniform.toml:1: initialization"}},
      // Folders.
      {"ResumeOfNothing", {"train", "lm", "--resume", "folder"}, 2, {"folder", "config.toml"}},
      {"OutputIsAFile",
       {"train", "lm", "--train", "text.txt", "--output", "short.txt", "--bptt", "5"},
       1,
       {"short.txt"}},
      {"OutputInsideAFile",
       {"train", "lm", "--train", "text.txt", "--output", "short.txt/x", "--bptt", "5"},
       1,
       {"short.txt/x"}},
      {"OutputNotWritable",
       {"train", "lm", "--train", "text.txt", "--output", "/proc/unroll", "--bptt", "5"},
       1,
       {"/proc/unroll"}},
      // Models.
      {"MissingModel", {"eval", "no.safetensors", "text.txt"}, 1, {"no.safetensors"}},
      {"FolderWithoutModel", {"info", "folder"}, 1, {"folder", "model.safetensors"}},
      {"TextAsModel", {"eval", "text.txt", "text.txt"}, 1, {"text.txt"}},
      {"CutModel", {"info", "cut.safetensors"}, 1, {"cut.safetensors"}},
      {"LongModel", {"generate", "long.safetensors"}, 1, {"long.safetensors"}},
      {"ForeignModel", {"eval", "foreign.safetensors", "text.txt"}, 1, {"foreign.safetensors"}},
      {"UnknownTokenInEval", {"eval", "model", "other.txt"}, 1, {"other.txt", "zebra", "<unk>"}},
      {"UnknownTokenInPrompt", {"generate", "model", "--prompt", "the zebra"}, 1, {"zebra"}},
      {"BinaryInEval", {"eval", "model", "binary.txt"}, 1, {"binary.txt"}},
      {"ShortTextForCheck", {"check", "model", "short.txt"}, 1, {"short.txt"}},
      // Verbs and their options.
      {"NoVerb", {}, 2, {"verb"}},
      {"UnknownVerb", {"trian"}, 2, {"trian", "train"}},
      {"HalfAVerb", {"train"}, 2, {"train lm"}},
      {"EvalWithoutFile", {"eval", "model"}, 2, {"FILE"}},
      {"CheckWithoutFile", {"check", "model"}, 2, {"FILE"}},
      {"CheckOfModelAndCell", {"check", "model", "text.txt", "--cell", "gru"}, 2, {"--cell"}},
      {"NegativeTemperature",
       {"generate", "model", "--temperature", "-1"},
       2,
       {"--temperature -1"}},
      {"ZeroTopP", {"generate", "model", "--top-p", "0"}, 2, {"--top-p 0"}},
  };
  return list;
}

void write_inputs(const TemporaryFolder& folder) {
  write(folder.file("text.txt"), small_text(120));
  write(folder.file("other.txt"), "the cat sat\nthe zebra ran\n");
  write(folder.file("short.txt"), "the cat sat\n");
  write(folder.file("empty.txt"), "");
  write(folder.file("binary.txt"), std::string("the\0cat\n", 8));
  write(folder.file("latin.txt"), "the cat\nthe caf\xe9\n");
  std::filesystem::create_directory(folder.file("folder"));
  write(folder.file("broken.toml"), "hidden = 3\ncell = \n");
  write(folder.file("key.toml"), "hidden = 8\n# rate\nlearning_rat = 3\n");
  write(folder.file("hyphen.toml"), "learning-rate = 3\n");
  write(folder.file("type.toml"), "hidden = \"many\"\n");
  write(folder.file("text.toml"), "\ncell = 3\n");
  write(folder.file("range.toml"), "hidden = 8\ndropout = 1.5\n");
  write(folder.file("table.toml"), "[hidden]\nsize = 3\n");
  write(folder.file("uniform.toml"), "initialization = \"uniform\"\n");
}

class BadInput : public testing::TestWithParam<BadCase> {};

TEST_P(BadInput, GetsOneLineAndItsExitCode) {
  const TemporaryFolder folder;
  write_inputs(folder);
  if (GetParam().arguments.size() > 1 && GetParam().arguments[0] != "train") {
    ASSERT_EQ(run(folder, small_run("model") + Words{"--quiet"}).code, 0);
    const std::string model = contents(folder.file("model/model.safetensors"));
    write(folder.file("cut.safetensors"), model.substr(0, model.size() - 5));
    write(folder.file("long.safetensors"), model + "x");
    const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    write(folder.file("foreign.safetensors"), std::string(1, static_cast<char>(header.size())) +
                                                  std::string(7, '\0') + header +
                                                  std::string(4, '\0'));
  }
  expect_one_line(folder, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, BadInput, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace unroll
