#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/evaluation/metrics.h"
#include "unroll/optim/optimizer.h"
#include "unroll/optim/schedule.h"
#include "unroll/train/run_store.h"

#pragma GCC visibility push(default)

namespace unroll {

struct TrainingOptions {
  OptimizerOptions optimizer = {};
  ScheduleOptions schedule = {};  // total_updates is filled in
  double clip_norm = 0;           // largest norm of the gradient; 0: no clipping
  std::uint64_t epochs = 1;
  // Updates, at least: as many epochs more as that takes; 0: no such bound.
  std::uint64_t updates = 0;
  std::uint64_t patience =
      0;  // stop after so many epochs without a better validation loss; 0: never
  // Updates between checkpoints; 0: after epochs only. After an epoch there is one unless the last
  // is younger than a second, and always one at the end.
  std::uint64_t checkpoint_every = 0;
  int threads = 1;
};

// With `epochs` raised to what `updates` asks for, and schedule.total_updates. Throws OptionError
// (epochs) for 0, or more updates than can be counted.
TrainingOptions complete(TrainingOptions options, std::uint64_t updates_per_epoch);

// One epoch, as it goes into log.jsonl.
struct EpochRecord {
  std::uint64_t epoch = 0;    // from 1
  std::uint64_t updates = 0;  // of the whole run so far
  double train_loss = 0;      // mean over the epoch's items, as trained
  std::optional<double> valid_loss = {};
  Metrics valid_metrics = {};
  double learning_rate = 0;  // of its last update
  double gradient_norm = 0;  // mean over its updates, before clipping
  std::uint64_t items = 0;   // tokens (or sequences) trained on
  double seconds = 0;        // of training alone
};

// A sum of losses over `items` tokens or sequences.
struct LossSum {
  double sum = 0;
  std::uint64_t items = 0;
};

struct Validation {
  LossSum loss = {};
  Metrics metrics = {};
  // What the model that is kept is chosen by: lower is better; the mean loss when it is not given.
  std::optional<double> score = {};
  // Its standard error. An epoch whose score is less than the best one's error above the best one
  // is kept in its place, because it has learnt more and is not measurably worse: the rule of one
  // standard error. Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression
  // Trees", 1984.
  double score_error = 0;
};

class CheckpointWriter;
class CheckpointReader;

// What is trained: a model with its data. The loop below knows nothing else about them.
template <class T>
class TrainingTask {
 public:
  virtual ~TrainingTask() = default;
  virtual Parameters<T> parameters() = 0;
  virtual std::uint64_t updates_per_epoch() const = 0;
  // Computes the gradient of the next batch; `update` counts those of the whole run before this
  // one.
  virtual LossSum train_batch(const ThreadTeam& team, std::uint64_t update) = 0;
  virtual bool has_validation() const = 0;
  virtual Validation validate(const ThreadTeam& team) = 0;
  // The model as it is, as a model file; `training` is one JSON object without times or paths. The
  // parameters are not copied.
  virtual void add_model(SafetensorsWriter& file, const std::string& training) const = 0;
  // Everything but the parameters that the next batch depends on.
  virtual void save_state(CheckpointWriter& checkpoint) const = 0;
  virtual void restore_state(const CheckpointReader& checkpoint) = 0;
  // One JSON object that names the data and the options; a checkpoint of other ones is refused.
  virtual std::string fingerprint() const = 0;
};

// How far a run is, for a progress display.
struct TrainingProgress {
  std::uint64_t epoch = 0, epochs = 0;   // from 1
  std::uint64_t batch = 0, batches = 0;  // done in this epoch
  LossSum epoch_loss = {};               // of this epoch so far
  std::uint64_t items = 0;               // of the whole run, since this process started
  double seconds = 0;                    // of training, since this process started
};

struct TrainingCallbacks {
  std::function<void(const TrainingProgress&)> after_update = {};
  std::function<void(const EpochRecord&)> after_epoch = {};
  std::function<bool()> stop = {};  // asked after each update; true: write a checkpoint and return
};

// The training loop: batches, clipping, updates, schedule, validation, early stopping, checkpoints.
//
// A run that was stopped at any instant and resumed from its store ends with the same bits as one
// that was not.
template <class T>
class TrainingLoop {
 public:
  // Task and store must outlive the loop. Throws ValueError for an option out of range.
  TrainingLoop(TrainingTask<T>& task, const TrainingOptions& options, RunStore& store);
  ~TrainingLoop();

  // Continues from the store's checkpoint; false where there is none. Throws FormatError for
  // one that is damaged, or that belongs to other data or options.
  bool resume();

  // Trains to the end; false when callbacks.stop ended it before. Throws NumericError, naming the
  // update, when the loss, the gradient or a parameter is not finite: the last checkpoint stays as
  // it was.
  bool run(const TrainingCallbacks& callbacks);

  const std::vector<EpochRecord>& history() const;
  std::uint64_t updates() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class TrainingLoop<float>;
extern template class TrainingLoop<double>;

}  // namespace unroll

#pragma GCC visibility pop
