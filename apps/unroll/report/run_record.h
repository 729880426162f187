#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/json.h"

namespace unroll::app::report {

struct Setting {
  std::string name, value;
};
struct SettingGroup {
  std::string name;  // the heading in config.toml; may be empty
  std::vector<Setting> settings = {};
};

// What the folder of a run says about it, beside the model and the predictions.
struct RunRecord {
  std::string folder;
  std::vector<SettingGroup> configuration = {};
  std::vector<Json> log = {};             // an object an epoch
  std::optional<Json> result = {};        // an object; none while the run is not finished
  std::optional<std::string> model = {};  // its file; none before the first epoch's end
  bool is_language_model = false;
  std::uint64_t kept_epoch = 0;  // that the model is of; 0 where it does not say so

  // As written in config.toml; empty where it is not there.
  std::string setting(const std::string& name) const;
  // What the run counts, "tokens": log.jsonl has the key tokens_per_second. Empty without a log.
  std::string items() const;
};

// Throws FileError where there is no run, or where a file cannot be read, and FormatError, with
// file and line, for a file that is not what a run writes.
RunRecord read_run(const std::string& folder);

// The file of a run that holds its predictions; it need not be there.
std::string predictions_path(const std::string& folder);

}  // namespace unroll::app::report
