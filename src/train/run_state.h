#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "unroll/optim/schedule.h"
#include "unroll/train/checkpoint.h"
#include "unroll/train/training.h"

namespace unroll {

// Where a run is: what the rest of it depends on, beside the parameters, the optimizer's state and
// the task's.
struct RunState {
  std::uint64_t epoch = 1, batch = 0, updates = 0;  // the epoch counts from 1
  LossSum epoch_loss = {};
  double norm_sum = 0, learning_rate = 0, epoch_seconds = 0;
  std::optional<double> best_loss = {}, best_score = {};
  double best_score_error = 0;
  std::uint64_t epochs_without_best = 0;
  ScheduleState schedule = {};
  std::vector<EpochRecord> history = {};
};

// `fingerprint` names the data and the options: read_state() throws FormatError for a checkpoint
// with another one, as for one that is damaged or of another format.
void write_state(CheckpointWriter& checkpoint, const RunState& state,
                 const std::string& fingerprint);
RunState read_state(const CheckpointReader& checkpoint, const std::string& fingerprint);

// Every option that the bits of a run depend on, with the fingerprint() of its task.
std::string fingerprint_of(const TrainingOptions& options, const std::string& task);

// What a model file says about its training, one JSON object: nothing that differs between equal
// runs.
std::string training_summary(const EpochRecord& record);

}  // namespace unroll
