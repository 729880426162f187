#pragma once

#include <optional>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/core/threads.h"
#include "unroll/evaluation/figures.h"
#include "unroll/jobs/table.h"
#include "unroll/train/training.h"

#pragma GCC visibility push(default)

namespace unroll {

// What is to be said of a run that has ended, of the model that was kept.
struct FitReport {
  Figures figures = {};
  // What the model says of the test data, or else of the validation data.
  std::optional<Table> predictions = {};
};

// A model made for its data, ready to be trained: FitLanguageModel, FitSequences, FitSeries.
template <class T>
class Fit {
 public:
  virtual ~Fit() = default;
  virtual TrainingTask<T>& task() = 0;
  // `kept` holds the model of a run that has ended with this history.
  virtual FitReport report(const std::vector<EpochRecord>& history, const RunStore& kept,
                           const ThreadTeam& team) const = 0;
};

// The outcome of fit().
template <class Model>
struct Fitted {
  Model model;  // the one that was kept: best on validation, without validation the last
  std::vector<EpochRecord> history = {};
  FitReport report = {};
};

// Trains from the beginning to the end, or until callbacks.stop says so, in memory unless there is
// a store. Throws as TrainingLoop::run() does, and ValueError where no epoch ended.
template <class Job>
Fitted<typename Job::Model> fit(Job& job, const TrainingOptions& training,
                                RunStore* store = nullptr,
                                const TrainingCallbacks& callbacks = {}) {
  MemoryStore memory;
  RunStore& kept = store == nullptr ? memory : *store;
  TrainingLoop<typename Job::Number> loop(job.task(), training, kept);
  loop.run(callbacks);
  if (loop.history().empty()) {
    throw ValueError("the run was stopped before its first epoch ended: there is no model yet");
  }
  return {job.model(kept), loop.history(),
          job.report(loop.history(), kept, ThreadTeam(training.threads))};
}

}  // namespace unroll

#pragma GCC visibility pop
