// `unroll demo`.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "program.h"

namespace unroll {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Demo : public testing::Test {
 protected:
  Json json(const Words& arguments) {
    const Outcome outcome = run(folder_, Words{"demo"} + arguments + Words{"--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");  // no progress where there is no terminal
    return outcome.code == 0 ? Json::parse(outcome.out) : Json();
  }
  // One line, with these parts; nothing is written.
  void expect_refused(const Words& arguments, int code, const Words& parts) {
    const auto before = files();
    const Outcome outcome = run(folder_, Words{"demo"} + arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    for (const std::string& part : parts) {
      EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
    }
    EXPECT_EQ(files(), before);
  }
  // All files but those that hold what the program prints, with their contents.
  std::vector<std::pair<std::string, std::string>> files() {
    std::vector<std::pair<std::string, std::string>> list;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const std::string path = entry.path().string();
      if (!entry.path().filename().string().starts_with(".")) {
        list.emplace_back(path, entry.is_regular_file() ? contents(path) : "");
      }
    }
    std::sort(list.begin(), list.end());
    return list;
  }

  TemporaryFolder folder_;
};

TEST_F(Demo, ForecastsSunspotsBetterThanTheSimpleMethods) {
  const Json result = json({"forecast"});
  EXPECT_EQ(result.at("folder"), "unroll-demo");
  EXPECT_FALSE(result.contains("lm") || result.contains("classify"));
  const Json& figures = result.at("forecast");
  EXPECT_EQ(figures.at("test_years"), 62);
  EXPECT_LT(figures.at("rmse"), figures.at("rmse_ar"));
  EXPECT_LT(figures.at("rmse_ar"), figures.at("rmse_persistence"));
  EXPECT_NEAR(figures.at("rmse_persistence"), 33.28, 0.01);
  EXPECT_GT(figures.at("coverage"), 0.7);
  const Json& next = figures.at("next");
  EXPECT_EQ(next.at("year"), 2009);
  EXPECT_GE(next.at("low"), 0);
  EXPECT_LT(next.at("low"), next.at("forecast"));
  EXPECT_LT(next.at("forecast"), next.at("high"));
}

TEST_F(Demo, ClassifiesCurvesBetterThanTheirNeighbours) {
  const Json figures = json({"classify", "--output", "a folder"}).at("classify");
  EXPECT_GE(figures.at("accuracy"), 0.95);
  EXPECT_GE(figures.at("accuracy"), figures.at("accuracy_nearest_neighbour"));
  EXPECT_GE(figures.at("accuracy_nearest_neighbour"), 0.85);
  EXPECT_NEAR(figures.at("accuracy_majority"), 1.0 / 3, 1e-9);
  std::uint64_t curves = 0;
  for (const Json& row : figures.at("confusion").at("counts")) {
    for (const Json& count : row) curves += count.get<std::uint64_t>();
  }
  EXPECT_EQ(curves, 300u);
}

// The commands, as they are printed, do again what the demo did.
TEST_F(Demo, ShowsItsCommandsAndFits80Columns) {
  const Outcome outcome = run(folder_, {"demo", "forecast", "--seed", "2", "--threads", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  std::vector<std::string> commands;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    // The program has a long name here: its absolute path.
    const std::size_t name = line.find(UNROLL_PROGRAM);
    EXPECT_LE(line.size(), 80 + (name == line.npos ? 0 : std::string(UNROLL_PROGRAM).size()));
    if (line.starts_with("$ "))
      commands.push_back("");
    else if (commands.empty() || !commands.back().ends_with("\\"))
      continue;
    if (commands.back().ends_with("\\")) commands.back().pop_back();
    commands.back() += line.starts_with("$ ") ? line.substr(2) : line;
  }
  ASSERT_EQ(commands.size(), 3u) << outcome.out;  // train, predict, and with the user's file
  const std::string model = contents(folder_.file("unroll-demo/forecast/model.safetensors"));
  const std::string next = contents(folder_.file("unroll-demo/next-year.csv"));
  ASSERT_FALSE(model.empty() || next.empty());
  fs::remove(folder_.file("unroll-demo/next-year.csv"));
  for (const char* given : {" --seed 2 ", " --threads 1 "}) {
    EXPECT_NE(commands[0].find(given), std::string::npos) << commands[0];
  }
  const std::string shell = "cd " + folder_.path() + " && " + commands[0] +
                            " --overwrite --quiet >.shell && " + commands[1];
  ASSERT_EQ(std::system(shell.c_str()), 0) << shell;
  EXPECT_EQ(contents(folder_.file("unroll-demo/forecast/model.safetensors")), model);
  EXPECT_EQ(contents(folder_.file("unroll-demo/next-year.csv")), next);
}

TEST_F(Demo, KeepsWhatIsThereUnlessOverwritten) {
  json({"forecast"});
  expect_refused({"forecast"}, 2, {"--output unroll-demo", "holds a demo", "--overwrite"});
  fs::remove(folder_.file("unroll-demo/sunspots.csv"));
  fs::remove(folder_.file("unroll-demo/next-year.csv"));
  expect_refused({"forecast"}, 2, {"unroll-demo/forecast", "holds a run", "--overwrite"});
  expect_refused({}, 2, {"unroll-demo/forecast"});
  json({"forecast", "--overwrite", "--seed", "2"});
  EXPECT_TRUE(fs::exists(folder_.file("unroll-demo/sunspots.csv")));
}

TEST_F(Demo, RefusesWhatItDoesNotKnow) {
  expect_refused({"forecats"}, 2, {"'forecats'", "did you mean 'forecast'", "classify", "lm"});
  expect_refused({"lm", "forecast"}, 2, {"unexpected 'forecast'"});
  expect_refused({"--sed", "1"}, 2, {"--sed", "--seed"});
  expect_refused({"--threads", "0"}, 2, {"--threads 0"});
  write(folder_.file("file"), "");
  expect_refused({"forecast", "--output", "file"}, 1, {"file"});
}

TEST_F(Demo, SaysHowToGoOnWhenItIsStopped) {
  Program program(folder_, {"demo", "lm", "--output", "d"});
  const std::string begun = folder_.file("d/lm/config.toml");
  while (!fs::exists(begun)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  program.send(SIGINT);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_NE(outcome.err.find("train lm --resume d/lm\n"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("unroll demo lm --output d --overwrite\n"), std::string::npos)
      << outcome.err;
  // All of the text but its last line and what only valid and test have.
  std::size_t bytes = 0;
  for (const char* name : {"train", "valid", "test"}) {
    bytes += contents(folder_.file(std::string("d/text-") + name + ".txt")).size();
  }
  EXPECT_LE(bytes, 300'000u);
  EXPECT_GE(bytes, 290'000u);
}

}  // namespace
}  // namespace unroll
