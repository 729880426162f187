#include "unroll/train/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "train/run_state.h"
#include "unroll/core/error.h"
#include "unroll/optim/clip.h"
#include "unroll/train/checkpoint.h"

namespace unroll {
namespace {

// Between checkpoints at the ends of epochs: syncing one to the disk takes milliseconds, which is
// longer than an epoch of small data.
constexpr double kSecondsBetweenCheckpoints = 1;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double mean(const LossSum& loss) {
  return loss.items == 0 ? 0 : loss.sum / static_cast<double>(loss.items);
}

}  // namespace

TrainingOptions complete(TrainingOptions options, std::uint64_t updates_per_epoch) {
  if (options.epochs < 1) throw OptionError("epochs", "is 0; wanted at least 1");
  if (updates_per_epoch < 1) throw ValueError("an epoch has no update");
  if (options.updates > 0) {
    options.epochs = std::max(options.epochs, (options.updates - 1) / updates_per_epoch + 1);
  }
  if (options.epochs > std::numeric_limits<std::uint64_t>::max() / updates_per_epoch) {
    throw OptionError("epochs", "these are more updates than can be counted");
  }
  options.schedule.total_updates = options.epochs * updates_per_epoch;
  return options;
}

template <class T>
class TrainingLoop<T>::Implementation {
 public:
  Implementation(TrainingTask<T>& task, const TrainingOptions& options, RunStore& store)
      : task_(task),
        options_(checked(task, options)),
        store_(store),
        team_(options.threads),
        optimizer_(options.optimizer, task.parameters()),
        schedule_(options_.schedule) {}

  static TrainingOptions checked(const TrainingTask<T>& task, TrainingOptions options) {
    clip_factor(1, options.clip_norm);  // throws when out of range
    if (!task.has_validation() && options.schedule.name == "plateau") {
      throw ValueError("the schedule 'plateau' needs validation data");
    }
    if (!task.has_validation() && options.patience > 0) {
      throw ValueError("patience needs validation data");
    }
    return complete(std::move(options), task.updates_per_epoch());
  }

  bool run(const TrainingCallbacks& callbacks) {
    while (state_.epoch <= options_.epochs && !out_of_patience()) {
      const std::uint64_t batches = task_.updates_per_epoch();
      while (state_.batch < batches) {
        update();
        if (callbacks.after_update) callbacks.after_update(progress(batches));
        if (callbacks.stop && callbacks.stop()) {
          save_checkpoint();
          return false;
        }
        const bool due =
            options_.checkpoint_every > 0 && state_.updates % options_.checkpoint_every == 0;
        if (due && state_.batch < batches) save_checkpoint();
      }
      finish_epoch();
      if (callbacks.after_epoch) callbacks.after_epoch(state_.history.back());
      if (seconds_since(checkpoint_time_) >= kSecondsBetweenCheckpoints) save_checkpoint();
    }
    if (checkpoint_updates_ != state_.updates) save_checkpoint();
    return true;
  }

  // 1. loss and gradient  2. clip by the global norm  3. optimizer
  void update() {
    const auto start = std::chrono::steady_clock::now();
    const LossSum loss = task_.train_batch(team_, state_.updates);
    check_finite("loss", loss.sum);
    const double norm = gradient_norm(task_.parameters(), team_);
    check_finite("norm of the gradient", norm);
    state_.learning_rate = schedule_.rate(state_.epoch, state_.updates);
    optimizer_.step(state_.learning_rate, clip_factor(norm, options_.clip_norm), team_);
    ++state_.updates;
    ++state_.batch;
    state_.epoch_loss.sum += loss.sum;
    state_.epoch_loss.items += loss.items;
    state_.norm_sum += norm;
    const double seconds = seconds_since(start);
    state_.epoch_seconds += seconds;
    process_seconds_ += seconds;
    process_items_ += loss.items;
  }

  // `done`: 1 after an update, 0 within it.
  void check_finite(const std::string& what, double value, std::uint64_t done = 0) const {
    if (std::isfinite(value)) return;
    throw NumericError("the " + what + " became " + (std::isnan(value) ? "NaN" : "infinite") +
                       " at update " + std::to_string(state_.updates + 1 - done) + " (epoch " +
                       std::to_string(state_.epoch) + ", batch " +
                       std::to_string(state_.batch + 1 - done) +
                       "); lower learning_rate or set clip_norm; the last checkpoint is kept");
  }

  // The last update may have made a parameter infinite, which no loss has seen yet.
  void check_parameters() {
    const Parameters<T> parameters = task_.parameters();
    const std::string bad = not_finite<T>({parameters.begin(), parameters.end()});
    if (!bad.empty()) {
      check_finite("parameter " + bad, std::numeric_limits<double>::infinity(), 1);
    }
  }

