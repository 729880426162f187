#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"

namespace unroll {

using Json = nlohmann::json;

// A rising sine with a period of 12 steps.
inline double value_at(int step) { return 20 + 0.05 * step + 5 * std::sin(2 * M_PI * step / 12); }

// "month,y" from January 1990 on; change(step, line) may alter a line.
template <class Change>
std::string monthly(int steps, const Change& change, const std::string& header = "month,y") {
  std::ostringstream text;
  text << header << '\n';
  for (int step = 0; step < steps; ++step) {
    std::ostringstream line;
    line << 1990 + step / 12 << (step % 12 < 9 ? "-0" : "-") << step % 12 + 1 << ','
         << value_at(step);
    std::string row = line.str();
    change(step, row);
    text << row << '\n';
  }
  return text.str();
}
inline std::string monthly(int steps) {
  return monthly(steps, [](int, std::string&) {});
}
inline void set_value(std::string& row, const std::string& value) {
  row = row.substr(0, row.find(',') + 1) + value;
}

// `unroll train forecast` on such a series.
class ForecastRuns : public testing::Test {
 protected:
  ForecastRuns() { write(folder_.file("s.csv"), monthly(160)); }

  // A small model that trains in a fraction of a second. The flags of `more` replace its own.
  static Words options(const std::string& output, const std::string& series = "s.csv",
                       const Words& more = {}) {
    Words words = {"train",    "forecast", "--quiet", "--series",  series,
                   "--output", output,     "--lags",  "12",        "--hidden",
                   "8",        "--epochs", "3",       "--threads", "1"};
    for (std::size_t i = 0; i < more.size();) {
      const std::size_t count = i + 1 < more.size() && !more[i + 1].starts_with("--") ? 2 : 1;
      const auto found = std::find(words.begin(), words.end(), more[i]);
      if (found != words.end()) words.erase(found, found + 2);
      for (std::size_t k = 0; k < count; ++k) words.push_back(more[i++]);
    }
    return words;
  }
  Json train(const std::string& output, const Words& more = {},
             const std::string& series = "s.csv") {
    const Outcome outcome = run(folder_, options(output, series, more + Words{"--json"}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.code == 0 ? Json::parse(outcome.out) : Json();
  }
  std::string model(const std::string& output) {
    const std::string bytes = contents(folder_.file(output + "/model.safetensors"));
    EXPECT_FALSE(bytes.empty()) << output;
    return bytes;
  }
  // One line, with these parts; nothing is written over a file that is there.
  void expect_refused(const Words& arguments, int code, const Words& parts) {
    const Outcome outcome = run(folder_, arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    for (const std::string& part : parts) {
      EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
    }
  }
  std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> list;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) list.push_back(line);
    return list;
  }

  TemporaryFolder folder_;
};

}  // namespace unroll
