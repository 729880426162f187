#include "train/run_state.h"

#include <limits>
#include <utility>

#include "support/json.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::uint64_t kCheckpointFormat = 1;

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

std::vector<EpochRecord> history_from(const CheckpointReader& reader) {
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

}  // namespace

void write_state(CheckpointWriter& checkpoint, const RunState& state,
                 const std::string& fingerprint) {
  checkpoint.set_integer("checkpoint.format", kCheckpointFormat);
  checkpoint.set_text("checkpoint.fingerprint", fingerprint);
  checkpoint.set_integer("loop.epoch", state.epoch);
  checkpoint.set_integer("loop.batch", state.batch);
  checkpoint.set_integer("loop.updates", state.updates);
  checkpoint.set_number("loop.loss_sum", state.epoch_loss.sum);
  checkpoint.set_integer("loop.items", state.epoch_loss.items);
  checkpoint.set_number("loop.norm_sum", state.norm_sum);
  checkpoint.set_number("loop.learning_rate", state.learning_rate);
  checkpoint.set_number("loop.seconds", state.epoch_seconds);
  checkpoint.set_integer("loop.epochs_without_best", state.epochs_without_best);
  if (state.best_loss) checkpoint.set_number("loop.best_loss", *state.best_loss);
  checkpoint.set_integer("loop.has_best_loss", state.best_loss ? 1 : 0);
  checkpoint.set_number("loop.best_score", state.best_score.value_or(0));
  checkpoint.set_number("loop.best_score_error", state.best_score_error);
  checkpoint.set_number("schedule.divisor", state.schedule.divisor);
  checkpoint.set_integer("schedule.has_best_loss", state.schedule.best_loss ? 1 : 0);
  if (state.schedule.best_loss) {
    checkpoint.set_number("schedule.best_loss", *state.schedule.best_loss);
  }
  Json history = Json::array();
  for (const EpochRecord& record : state.history) history.push_back(to_json(record));
  checkpoint.set_text("loop.history", history.dump());
}

RunState read_state(const CheckpointReader& reader, const std::string& fingerprint) {
  if (reader.integer("checkpoint.format") != kCheckpointFormat) {
    throw FormatError(reader.path() + ": checkpoint format " + reader.text("checkpoint.format") +
                      "; this program reads format " + std::to_string(kCheckpointFormat));
  }
  if (reader.text("checkpoint.fingerprint") != fingerprint) {
    throw FormatError(reader.path() +
                      ": it was made with other data or other options; train into a new folder");
  }
  RunState state = {.epoch = reader.integer("loop.epoch"),
                    .batch = reader.integer("loop.batch"),
                    .updates = reader.integer("loop.updates"),
                    .epoch_loss = {reader.number("loop.loss_sum"), reader.integer("loop.items")},
                    .norm_sum = reader.number("loop.norm_sum"),
                    .learning_rate = reader.number("loop.learning_rate"),
                    .epoch_seconds = reader.number("loop.seconds"),
                    .best_score_error = reader.number("loop.best_score_error"),
                    .epochs_without_best = reader.integer("loop.epochs_without_best"),
                    .schedule = {reader.number("schedule.divisor"), {}},
                    .history = history_from(reader)};
  if (reader.integer("loop.has_best_loss") != 0) {
    state.best_loss = reader.number("loop.best_loss");
    state.best_score = reader.number("loop.best_score");
  }
  if (reader.integer("schedule.has_best_loss") != 0) {
    state.schedule.best_loss = reader.number("schedule.best_loss");
  }
  return state;
}

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

std::string training_summary(const EpochRecord& record) {
  Json json = to_json(record);
  json.erase("seconds");
  json.erase("valid_metrics");
  for (const auto& [name, value] : record.valid_metrics) json["valid_" + name] = value;
  return json.dump();
}

}  // namespace unroll
