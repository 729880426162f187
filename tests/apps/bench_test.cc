#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>
#include <sstream>

#include "bad_input.h"

namespace unroll {
namespace {

// A small shape; what `more` gives takes the place of what is here.
Words small_bench(const Words& more) {
  Words words = {"bench"};
  for (const Words& standard :
       {Words{"--steps", "7"}, Words{"--batch", "3"}, Words{"--hidden", "20"},
        Words{"--input", "11"}, Words{"--threads", "1"}, Words{"--seconds", "0.02"}}) {
    if (std::find(more.begin(), more.end(), standard[0]) == more.end()) words = words + standard;
  }
  return words + more;
}

nlohmann::json bench(const Words& more) {
  const TemporaryFolder folder;
  const Outcome outcome = run(folder, small_bench(more + Words{"--json"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, false);
}

// The figures follow from the times and `weights`, the numbers in all W_ih and W_hh.
void expect_consistent(const nlohmann::json& result, double weights) {
  SCOPED_TRACE(result.dump());
  const auto number = [&](const std::string& name) { return result.at(name).get<double>(); };
  const double tokens = number("tokens"), peak = number("peak_gflops");
  EXPECT_GT(peak, 0);
  double passes = 1;  // forward+backward counts three times
  for (const std::string name : {"forward", "forward_backward"}) {
    const double us = number(name + "_us");
    EXPECT_GT(us, 0);
    const double gflops = passes * 2 * tokens * weights / us / 1e3;
    EXPECT_NEAR(number("gflops_" + name), gflops, 1e-9 * gflops);
    EXPECT_NEAR(number("limit_fraction_" + name), gflops / peak, 1e-9);
    EXPECT_NEAR(number("tokens_per_second_" + name), 1e6 * tokens / us, 1e-3);
    EXPECT_GE(number("passes_" + name), 3);
    passes = 3;
  }
  EXPECT_GT(number("forward_backward_us"), number("forward_us"));
  EXPECT_GT(number("forward_p50_us"), 0);
  EXPECT_GE(number("forward_p999_us"), number("forward_p50_us"));
  EXPECT_GE(number("forward_max_us"), number("forward_p999_us"));
  EXPECT_GE(number("passes_forward_single"), 3);
}

TEST(Bench, CountsTheOperationsOfEveryCell) {
  const auto lstm = bench({});
  expect_consistent(lstm, 4 * 20 * (11 + 20));
  EXPECT_EQ(lstm["cell"], "lstm");
  EXPECT_EQ(lstm["tokens"], 21);
  EXPECT_EQ(lstm["dtype"], "f32");
  EXPECT_FALSE(lstm.contains("reset"));
  for (const char* level : {"l1", "l2", "l3", "memory"}) {
    EXPECT_GT(lstm["read_gbytes_per_second"][level].get<double>(), 0);
  }
  for (const char* reset : {"before", "after"}) {
    const auto gru = bench({"--cell", "gru", "--reset", reset});
    expect_consistent(gru, 3 * 20 * (11 + 20));
    EXPECT_EQ(gru["reset"], reset);
  }
  expect_consistent(bench({"--cell", "elman", "--activation", "relu"}), 20 * (11 + 20));
}

TEST(Bench, CountsTheOperationsOfEveryLayerAndDirection) {
  const auto deep = bench({"--layers", "3", "--dropout", "0.5"});
  expect_consistent(deep, 4 * 20 * ((11 + 20) + 2 * (20 + 20)));
  const auto both = bench({"--layers", "2", "--bidirectional", "--dtype", "f64"});
  expect_consistent(both, 2 * 4 * 20 * ((11 + 20) + (40 + 20)));
  EXPECT_EQ(both["dtype"], "f64");
  EXPECT_EQ(both["bidirectional"], true);
}

TEST(Bench, MeasuresBf16) {
  const auto result = bench({"--dtype", "bf16"});
  expect_consistent(result, 4 * 20 * (11 + 20));
  EXPECT_EQ(result["dtype"], "bf16");
  EXPECT_TRUE(result["bf16_instruction"].is_boolean());
  EXPECT_EQ(result["allocations_per_step"], 0);
  EXPECT_FALSE(bench({}).contains("bf16_instruction"));
}

// In one line on standard error, where nothing else is.
TEST(Bench, SaysWhereBf16IsNotFaster) {
  const TemporaryFolder folder;
  for (const char* target : {"avx2", "sse4", "scalar"}) {
    const Words words = small_bench({"--json", "--dtype", "bf16"});
    const Outcome outcome = run(folder, words, "", {"UNROLL_TARGET=" + std::string(target)});
    if (outcome.code != 0) continue;  // another kind of processor
    EXPECT_EQ(nlohmann::json::parse(outcome.out)["bf16_instruction"], false);
    EXPECT_EQ(outcome.err, "unroll: note: bf16 is not faster than f32 here: " +
                               std::string(target) + " has no instruction for it\n");
    const Words f32 = small_bench({"--json"});
    EXPECT_EQ(run(folder, f32, "", {"UNROLL_TARGET=" + std::string(target)}).err, "");
  }
}

TEST(Bench, CountsRealTokens) {
  const auto result = bench({"--lengths", "uniform", "--batch", "200"});
  expect_consistent(result, 4 * 20 * (11 + 20));
  const double mean = result["tokens"].get<double>() / 200;  // of 1 … 7, deviation 2 / sqrt(200)
  EXPECT_NEAR(mean, 4, 5 * 2 / std::sqrt(200.0));
  EXPECT_NE(bench({"--lengths", "uniform", "--seed", "2"})["tokens"],
            bench({"--lengths", "uniform", "--seed", "3"})["tokens"]);
}

TEST(Bench, InputsAreTheHiddenUnitsWhenNotGiven) {
  const TemporaryFolder folder;
  const Outcome outcome =
      run(folder, {"bench", "--hidden", "9", "--seconds", "0.01", "--json", "--threads", "2"});
  const auto result = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(result["input"], 9);
  EXPECT_EQ(result["threads"], 2);
}

TEST(Bench, TakesAConfiguration) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "bench.toml", "cell = \"gru\"\nreset = \"before\"\nhidden = 9\nsteps = 4\nbatch = 2\n");
  const Outcome outcome =
      run(folder, {"bench", "--config", file, "--steps", "3", "--seconds", "0.01", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto result = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(result["cell"], "gru");
  EXPECT_EQ(result["reset"], "before");
  EXPECT_EQ(result["hidden"], 9);
  EXPECT_EQ(result["batch"], 2);
  EXPECT_EQ(result["steps"], 3);  // the flag wins
}

TEST(Bench, RunsOnTheInstructionSetThatIsNamed) {
  const TemporaryFolder folder;
  for (const char* target : {"sse4", "scalar"}) {
    const Outcome outcome =
        run(folder, small_bench({"--json"}), "", {"UNROLL_TARGET=" + std::string(target)});
    if (outcome.code != 0) continue;  // another kind of processor
    EXPECT_EQ(nlohmann::json::parse(outcome.out)["isa"], target);
  }
}

// After the first passes.
TEST(Bench, StepsTakeNothingFromTheHeap) {
  for (const Words& more :
       {Words{}, Words{"--threads", "2"}, Words{"--cell", "gru", "--reset", "before"},
        Words{"--batch", "1", "--steps", "1"}, Words{"--lengths", "uniform"},
        Words{"--layers", "2", "--bidirectional", "--dropout", "0.5"}, Words{"--dtype", "f64"},
        Words{"--hidden", "200", "--batch", "20", "--threads", "2"}}) {
    const auto result = bench(more);
    EXPECT_EQ(result["allocations_per_step"], 0) << result.dump();
  }
}

TEST(Bench, TableFits80Columns) {
  const TemporaryFolder folder;
  const Outcome outcome = run(folder, small_bench({}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("forward+backward"), std::string::npos) << outcome.out;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    std::size_t columns = 0;
    for (const char c : line) columns += (c & 0xC0) == 0x80 ? 0 : 1;
    EXPECT_LE(columns, 80u) << line;
  }
}

TEST(Bench, RefusesAKeyThatItDoesNotHave) {
  const TemporaryFolder folder;
  const std::string file = folder.write("run.toml", "hidden = 9\noptimizer = \"sgd\"\n");
  expect_one_line(folder,
                  {"", {"bench", "--config", file}, 2, {"run.toml:2", "optimizer", "--help"}});
}

class BenchBadInput : public testing::TestWithParam<BadCase> {};

TEST_P(BenchBadInput, GetsOneLineAndItsExitCode) { expect_one_line(TemporaryFolder(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    All, BenchBadInput,
    testing::Values(
        BadCase{"UnknownCell", {"bench", "--cell", "lsmt"}, 2, {"--cell lsmt", "lstm"}},
        BadCase{"ResetOfLstm", {"bench", "--reset", "after"}, 2, {"--reset after", "gru"}},
        BadCase{"UnknownReset", {"bench", "--cell", "gru", "--reset", "x"}, 2, {"--reset x"}},
        BadCase{"NoSteps", {"bench", "--steps", "0"}, 2, {"--steps 0", "whole number"}},
        BadCase{"NoBatch", {"bench", "--batch", "0"}, 2, {"--batch 0"}},
        BadCase{"NoInputs", {"bench", "--input", "0"}, 2, {"--input 0"}},
        BadCase{"NegativeHidden", {"bench", "--hidden", "-4"}, 2, {"--hidden -4"}},
        BadCase{"ManyLayers", {"bench", "--layers", "1000"}, 2, {"--layers 1000"}},
        BadCase{"NoThreads", {"bench", "--threads", "0"}, 2, {"--threads 0"}},
        BadCase{"UnknownType", {"bench", "--dtype", "f16"}, 2, {"--dtype f16", "f32"}},
        BadCase{"UnknownLengths", {"bench", "--lengths", "some"}, 2, {"--lengths some", "uniform"}},
        BadCase{"NoTime", {"bench", "--seconds", "0"}, 2, {"--seconds 0"}},
        BadCase{"NoSuchConfig", {"bench", "--config", "no.toml"}, 1, {"no.toml"}},
        BadCase{"UnknownOption", {"bench", "--hiden", "3"}, 2, {"--hiden", "--hidden"}},
        BadCase{"UnexpectedWord", {"bench", "lstm"}, 2, {"lstm"}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace unroll
