// The verbs that use a trained model, the help pages and the recipes.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "messages.h"
#include "program.h"

namespace unroll {
namespace {

class Verbs : public testing::Test {
 protected:
  Verbs() {
    write(folder_.file("text.txt"), small_text(60));
    train("run", {});
  }

  void train(const std::string& output, const Words& more) {
    const Outcome outcome = run(folder_, small_run(output) + Words{"--quiet"} + more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
  nlohmann::json json(const Words& arguments) {
    const Outcome outcome = run(folder_, arguments + Words{"--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  }

  TemporaryFolder folder_;
};

TEST_F(Verbs, EvalAgreesWithTheRunsOwnTest) {
  const Outcome outcome = run(folder_, small_run("tested") + Words{"--test", "text.txt", "--json"});
  const auto trained = nlohmann::json::parse(outcome.out);
  const auto folder = json({"eval", "tested", "text.txt"});
  EXPECT_EQ(folder, json({"eval", "tested/model.safetensors", "text.txt", "--threads", "2"}));
  EXPECT_DOUBLE_EQ(folder["perplexity"], trained["test_perplexity"]);
  EXPECT_EQ(folder["tokens"], 600);
  EXPECT_EQ(folder["unknown_tokens"], 0);
  EXPECT_EQ(folder.size(), 4u);
}

TEST_F(Verbs, EvalCountsUnknownTokens) {
  train("cut", {"--vocabulary-size", "5"});
  write(folder_.file("new.txt"), "the zebra sat\n");
  EXPECT_EQ(json({"eval", "cut", "new.txt"})["unknown_tokens"], 2);  // "sat" is cut, or rare
}

TEST_F(Verbs, GenerateRepeatsItselfAndNeverSaysUnknown) {
  const Words arguments = {"generate", "run", "--prompt", "the cat", "--length", "50"};
  const Outcome first = run(folder_, arguments);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out.rfind("the cat", 0), 0u) << first.out;
  EXPECT_EQ(first.out, run(folder_, arguments).out);
  EXPECT_NE(first.out, run(folder_, arguments + Words{"--seed", "9"}).out);
  const auto object = json(arguments);
  const std::string text = "the cat" + object["continuation"].get<std::string>();
  EXPECT_EQ(first.out, text.back() == '\n' ? text : text + "\n");

  train("cut", {"--vocabulary-size", "4"});
  const Outcome cut = run(folder_, {"generate", "cut", "--prompt", "zebra", "--length", "200"});
  EXPECT_EQ(cut.code, 0);
  EXPECT_EQ(cut.out.find("<unk>"), std::string::npos) << cut.out;
  EXPECT_NE(cut.err.find("<unk>"), std::string::npos) << cut.err;
}

TEST_F(Verbs, GenerateOfCharactersIsUtf8) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "größe €5 für ∑\n";
  write(folder_.file("text.txt"), text);
  train("chars", {"--level", "char"});
  const auto object = json({"generate", "chars", "--prompt", "grö", "--length", "100"});
  const std::string continuation = object["continuation"];
  EXPECT_EQ(continuation.find("\xef\xbf\xbd"), std::string::npos);
  std::size_t characters = 0;
  for (const char c : continuation) characters += (c & 0xC0) == 0x80 ? 0 : 1;
  EXPECT_EQ(characters, 100u);
}

TEST_F(Verbs, InfoShowsTheModel) {
  const auto info = json({"info", "run"});
  EXPECT_EQ(info["architecture"]["cell"], "lstm");
  EXPECT_EQ(info["architecture"]["hidden"], 8);
  EXPECT_EQ(info["vocabulary"]["size"], 9);
  EXPECT_EQ(info["dtype"], "F32");
  std::size_t count = 0;
  for (const auto& parameter : info["parameters"]) {
    std::size_t size = 1;
    for (const std::size_t extent : parameter["shape"]) size *= extent;
    count += size;
  }
  EXPECT_EQ(info["parameter_count"], count);
  // A bias that is held at zero counts neither here nor in the run's result.
  const auto one = json(small_run("one") + Words{"--bias", "one", "--quiet"});
  EXPECT_EQ(json({"info", "one"})["parameter_count"], one["parameters"]);
  EXPECT_LT(one["parameters"], count);
  EXPECT_NE(run(folder_, {"info", "run"}).out.find("rnn.weight_hh_l0"), std::string::npos);
}

TEST_F(Verbs, CheckPassesForEveryCellAndForAModel) {
  for (const Words& arguments :
       {Words{}, Words{"run", "text.txt"},
        Words{"--cell", "gru", "--reset", "before", "--layers", "3", "--dropout", "0.3"},
        Words{"--cell", "lstm", "--tied", "--embedding", "6", "--bias", "one"},
        Words{"--cell", "layer_norm_gru", "--heads", "3"}}) {
    const auto report = json(Words{"check"} + arguments);
    EXPECT_EQ(report["passed"], true);
    EXPECT_LT(report["max_relative_error"].get<double>(), report["tolerance"].get<double>());
    EXPECT_GE(report["parameters"].size(), 7u);
  }
}

TEST_F(Verbs, CheckFailsWhenTheErrorIsAboveTheTolerance) {
  const Outcome outcome = run(folder_, {"check", "--cell", "lstm", "--step", "0.5"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("WRONG"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("FAILED"), std::string::npos) << outcome.out;
}

TEST_F(Verbs, HelpPagesHaveAnExampleAndFit80Columns) {
  for (const Words& verb :
       {Words{}, Words{"train", "lm"}, Words{"eval"}, Words{"generate"}, Words{"bench"},
        Words{"check"}, Words{"demo"}, Words{"info"}, Words{"report"}}) {
    const Outcome outcome = run(folder_, verb + Words{"--help"});
    EXPECT_EQ(outcome.code, 0);
    if (!verb.empty()) {
      EXPECT_NE(outcome.out.find("Example:\n  unroll " + verb[0]), std::string::npos);
    }
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      std::size_t columns = 0;
      for (const char c : line) columns += (c & 0xC0) == 0x80 ? 0 : 1;
      EXPECT_LE(columns, 80u) << line;
    }
  }
}

TEST_F(Verbs, EndQuietlyWhenNobodyReads) {
  const std::string pipe = folder_.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  Program program(folder_, {"generate", "run", "--length", "1000000000"}, pipe);
  char byte = 0;
  while (::read(reader, &byte, 1) != 1) ::usleep(1000);
  ::close(reader);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Verbs, RecipesAreAccepted) {
  int recipes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(UNROLL_RECIPES)) {
    ++recipes;
    const Outcome outcome =
        run(folder_, {"train", "lm", "--config", entry.path(), "--train", "text.txt", "--valid",
                      "missing.txt", "--output", "recipe"});
    EXPECT_EQ(outcome.code, 1) << entry.path() << outcome.err;  // all but the text is right
    EXPECT_NE(outcome.err.find("missing.txt"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(recipes, 9);
}

// A wrong variable of the environment is no fault of a file that is read meanwhile.
TEST_F(Verbs, WrongEnvironmentIsNamedAlone) {
  for (const char* variable : {"UNROLL_TARGET=x86", "UNROLL_CACHES=1K", "UNROLL_PROCESSORS=many"}) {
    for (const Words& words : {Words{"eval", "run", "text.txt"}, Words{"check", "--cell", "gru"},
                               Words{"train", "lm", "--train", "text.txt", "--output", "other"}}) {
      const Outcome outcome = run(folder_, words, "", {variable});
      EXPECT_EQ(outcome.code, 2) << variable << " " << words[0];
      EXPECT_EQ(outcome.err.find("unroll: the environment variable UNROLL_"), 0u) << outcome.err;
      EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
      EXPECT_EQ(outcome.out, "");
    }
  }
}

TEST(Program, VersionNamesTheInstructionSetAndTheLibraries) {
  const TemporaryFolder folder;
  const Outcome best = run(folder, {"--version"});
  EXPECT_EQ(best.code, 0) << best.err;
  EXPECT_TRUE(contains(best.out, "Highway ") && contains(best.out, "zlib 1.")) << best.out;
  EXPECT_FALSE(contains(best.out, " ,")) << "a library without a version: " << best.out;
  const Outcome scalar = run(folder, {"--version"}, "", {"UNROLL_TARGET=scalar"});
  EXPECT_TRUE(contains(scalar.out, "instruction set: scalar of ")) << scalar.out << scalar.err;
}

// Whatever --help shows stands in the manual and in the completions of each shell.
TEST(Program, ManualAndCompletionsHaveEveryOption) {
  const TemporaryFolder folder;
  std::string manual = run(folder, {"man"}).out;
  EXPECT_TRUE(manual.starts_with(".TH UNROLL 1"));
  for (std::size_t at; (at = manual.find("\\-")) != manual.npos;) manual.erase(at, 1);
  std::vector<std::string> scripts;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    scripts.push_back(run(folder, {"completions", shell}).out);
  }
  int options = 0;
  for (const Words& verb : {Words{"train", "lm"}, Words{"predict"}, Words{"bench"}}) {
    std::istringstream page(run(folder, verb + Words{"--help"}).out);
    for (std::string line; std::getline(page, line);) {
      if (!line.starts_with("  --")) continue;
      const std::string option = line.substr(2, line.find_first_of(" ,", 2) - 2);
      ++options;
      EXPECT_TRUE(contains(manual, option)) << option;
      EXPECT_TRUE(contains(scripts[0], option)) << option;
      EXPECT_TRUE(contains(scripts[1], option + "[")) << option;
      EXPECT_TRUE(contains(scripts[2], "-l " + option.substr(2) + " ")) << option;
    }
  }
  EXPECT_GT(options, 60);
  const Outcome unknown = run(folder, {"completions", "csh"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(contains(unknown.err, "SHELL: unknown name 'csh'")) << unknown.err;
}

}  // namespace
}  // namespace unroll
