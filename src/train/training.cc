#include "unroll/train/training.h"

#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "io/json.h"
#include "unroll/core/error.h"
#include "unroll/optim/clip.h"
#include "unroll/train/checkpoint.h"

namespace unroll {
namespace {

constexpr std::uint64_t kCheckpointFormat = 1;

// Between checkpoints at the ends of epochs: syncing one to the disk takes milliseconds, which is
// longer than an epoch of small data.
constexpr double kSecondsBetweenCheckpoints = 1;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double mean(const LossSum& loss) {
  return loss.items == 0 ? 0 : loss.sum / static_cast<double>(loss.items);
}

Json to_json(const EpochRecord& record) {
  Json metrics = Json::array();
  for (const auto& [name, value] : record.valid_metrics) {
    metrics.push_back(Json::array({name, value}));
  }
  return {{"epoch", record.epoch},
          {"updates", record.updates},
          {"train_loss", record.train_loss},
          {"valid_loss", record.valid_loss ? Json(*record.valid_loss) : Json()},
          {"valid_metrics", std::move(metrics)},
          {"learning_rate", record.learning_rate},
          {"gradient_norm", record.gradient_norm},
          {"items", record.items},
          {"seconds", record.seconds}};
}

// JSON has null for a number that is not finite, such as the mase beside a constant target.
double number_from(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

EpochRecord record_from(const Json& json) {
  EpochRecord record;
  json.at("epoch").get_to(record.epoch);
  json.at("updates").get_to(record.updates);
  record.train_loss = number_from(json.at("train_loss"));
  if (!json.at("valid_loss").is_null()) record.valid_loss = json.at("valid_loss").get<double>();
  for (const Json& metric : json.at("valid_metrics").items_of_array()) {
    record.valid_metrics.emplace_back(metric[0].get<std::string>(), number_from(metric[1]));
  }
  json.at("learning_rate").get_to(record.learning_rate);
  record.gradient_norm = number_from(json.at("gradient_norm"));
  json.at("items").get_to(record.items);
  json.at("seconds").get_to(record.seconds);
  return record;
}

// Every option that the bits of a run depend on.
std::string fingerprint_of(const TrainingOptions& options, const std::string& task) {
  const auto optional = [](const auto& value) { return value ? Json(*value) : Json(); };
  const OptimizerOptions o = complete(options.optimizer);
  const ScheduleOptions& s = options.schedule;
  const Json json = {
      {"optimizer",
       Json::array({o.name, optional(o.weight_decay), optional(o.momentum), optional(o.nesterov),
                    optional(o.beta1), optional(o.beta2), optional(o.decay), optional(o.epsilon),
                    optional(o.eta_minus), optional(o.eta_plus), optional(o.step_min),
                    optional(o.step_max), optional(o.hold_on_sign_change),
                    optional(o.zero_is_sign_change)})},
      {"schedule",
       Json::array({s.name, s.learning_rate, optional(s.divide_by), optional(s.divide_from),
                    optional(s.warmup), optional(s.final_rate)})},
      {"clip_norm", options.clip_norm},
      {"epochs", options.epochs},
      {"patience", options.patience},
      {"task", Json::parse(task)}};
  return json.dump();
}

}  // namespace

template <class T>
class TrainingLoop<T>::Implementation {
 public:
  Implementation(TrainingTask<T>& task, const TrainingOptions& options, std::string folder)
      : task_(task),
        options_(checked(task, options)),
        folder_(std::move(folder)),
        team_(options.threads),
        optimizer_(options.optimizer, task.parameters()),
        schedule_(options_.schedule) {}

  static TrainingOptions checked(const TrainingTask<T>& task, TrainingOptions options) {
    if (options.epochs < 1) throw ValueError("epochs is 0; wanted at least 1");
    clip_factor(1, options.clip_norm);  // throws when out of range
    if (!task.has_validation() && options.schedule.name == "plateau") {
      throw ValueError("the schedule 'plateau' needs validation data");
    }
    if (!task.has_validation() && options.patience > 0) {
      throw ValueError("patience needs validation data");
    }
    options.schedule.total_updates = options.epochs * task.updates_per_epoch();
    return options;
  }

  bool run(const TrainingCallbacks& callbacks) {
    while (epoch_ <= options_.epochs && !out_of_patience()) {
      const std::uint64_t batches = task_.updates_per_epoch();
      while (batch_ < batches) {
        update();
        if (callbacks.after_update) callbacks.after_update(progress(batches));
        if (callbacks.stop && callbacks.stop()) {
          save_checkpoint();
          return false;
        }
        const bool due = options_.checkpoint_every > 0 && updates_ % options_.checkpoint_every == 0;
        if (due && batch_ < batches) save_checkpoint();
      }
      finish_epoch();
      if (callbacks.after_epoch) callbacks.after_epoch(history_.back());
      if (seconds_since(checkpoint_time_) >= kSecondsBetweenCheckpoints) save_checkpoint();
    }
    if (checkpoint_updates_ != updates_) save_checkpoint();
    return true;
  }

