#pragma once

#include <string>
#include <utility>

#include "support/json.h"
#include "unroll/data/data_summary.h"

namespace unroll::app {

// What was read: one or two lines for people, and an object for --json. `missing` says what becomes
// of missing values, as the option of that name does.
std::string data_text(const DataSummary& data, const std::string& missing);
Json data_json(const DataSummary& data, const std::string& missing);

// The same of the files of a run, by their names: train, valid, test.
class DataReport {
 public:
  void add(const std::string& name, const DataSummary& data, const std::string& missing);
  // Of a run with one file.
  void set(std::string text, Json json) { text_ = std::move(text), json_ = std::move(json); }
  const std::string& text() const { return text_; }
  const Json& json() const { return json_; }

 private:
  std::string text_;
  Json json_ = Json::object();
};

}  // namespace unroll::app
