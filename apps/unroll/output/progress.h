#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "unroll/train/training.h"

namespace unroll::app {

// What a run goes through, for the screen and log.jsonl.
struct ItemStyle {
  std::string name;         // "tokens": the key of their number, and their speed
  bool perplexity = false;  // the loss is shown as exp(loss)
};

// What Progress shows, of all runs of this process: kFull at the start.
enum class ProgressStyle {
  kNone,
  kBar,  // no line an epoch
  kFull,
};
void set_progress_style(ProgressStyle style);

// What the screen shows of a run, on standard error: on a terminal a bar in one line, and in any
// case a line an epoch.
class Progress {
 public:
  // `shown`: false for --quiet. `total_epochs` sets the width of the epoch's column.
  Progress(bool shown, std::uint64_t total_epochs, ItemStyle items);
  ~Progress() { clear(); }

  void update(const TrainingProgress& progress);
  void epoch(const EpochRecord& record);
  void clear();  // removes the bar

 private:
  using Clock = std::chrono::steady_clock;

  bool shown_;
  bool terminal_;
  std::uint64_t total_epochs_;
  ItemStyle items_;
  std::size_t drawn_ = 0;  // columns that the bar takes at the moment
  Clock::time_point last_drawn_ = {};
  std::uint64_t updates_ = 0;  // since this process started
};

// The bar, of at most `width` columns. `updates` have been done in progress.seconds.
std::string progress_line(const TrainingProgress& progress, std::uint64_t updates,
                          const ItemStyle& items, std::size_t width);
std::string duration(double seconds);         // "1:05:09", "5:09"
std::string thousands(std::uint64_t number);  // "12,345"

}  // namespace unroll::app
