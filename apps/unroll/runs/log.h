#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "output/progress.h"
#include "unroll/train/training.h"

namespace unroll::app {

// log.jsonl: one JSON object a line and epoch, replaced as a whole.
class RunLog {
 public:
  RunLog(std::string path, ItemStyle items) : path_(std::move(path)), items_(std::move(items)) {}

  // At most once a second: syncing a file to the disk takes longer than an epoch of small data.
  // Throws FileError.
  void write(const std::vector<EpochRecord>& history);
  // At the end of the run.
  void finish(const std::vector<EpochRecord>& history);

 private:
  std::string path_;
  ItemStyle items_;
  std::size_t written_ = 0;  // epochs that the file has
  std::chrono::steady_clock::time_point time_ = {};
};

}  // namespace unroll::app