  // 1. loss and gradient  2. clip by the global norm  3. optimizer
  void update() {
    const auto start = std::chrono::steady_clock::now();
    const LossSum loss = task_.train_batch(team_, updates_);
    check_finite("loss", loss.sum);
    const double norm = gradient_norm(task_.parameters(), team_);
    check_finite("norm of the gradient", norm);
    learning_rate_ = schedule_.rate(epoch_, updates_);
    optimizer_.step(learning_rate_, clip_factor(norm, options_.clip_norm), team_);
    ++updates_;
    ++batch_;
    epoch_loss_.sum += loss.sum;
    epoch_loss_.items += loss.items;
    norm_sum_ += norm;
    const double seconds = seconds_since(start);
    epoch_seconds_ += seconds;
    process_seconds_ += seconds;
    process_items_ += loss.items;
  }

  void check_finite(const char* what, double value) const {
    if (std::isfinite(value)) return;
    throw NumericError("the " + std::string(what) + " became " +
                       (std::isnan(value) ? "NaN" : "infinite") + " at update " +
                       std::to_string(updates_ + 1) + " (epoch " + std::to_string(epoch_) +
                       ", batch " + std::to_string(batch_ + 1) +
                       "); lower learning_rate or set clip_norm; the last checkpoint is kept");
  }

  void finish_epoch() {
    EpochRecord record{.epoch = epoch_,
                       .updates = updates_,
                       .train_loss = mean(epoch_loss_),
                       .learning_rate = learning_rate_,
                       .gradient_norm = norm_sum_ / static_cast<double>(batch_),
                       .items = epoch_loss_.items,
                       .seconds = epoch_seconds_};
    bool keep = true;
    if (task_.has_validation()) {
      const Validation validation = task_.validate(team_);
      record.valid_loss = mean(validation.loss);
      record.valid_metrics = validation.metrics;
      check_finite("validation loss", *record.valid_loss);
      const double score = validation.score.value_or(*record.valid_loss);
      keep = !best_score_ || score < *best_score_ + best_score_error_;
      if (!best_score_ || score < *best_score_) {
        best_score_ = score;
        best_score_error_ = validation.score_error;
      }
      const bool better = !best_loss_ || *record.valid_loss < *best_loss_;
      if (better) best_loss_ = record.valid_loss;
      epochs_without_best_ = better ? 0 : epochs_without_best_ + 1;
    }
    schedule_.epoch_finished(record.valid_loss.value_or(record.train_loss));
    history_.push_back(record);
    if (keep) task_.save_model(model_path(folder_), summary(record));
    ++epoch_;
    batch_ = 0;
    epoch_loss_ = {};
    norm_sum_ = 0;
    epoch_seconds_ = 0;
  }

  // What a model file says about its training: nothing that differs between equal runs.
  static std::string summary(const EpochRecord& record) {
    Json json = to_json(record);
    json.erase("seconds");
    json.erase("valid_metrics");
    for (const auto& [name, value] : record.valid_metrics) json["valid_" + name] = value;
    return json.dump();
  }

  bool out_of_patience() const {
    return options_.patience > 0 && epochs_without_best_ >= options_.patience;
  }

  TrainingProgress progress(std::uint64_t batches) const {
    return {.epoch = epoch_,
            .epochs = options_.epochs,
            .batch = batch_,
            .batches = batches,
            .epoch_loss = epoch_loss_,
            .items = process_items_,
            .seconds = process_seconds_};
  }

  void save_checkpoint() {
    CheckpointWriter writer;
    writer.set_integer("checkpoint.format", kCheckpointFormat);
    writer.set_text("checkpoint.fingerprint", fingerprint_of(options_, task_.fingerprint()));
    writer.set_integer("loop.epoch", epoch_);
    writer.set_integer("loop.batch", batch_);
    writer.set_integer("loop.updates", updates_);
    writer.set_number("loop.loss_sum", epoch_loss_.sum);
    writer.set_integer("loop.items", epoch_loss_.items);
    writer.set_number("loop.norm_sum", norm_sum_);
    writer.set_number("loop.learning_rate", learning_rate_);
    writer.set_number("loop.seconds", epoch_seconds_);
    writer.set_integer("loop.epochs_without_best", epochs_without_best_);
    if (best_loss_) writer.set_number("loop.best_loss", *best_loss_);
    writer.set_integer("loop.has_best_loss", best_loss_ ? 1 : 0);
    writer.set_number("loop.best_score", best_score_.value_or(0));
    writer.set_number("loop.best_score_error", best_score_error_);
    writer.set_number("schedule.divisor", schedule_.state().divisor);
    writer.set_integer("schedule.has_best_loss", schedule_.state().best_loss ? 1 : 0);
    if (schedule_.state().best_loss) {
      writer.set_number("schedule.best_loss", *schedule_.state().best_loss);
    }
    Json history = Json::array();
    for (const EpochRecord& record : history_) history.push_back(to_json(record));
    writer.set_text("loop.history", history.dump());
    const OptimizerState<T> state = optimizer_.state();
    writer.set_integer("optimizer.updates", state.updates);
    for (const auto& [name, tensor] : state.tensors) writer.add("optimizer." + name, *tensor);
    for (const Parameter<T>* parameter : task_.parameters()) {
      writer.add("parameter." + parameter->name(), parameter->value());
    }
    task_.save_state(writer);
    writer.write(checkpoint_path(folder_));
    checkpoint_time_ = std::chrono::steady_clock::now();
    checkpoint_updates_ = updates_;
  }

