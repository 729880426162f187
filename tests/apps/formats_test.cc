// Models and checkpoints of every released format open, give the numbers that they gave then, and
// train on. tests/fixtures/formats/VERSION was written by that version: three runs that were
// stopped by Ctrl-C, and their data.

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "program.h"
#include "support/json.h"

namespace unroll {
namespace {

class Formats : public testing::Test {
 protected:
  Formats() {
    std::filesystem::copy(UNROLL_SOURCE_DIR "/tests/fixtures/formats/0.1", folder_.path(),
                          std::filesystem::copy_options::recursive);
  }
  std::string output(const Words& words) {
    const Outcome outcome = run(folder_, words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  }
  double figure(const std::string& run, const std::string& file, const char* name) {
    return Json::parse(output({"eval", run, file, "--json"})).at(name).get<double>();
  }
  // value_forecast of the first step after the series.
  double next_value() {
    std::istringstream table(output({"predict", "forecast", "series.csv"}));
    std::string line;
    std::getline(table, line);
    std::getline(table, line);
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    return cells.size() > 3 ? std::stod(cells[3]) : 0;
  }

  TemporaryFolder folder_;
};

TEST_F(Formats, ModelsGiveTheirNumbers) {
  EXPECT_NEAR(figure("lm", "text.txt", "perplexity"), 2.904658945, 1e-5);
  EXPECT_NEAR(figure("classify", "rows.csv", "log_loss"), 0.061314286, 1e-6);
  EXPECT_NEAR(next_value(), 12.036292329, 1e-5);
}

TEST_F(Formats, RunsGoOn) {
  for (const char* verb : {"lm", "classify", "forecast"}) {
    output({"train", verb, "--resume", verb, "--quiet"});
  }
  // To what they ended with then; 1,300 updates carry roundings of other processors far.
  EXPECT_NEAR(figure("lm", "text.txt", "perplexity"), 1.163, 0.05);
  EXPECT_LT(figure("classify", "rows.csv", "log_loss"), 1e-3);
  EXPECT_NEAR(next_value(), 12.80, 0.3);
}

}  // namespace
}  // namespace unroll
