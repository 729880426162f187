#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// How the learning rate changes during a run. Giving an option that the schedule does not have is
// an error, total_updates apart.
struct ScheduleOptions {
  // constant: learning_rate.
  // divide: learning_rate in the epochs before divide_from; in epoch e >= divide_from it has been
  //   divided e - divide_from + 1 times, so divide_by 2 and divide_from 5 give 1 in epochs 1 to 4,
  //   then 1/2, 1/4, …
  // plateau: divided after every epoch whose validation loss is not below the best one before it.
  // cosine: rises linearly over the first `warmup` updates, the first of which has
  //   learning_rate / warmup; then half a cosine from learning_rate, which update number `warmup`
  //   has, down to final_rate, which total_updates would have.
  std::string name = "constant";
  double learning_rate = 1;                       // > 0
  std::optional<double> divide_by = {};           // >= 1; divide, plateau: 2
  std::optional<std::uint64_t> divide_from = {};  // >= 1; divide: 2
  std::optional<std::uint64_t> warmup = {};       // updates, < total_updates; cosine: 0
  std::optional<double> final_rate = {};          // [0, learning_rate]; cosine: 0
  std::uint64_t total_updates = 0;                // of the whole run; cosine needs it
};

std::vector<std::string> schedule_names();

// What a checkpoint keeps of a schedule: what the validation losses so far led to.
struct ScheduleState {
  double divisor = 1;
  std::optional<double> best_loss = {};  // none before the first epoch that has one

  friend bool operator==(const ScheduleState&, const ScheduleState&) = default;
};

class Schedule {
 public:
  // Throws ValueError, naming the option and its range, or the nearest valid name.
  explicit Schedule(const ScheduleOptions& options);

  const ScheduleOptions& options() const { return options_; }  // every option filled in

  // The learning rate of an update: `epoch` counts from 1, `update` counts the updates of the whole
  // run before this one (0 at the first). Throws ValueError when epoch is 0.
  double rate(std::uint64_t epoch, std::uint64_t update) const;

  // To be called after each epoch; a loss that is NaN or infinite is no improvement. Only
  // plateau heeds it.
  void epoch_finished(double validation_loss);

  const ScheduleState& state() const { return state_; }
  // Throws ValueError when the divisor is not a finite number >= 1.
  void restore(const ScheduleState& state);

 private:
  ScheduleOptions options_;
  ScheduleState state_;
};

}  // namespace unroll

#pragma GCC visibility pop
