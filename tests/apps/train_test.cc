// `unroll train lm`: what it writes, and that the same options give the same bytes.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.h"

namespace unroll {
namespace {

class Train : public testing::Test {
 protected:
  Train() { write(folder_.file("text.txt"), small_text(60)); }

  Outcome train(const std::string& output, const Words& more = {}) {
    const Outcome outcome = run(folder_, small_run(output) + more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome;
  }
  std::string model(const std::string& output) {
    const std::string bytes = contents(folder_.file(output + "/model.safetensors"));
    EXPECT_FALSE(bytes.empty());
    return bytes;
  }

  TemporaryFolder folder_;
};

TEST_F(Train, WritesModelCheckpointConfigAndLog) {
  const Outcome outcome = train("run", {"--valid", "text.txt"});
  EXPECT_NE(outcome.out.find("model: run/model.safetensors"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("epoch 2/2"), std::string::npos) << outcome.err;
  for (const char* file : {"model.safetensors", "checkpoint.safetensors", "config.toml"}) {
    EXPECT_FALSE(contents(folder_.file(std::string("run/") + file)).empty()) << file;
  }
  std::istringstream log(contents(folder_.file("run/log.jsonl")));
  int epoch = 0;
  for (std::string line; std::getline(log, line);) {
    const auto record = nlohmann::json::parse(line);
    EXPECT_EQ(record.at("epoch"), ++epoch);
    for (const char* key : {"train_loss", "train_perplexity", "valid_loss", "valid_perplexity",
                            "learning_rate", "gradient_norm", "tokens_per_second"}) {
      EXPECT_TRUE(record.at(key).is_number()) << key;
    }
  }
  EXPECT_EQ(epoch, 2);
}

TEST_F(Train, PrintsOneJsonObject) {
  const Outcome outcome = train("run", {"--json", "--quiet", "--test", "text.txt"});
  const auto result = nlohmann::json::parse(outcome.out);  // throws when anything follows
  EXPECT_EQ(outcome.err, "");
  std::vector<std::string> keys;
  for (const auto& [key, value] : result.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"bits_per_token", "epochs", "model", "parameters",
                                            "peak_memory_bytes", "seconds", "test_perplexity",
                                            "tokens", "tokens_per_second", "train_perplexity",
                                            "valid_perplexity", "vocabulary"}));
  EXPECT_TRUE(result["valid_perplexity"].is_null());
  EXPECT_NEAR(result["bits_per_token"], std::log2(result["test_perplexity"].get<double>()), 1e-9);
  EXPECT_EQ(result["epochs"], 2);
  EXPECT_EQ(result["vocabulary"], 9);
  EXPECT_EQ(result["model"], "run/model.safetensors");
}

TEST_F(Train, ThreadsDoNotChangeTheModel) {
  for (const char* cell : {"lstm", "gru"}) {
    const Words options = {"--cell", cell, "--dropout", "0.3", "--layers", "2"};
    std::string first;
    for (const char* threads : {"1", "2", "4"}) {
      const std::string output = std::string(cell) + threads;
      train(output, options + Words{"--threads", threads});
      if (first.empty()) first = model(output);
      EXPECT_EQ(model(output), first) << cell << ", " << threads << " threads";
    }
  }
}

TEST_F(Train, ProductsInBf16ChangeTheModelButNotItsFile) {
  train("full");
  train("one", {"--dtype", "bf16", "--threads", "1"});
  train("two", {"--dtype", "bf16", "--threads", "3"});
  EXPECT_EQ(model("one"), model("two"));
  EXPECT_NE(model("one"), model("full"));
  const std::string info = run(folder_, {"info", "one/model.safetensors", "--json"}).out;
  EXPECT_NE(info.find("F32"), std::string::npos) << info;
  EXPECT_EQ(info.find("BF16"), std::string::npos) << info;
  const Outcome resumed = run(folder_, {"train", "lm", "--resume", "one"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  // As if it had been begun in f32.
  std::string config = contents(folder_.file("two/config.toml"));
  config.replace(config.find("bf16"), 4, "f32");
  write(folder_.file("two/config.toml"), config);
  const Outcome other = run(folder_, {"train", "lm", "--resume", "two"});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.err.find("checkpoint.safetensors"), std::string::npos) << other.err;
}

TEST_F(Train, TheSeedChangesTheModel) {
  train("one");
  train("two", {"--seed", "2"});
  EXPECT_NE(model("one"), model("two"));
}

TEST_F(Train, ItsConfigRepeatsTheRun) {
  train("first", {"--optimizer", "momentum",        "--momentum", "0.5",     "--schedule",
                  "divide",      "--initial-range", "0.07",       "--cell",  "gru",
                  "--reset",     "before",          "--bias",     "one",     "--learning-rate",
                  "0.3",         "--valid",         "text.txt",   "--dtype", "f64"});
  const Outcome again =
      run(folder_, {"train", "lm", "--config", "first/config.toml", "--output", "again"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(model("again"), model("first"));
  EXPECT_EQ(contents(folder_.file("again/config.toml")),
            contents(folder_.file("first/config.toml")));
}

TEST_F(Train, FlagsWinOverTheConfig) {
  write(folder_.file("o.toml"), "hidden = 5\nlearning_rate = 0.5\ntied = true\n");
  train("run", {"--config", "o.toml", "--no-tied"});
  const std::string config = contents(folder_.file("run/config.toml"));
  EXPECT_NE(config.find("hidden = 8\n"), std::string::npos) << config;
  EXPECT_NE(config.find("learning_rate = 0.5\n"), std::string::npos) << config;
  EXPECT_NE(config.find("tied = false\n"), std::string::npos) << config;
}

TEST_F(Train, PathsMayHaveSpacesAndQuotes) {
  write(folder_.file("my 'text'.txt"), small_text(60));
  const Outcome outcome =
      run(folder_, {"train", "lm", "--train", "my 'text'.txt", "--output", "my 'run'", "--hidden",
                    "4", "--embedding", "4", "--batch", "2", "--bptt", "4", "--epochs", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(run(folder_, {"train", "lm", "--resume", "my 'run'"}).code, 0);
}

TEST_F(Train, ReplacesARunOnlyWhenToldTo) {
  train("run");
  const std::string before = model("run");
  const Outcome refused = run(folder_, small_run("run") + Words{"--seed", "7"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("--resume"), std::string::npos) << refused.err;
  EXPECT_EQ(model("run"), before);
  train("run", {"--seed", "7", "--overwrite"});
  EXPECT_NE(model("run"), before);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("run/.previous-run")));
}

TEST_F(Train, TheRunThatIsReplacedStaysUntilTheNewOneHasAModel) {
  train("run");
  const std::string before = model("run"), config = contents(folder_.file("run/config.toml"));
  const Outcome outcome =
      run(folder_, small_run("run") + Words{"--overwrite", "--cell", "elman", "--activation",
                                            "identity", "--optimizer", "sgd", "--schedule",
                                            "constant", "--learning-rate", "1e30"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("the run that it was to replace is kept in run"), std::string::npos)
      << outcome.err;
  EXPECT_EQ(model("run"), before);
  EXPECT_EQ(contents(folder_.file("run/config.toml")), config);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("run/.previous-run")));
  // A run that was killed before its first model has set the old one aside; the next one that
  // replaces it does not take it away before it has a model either.
  std::filesystem::create_directory(folder_.file("run/.previous-run"));
  std::filesystem::rename(folder_.file("run/model.safetensors"),
                          folder_.file("run/.previous-run/model.safetensors"));
  EXPECT_EQ(run(folder_, small_run("run") + Words{"--overwrite", "--learning-rate", "1e38",
                                                  "--optimizer", "sgd", "--clip-norm", "0"})
                .code,
            1);
  EXPECT_EQ(model("run"), before);
}

TEST_F(Train, StopsWhenTheLossIsNoNumberAndKeepsTheLastCheckpoint) {
  // A linear network with a large rate: its state grows until it overflows, some updates on.
  const Words options = {"--cell",
                         "elman",
                         "--activation",
                         "identity",
                         "--optimizer",
                         "sgd",
                         "--schedule",
                         "constant",
                         "--learning-rate",
                         "200",
                         "--clip-norm",
                         "0",
                         "--checkpoint-every",
                         "1"};
  const Outcome outcome = run(folder_, small_run("run") + options);
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("update"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  ASSERT_TRUE(std::filesystem::exists(folder_.file("run/checkpoint.safetensors")));
  // What is kept is good: from there the run comes to the same end.
  const Outcome again = run(folder_, {"train", "lm", "--resume", "run"});
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(again.err, outcome.err);

  const Outcome at_once = run(folder_, small_run("other") + Words{"--learning-rate", "1e38"});
  EXPECT_EQ(at_once.code, 1) << at_once.err;
  EXPECT_NE(at_once.err.find("update"), std::string::npos) << at_once.err;
}

TEST_F(Train, NoticesThatStandardOutputIsFull) {
  const Outcome outcome = run(folder_, small_run("run") + Words{"--quiet"}, "/dev/full");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("standard output"), std::string::npos) << outcome.err;
  EXPECT_FALSE(model("run").empty());
}

TEST_F(Train, NumbersHaveAPointInEveryLocale) {
  const Outcome outcome =
      run(folder_, small_run("run") + Words{"--json"}, "", {"LC_ALL=de_DE.UTF-8", "LANG=de_DE"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GT(nlohmann::json::parse(outcome.out)["train_perplexity"].get<double>(), 1);
  train("plain");
  EXPECT_EQ(model("run"), model("plain"));
}

}  // namespace
}  // namespace unroll
