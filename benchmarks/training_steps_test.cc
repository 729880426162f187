// Runs the built program on small vocabularies.

#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace unroll {
namespace {

struct Outcome {
  int code = -1;
  std::string text = {};  // standard output and error
};

// `input` goes through the shell's printf to standard input.
Outcome training_steps(const std::string& arguments, const std::string& input = "") {
  const std::string command =
      "printf '" + input + "' | '" TRAINING_STEPS "' " + arguments + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen " + command);
  Outcome outcome;
  char buffer[4096];
  while (const std::size_t bytes = ::fread(buffer, 1, sizeof buffer, pipe)) {
    outcome.text.append(buffer, bytes);
  }
  outcome.code = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

std::vector<nlohmann::json> lines(const std::string& text) {
  std::vector<nlohmann::json> objects;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) objects.push_back(nlohmann::json::parse(line));
  return objects;
}

const std::string kLesson = "'" RECIPES "/ptb-lesson.toml' --vocabulary 50 ";

TEST(TrainingSteps, CountsWordsAndOperations) {
  const Outcome outcome = training_steps(kLesson + "--threads 2 --seconds 0.05");
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const auto results = lines(outcome.text);
  ASSERT_EQ(results.size(), 1U);
  const nlohmann::json& result = results.front();
  EXPECT_EQ(result["threads"], 2);
  EXPECT_GE(result["seconds"], 0.05);
  // 10 lanes of 5 steps an update.
  const double words = result["updates"].get<double>() * 50;
  const double rate = words / result["seconds"].get<double>();
  EXPECT_NEAR(result["words_per_second"].get<double>(), rate, 1e-9 * rate);
  // Forward and twice that backward, 2 for each weight: W_ih and W_hh, (100, 100) each, and (50,
  // 100).
  const double operations = 3 * 2 * (100.0 * (100 + 100) + 50.0 * 100);
  EXPECT_NEAR(result["gflops"].get<double>(), rate * operations * 1e-9, 1e-9 * rate);
  // The random text alone has 3.7 MB.
  EXPECT_GT(result["peak_memory_bytes"], 3'700'000);
}

TEST(TrainingSteps, TakesAnotherCell) {
  const Outcome outcome =
      training_steps("'" RECIPES "/ptb-chapter6.toml' --cell gru --vocabulary 50 --seconds 0.02");
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const nlohmann::json result = lines(outcome.text).at(0);
  const double operations = 3 * 2 * (3 * 100.0 * (100 + 100) + 50.0 * 100);
  EXPECT_NEAR(result["gflops"].get<double>(),
              result["words_per_second"].get<double>() * operations * 1e-9, 1e-6);
}

TEST(TrainingSteps, ServesALineAtATime) {
  const Outcome outcome = training_steps(kLesson + "--serve", "0.01\\n0.03\\n0\\n");
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const auto results = lines(outcome.text);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_GE(results[0]["seconds"], 0.01);
  EXPECT_GE(results[1]["seconds"], 0.03);
  EXPECT_EQ(results[2]["updates"], 1);
}

TEST(TrainingSteps, RefusesWhatItCannotTrain) {
  const Outcome missing = training_steps("no-such-recipe.toml");
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.text.find("no-such-recipe.toml"), std::string::npos) << missing.text;
  EXPECT_EQ(training_steps(kLesson + "--cell perceptron").code, 1);
  EXPECT_NE(training_steps(kLesson + "--threads 0").code, 0);
}

}  // namespace
}  // namespace unroll
