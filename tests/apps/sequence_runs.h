#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "program.h"
#include "sequence_files.h"

namespace unroll {

// `unroll train classify`, `tag` and `regress` on the files of SequenceFiles.
class SequenceRuns : public testing::Test {
 protected:
  SequenceRuns() {
    SequenceFiles train(1), test(2);
    write(folder_.file("train.jsonl"), train.trends(120));
    write(folder_.file("test.jsonl"), test.trends(60));
    write(folder_.file("sums.jsonl"), train.sums(150));
    write(folder_.file("sums_test.jsonl"), test.sums(60));
    write(folder_.file("places.conll"), train.places(80));
    write(folder_.file("places_test.conll"), test.places(40));
  }

  // The program takes an option once: of one that stands twice, the last value.
  static Words last_wins(const Words& arguments) {
    Words result;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const bool option = arguments[i].starts_with("--");
      const auto again = std::find(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                   arguments.end(), arguments[i]);
      if (option && again != arguments.end()) {
        ++i;  // with its value
      } else {
        result.push_back(arguments[i]);
      }
    }
    return result;
  }

  // A model that learns these files within a second.
  static Words small(const std::string& verb, const std::string& train, const std::string& output) {
    return {"train",     verb, "--train",   train,       "--output",    output,
            "--hidden",  "12", "--updates", "240",       "--embedding", "8",
            "--threads", "1",  "--quiet",   "--dropout", "0.1"};
  }
  Outcome train(const Words& arguments) {
    const Outcome outcome = run(folder_, last_wins(arguments));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome;
  }
  nlohmann::json result(const Words& arguments) {
    const Outcome outcome = train(arguments + Words{"--json"});
    return nlohmann::json::parse(outcome.out.empty() ? "{}" : outcome.out);  // one object, no more
  }
  std::string model(const std::string& output) {
    const std::string bytes = contents(folder_.file(output + "/model.safetensors"));
    EXPECT_FALSE(bytes.empty()) << output;
    return bytes;
  }

  TemporaryFolder folder_;
};

inline double number(const nlohmann::json& result, const std::string& key) {
  EXPECT_TRUE(result.contains(key) && result[key].is_number()) << key << " in " << result;
  return result.contains(key) && result[key].is_number() ? result[key].get<double>() : -1;
}

}  // namespace unroll