  void finish_epoch() {
    check_parameters();
    EpochRecord record{.epoch = state_.epoch,
                       .updates = state_.updates,
                       .train_loss = mean(state_.epoch_loss),
                       .learning_rate = state_.learning_rate,
                       .gradient_norm = state_.norm_sum / static_cast<double>(state_.batch),
                       .items = state_.epoch_loss.items,
                       .seconds = state_.epoch_seconds};
    bool keep = true;
    if (task_.has_validation()) {
      const Validation validation = task_.validate(team_);
      record.valid_loss = mean(validation.loss);
      record.valid_metrics = validation.metrics;
      check_finite("validation loss", *record.valid_loss);
      const double score = validation.score.value_or(*record.valid_loss);
      keep = !state_.best_score || score < *state_.best_score + state_.best_score_error;
      if (!state_.best_score || score < *state_.best_score) {
        state_.best_score = score;
        state_.best_score_error = validation.score_error;
      }
      const bool better = !state_.best_loss || *record.valid_loss < *state_.best_loss;
      if (better) state_.best_loss = record.valid_loss;
      state_.epochs_without_best = better ? 0 : state_.epochs_without_best + 1;
    }
    schedule_.epoch_finished(record.valid_loss.value_or(record.train_loss));
    state_.history.push_back(record);
    if (keep) {
      SafetensorsWriter model;
      task_.add_model(model, training_summary(record));
      store_.write(RunFile::kModel, model);
    }
    ++state_.epoch;
    state_.batch = 0;
    state_.epoch_loss = {};
    state_.norm_sum = 0;
    state_.epoch_seconds = 0;
  }

  bool out_of_patience() const {
    return options_.patience > 0 && state_.epochs_without_best >= options_.patience;
  }

  TrainingProgress progress(std::uint64_t batches) const {
    return {.epoch = state_.epoch,
            .epochs = options_.epochs,
            .batch = state_.batch,
            .batches = batches,
            .epoch_loss = state_.epoch_loss,
            .items = process_items_,
            .seconds = process_seconds_};
  }

  void save_checkpoint() {
    state_.schedule = schedule_.state();
    CheckpointWriter checkpoint;
    write_state(checkpoint, state_, fingerprint_of(options_, task_.fingerprint()));
    const OptimizerState<T> optimizer = optimizer_.state();
    checkpoint.set_integer("optimizer.updates", optimizer.updates);
    for (const auto& [name, tensor] : optimizer.tensors) {
      checkpoint.add("optimizer." + name, *tensor);
    }
    for (const Parameter<T>* parameter : task_.parameters()) {
      checkpoint.add("parameter." + parameter->name(), parameter->value());
    }
    task_.save_state(checkpoint);
    store_.write(RunFile::kCheckpoint, checkpoint.file());
    checkpoint_time_ = std::chrono::steady_clock::now();
    checkpoint_updates_ = state_.updates;
  }

  bool resume() {
    std::optional<SafetensorsFile> file = store_.read(RunFile::kCheckpoint);
    if (!file) return false;
    const CheckpointReader reader(std::move(*file));
    state_ = read_state(reader, fingerprint_of(options_, task_.fingerprint()));
    schedule_.restore(state_.schedule);
    restore_optimizer(reader);
    for (Parameter<T>* parameter : task_.parameters()) {
      reader.read_into("parameter." + parameter->name(), parameter->edit());
    }
    task_.restore_state(reader);
    return true;
  }

  void restore_optimizer(const CheckpointReader& reader) {
    OptimizerState<T> state = optimizer_.state();
    std::vector<Tensor<T>> tensors;
    tensors.reserve(state.tensors.size());
    for (auto& [name, tensor] : state.tensors) {
      tensors.emplace_back(tensor->shape());
      reader.read_into("optimizer." + name, tensors.back());
      tensor = &tensors.back();
    }
    state.updates = reader.integer("optimizer.updates");
    optimizer_.restore(state);
  }

  TrainingTask<T>& task_;
  TrainingOptions options_;
  RunStore& store_;
  ThreadTeam team_;
  Optimizer<T> optimizer_;
  Schedule schedule_;

  RunState state_;
  std::chrono::steady_clock::time_point checkpoint_time_ = std::chrono::steady_clock::now();
  std::uint64_t checkpoint_updates_ = 0;  // when it was written

  double process_seconds_ = 0;  // since this process started, for the display
  std::uint64_t process_items_ = 0;
};

template <class T>
TrainingLoop<T>::TrainingLoop(TrainingTask<T>& task, const TrainingOptions& options,
                              RunStore& store)
    : implementation_(std::make_unique<Implementation>(task, options, store)) {}
template <class T>
TrainingLoop<T>::~TrainingLoop() = default;

template <class T>
bool TrainingLoop<T>::resume() {
  return implementation_->resume();
}

template <class T>
bool TrainingLoop<T>::run(const TrainingCallbacks& callbacks) {
  return implementation_->run(callbacks);
}

template <class T>
const std::vector<EpochRecord>& TrainingLoop<T>::history() const {
  return implementation_->state_.history;
}

template <class T>
std::uint64_t TrainingLoop<T>::updates() const {
  return implementation_->state_.updates;
}

template class TrainingLoop<float>;
template class TrainingLoop<double>;

}  // namespace unroll