  bool resume() {
    struct stat status;
    if (::stat(checkpoint_path(folder_).c_str(), &status) != 0 && errno == ENOENT) return false;
    const CheckpointReader reader(checkpoint_path(folder_));
    if (reader.integer("checkpoint.format") != kCheckpointFormat) {
      throw FormatError(reader.path() + ": checkpoint format " + reader.text("checkpoint.format") +
                        "; this program reads format " + std::to_string(kCheckpointFormat));
    }
    if (reader.text("checkpoint.fingerprint") != fingerprint_of(options_, task_.fingerprint())) {
      throw FormatError(reader.path() +
                        ": it was made with other data or other options; train into a new folder");
    }
    epoch_ = reader.integer("loop.epoch");
    batch_ = reader.integer("loop.batch");
    updates_ = reader.integer("loop.updates");
    epoch_loss_ = {reader.number("loop.loss_sum"), reader.integer("loop.items")};
    norm_sum_ = reader.number("loop.norm_sum");
    learning_rate_ = reader.number("loop.learning_rate");
    epoch_seconds_ = reader.number("loop.seconds");
    epochs_without_best_ = reader.integer("loop.epochs_without_best");
    best_loss_.reset();
    best_score_.reset();
    if (reader.integer("loop.has_best_loss") != 0) {
      best_loss_ = reader.number("loop.best_loss");
      best_score_ = reader.number("loop.best_score");
    }
    best_score_error_ = reader.number("loop.best_score_error");
    ScheduleState schedule{reader.number("schedule.divisor"), {}};
    if (reader.integer("schedule.has_best_loss") != 0) {
      schedule.best_loss = reader.number("schedule.best_loss");
    }
    schedule_.restore(schedule);
    history_ = history_from(reader);
    restore_optimizer(reader);
    for (Parameter<T>* parameter : task_.parameters()) {
      reader.read_into("parameter." + parameter->name(), parameter->edit());
    }
    task_.restore_state(reader);
    return true;
  }

  static std::vector<EpochRecord> history_from(const CheckpointReader& reader) {
    std::vector<EpochRecord> history;
    try {
      for (const Json& entry : Json::parse(reader.text("loop.history"))) {
        history.push_back(record_from(entry));
      }
    } catch (const JsonError& error) {
      throw FormatError(reader.path() + ": its history is damaged: " + error.what());
    }
    return history;
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
  std::string folder_;
  ThreadTeam team_;
  Optimizer<T> optimizer_;
  Schedule schedule_;

  std::uint64_t epoch_ = 1, batch_ = 0, updates_ = 0;
  LossSum epoch_loss_;
  double norm_sum_ = 0, learning_rate_ = 0, epoch_seconds_ = 0;
  std::optional<double> best_loss_, best_score_;
  double best_score_error_ = 0;
  std::uint64_t epochs_without_best_ = 0;
  std::vector<EpochRecord> history_;

  std::chrono::steady_clock::time_point checkpoint_time_ = std::chrono::steady_clock::now();
  std::uint64_t checkpoint_updates_ = 0;  // when it was written

  double process_seconds_ = 0;  // since this process started, for the display
  std::uint64_t process_items_ = 0;
};

template <class T>
TrainingLoop<T>::TrainingLoop(TrainingTask<T>& task, const TrainingOptions& options,
                              std::string folder)
    : implementation_(std::make_unique<Implementation>(task, options, std::move(folder))) {}
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
  return implementation_->history_;
}

template <class T>
std::uint64_t TrainingLoop<T>::updates() const {
  return implementation_->updates_;
}

template <class T>
std::string TrainingLoop<T>::model_path(const std::string& folder) {
  return folder + "/model.safetensors";
}

template <class T>
std::string TrainingLoop<T>::checkpoint_path(const std::string& folder) {
  return folder + "/checkpoint.safetensors";
}

template class TrainingLoop<float>;
template class TrainingLoop<double>;

}  // namespace unroll
