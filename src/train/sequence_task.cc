#include "unroll/train/sequence_task.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "support/item_hash.h"
#include "support/json.h"
#include "train/fingerprint.h"
#include "train/shards.h"
#include "unroll/core/error.h"
#include "unroll/evaluation/forecast_evaluation.h"
#include "unroll/evaluation/sequence_evaluation.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/train/checkpoint.h"

namespace unroll {
namespace {

std::vector<std::size_t> lengths_of(const EncodedSequences& sequences) {
  std::vector<std::size_t> lengths(sequences.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = sequences.length(i);
  return lengths;
}

// Sequences or steps whose target the model can learn.
std::size_t known_targets(const EncodedSequences& sequences) {
  std::size_t count = 0;
  for (std::size_t r = 0; r < sequences.rows(); ++r) count += sequences.counts(r) ? 1 : 0;
  return count;
}

std::string hash_of(const EncodedSequences& s) {
  const std::vector<std::uint32_t> no_classes;
  std::vector<double> numbers;  // of sets: 0 and 1
  if (const auto* sets = std::get_if<ClassSetTargets>(&s.targets)) {
    numbers.assign(sets->members.begin(), sets->members.end());
  }
  const auto* const classes = std::get_if<ClassTargets>(&s.targets);
  const auto* const values = std::get_if<NumberTargets>(&s.targets);
  ItemHash values_hash, tokens_hash;  // of the steps of each sequence, also where it shares them
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::size_t first = s.offset(i), length = s.length(i);
    values_hash.add(std::span(s.values).subspan(first * s.features, length * s.features));
    if (s.features == 0) tokens_hash.add(std::span(s.tokens).subspan(first, length));
  }
  return hash_of_items(s.begin) + " " + values_hash.text() + " " + tokens_hash.text() + " " +
         hash_of_items(classes != nullptr ? classes->classes : no_classes) + " " +
         hash_of_items(values != nullptr ? values->values : numbers);
}

template <class T>
std::string hash_of_given_state(const SequenceModel<T>& model) {
  std::vector<double> numbers;
  if (model.options().initial_state != InitialState::kGiven) return hash_of_items(numbers);
  for (const Tensor<T>& state : model.initial_state()) {
    numbers.insert(numbers.end(), state.data(), state.data() + state.size());
  }
  return hash_of_items(numbers);
}

}  // namespace

template <class T>
SequenceTask<T>::SequenceTask(SequenceTaskOptions options, EncodedSequences train,
                              EncodedSequences valid)
    : options_(std::move(options)),
      train_(std::move(train)),
      valid_(std::move(valid)),
      model_(options_.description.options),
      pass_(model_),
      batches_(lengths_of(train_), options_.batch, options_.seed),
      train_hash_(hash_of(train_)),
      valid_hash_(hash_of(valid_)),
      preprocessing_hash_(hash_of_items(options_.description.preprocessing.to_json())) {
  if (!options_.class_weights.empty() && options_.class_weights.size() != train_.class_count()) {
    throw ValueError("there are " + std::to_string(options_.class_weights.size()) +
                     " class weights for " + std::to_string(train_.class_count()) + " classes");
  }
  if (!options_.class_weights.empty() && model_.head().of_sequences()) {
    throw ValueError("the head '" + model_.options().head.name + "' has no class weights");
  }
  if (known_targets(train_) == 0) {
    throw ValueError("no sequence to train on has a target that can be learnt");
  }
  if (valid_.size() > 0 && known_targets(valid_) == 0) {
    throw ValueError("no target of the validation data (valid) is known from the training data");
  }
  if (options_.bptt > 0) {
    if (model_.head().of_sequences()) {
      throw ValueError("the head '" + model_.options().head.name +
                       "' wants whole sequences; use bptt 0");
    }
    if (model_.options().bidirectional) {
      throw ValueError(
          "a bidirectional model reads the future first, so that there is no state to "
          "carry on; use one direction, or whole sequences (bptt 0)");
    }
    windows_.emplace(train_, options_.bptt);
  }
  check_shards(options_.shards, windows_ ? train_.size() : options_.batch);
  InitializationOptions initialization = options_.initialization;
  initialization.seed = options_.seed;
  model_.initialize(initialization);
}

template <class T>
SequenceBatch<T> SequenceTask<T>::batch() const {
  return {.steps = batch_.steps,
          .batch = batch_.batch,
          .lengths = batch_.lengths,
          .values = batch_.values.data(),
          .tokens = batch_.tokens.data()};
}

// In state_ what comes before the window.
template <class T>
void SequenceTask<T>::carry_state(const ThreadTeam& team, std::size_t number) {
  if (number == 0) state_.clear();
  const std::vector<std::size_t> all = rows_of_batch(0, number);
  for (std::size_t step = windows_->read_from(number); step < windows_->window(number).first;
       step += options_.bptt) {
    batch_.assign(train_, all, {}, {step, step + options_.bptt});
    pass_.forward(team, batch(), &state_);
  }
}

// Its sequences: all of them where the state is carried on.
template <class T>
std::vector<std::size_t> SequenceTask<T>::rows_of_batch(std::uint64_t epoch, std::size_t number) {
  if (!windows_) {
    const auto rows = batches_.batch(epoch, number);
    return {rows.begin(), rows.end()};
  }
  std::vector<std::size_t> all(train_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// `share` times the mean loss of batch_ and its gradient.
template <class T>
double SequenceTask<T>::train_rows(const ThreadTeam& team, const DropoutKey& dropout,
                                   States<T>* state, double share) {
  const T* predictions = pass_.forward_training(team, batch(), dropout, state);
  // Not null where every sequence is empty: the head's own gradient is 0 then.
  d_predictions_.resize(std::max<std::size_t>(1, batch_.rows * model_.options().output_size));
  const double mean = batch_loss<T>(team, model_, batch_, predictions, d_predictions_.data());
  if (share != 1) {
    for (T& d : d_predictions_) d *= static_cast<T>(share);
    if (Parameter<T>* own = model_.head_parameter()) {
      for (T& d : own->gradient) d *= static_cast<T>(share);
    }
  }
  pass_.backward(team, d_predictions_.data());
  return share * mean;
}

// The mean over the batch is the sum of those over its shards, by the shards' share of the weights.
template <class T>
double SequenceTask<T>::train_shards(const ThreadTeam& team, const std::vector<std::size_t>& rows,
                                     StepRange range, std::uint64_t update) {
  const auto weight = [&] {
    return std::accumulate(batch_.weights.begin(), batch_.weights.end(), 0.0);
  };
  const double whole = weight();  // of batch_, which is the whole yet
  const std::size_t shards = std::min(options_.shards, rows.size());
  if (!gradient_) gradient_.emplace(model_.parameters());
  const bool carried = !state_.empty();  // else the model's own initial state
  if (windows_ && !carried) state_ = model_.zero_states(rows.size());
  double loss = 0;
  for (std::size_t s = 0; s < shards; ++s) {
    const std::vector<std::size_t> places = rows_of_shard(rows.size(), s, shards);
    std::vector<std::size_t> part;
    for (const std::size_t place : places) part.push_back(rows[place]);
    batch_.assign(train_, part, options_.class_weights, range);
    States<T> state;
    if (windows_ && carried) gather_rows<T>(state_, places, state);
    loss += train_rows(team,
                       {.seed = options_.seed,
                        .update = update,
                        .batch = rows.size(),
                        .first_row = places.front()},
                       windows_ ? &state : nullptr, whole > 0 ? weight() / whole : 0);
    if (windows_) scatter_rows<T>(state, places, state_);
    gradient_->add(team);
  }
  gradient_->give();
  return loss;
}

template <class T>
LossSum SequenceTask<T>::train_batch(const ThreadTeam& team, std::uint64_t update) {
  const std::uint64_t epoch = update / updates_per_epoch();
  const auto number = static_cast<std::size_t>(update % updates_per_epoch());
  const std::vector<std::size_t> rows = rows_of_batch(epoch, number);
  const StepRange range = windows_ ? windows_->window(number) : StepRange{};
  if (windows_) carry_state(team, number);
  batch_.assign(train_, rows, options_.class_weights, range);
  std::uint64_t counted = 0;
  for (const T weight : batch_.weights) counted += weight > 0 ? 1 : 0;
  const double mean = options_.shards == 1
                          ? train_rows(team, {.seed = options_.seed, .update = update},
                                       windows_ ? &state_ : nullptr, 1)
                          : train_shards(team, rows, range, update);
  return {mean * static_cast<double>(counted), counted};
}

template <class T>
Validation SequenceTask<T>::validate(const ThreadTeam& team) {
  const std::vector<T> predictions = predict(pass_, valid_, team);
  const PredictionLoss loss = prediction_loss<T>(team, model_.options().head, valid_, predictions,
                                                 options_.class_weights, model_.head_values());
  Validation validation = {.loss = {loss.sum, loss.rows}};
  if (options_.description.forecast) {  // figures in the units of the series need the series
    ForecastScheme& scheme = *options_.description.forecast;
    scheme.interval_factors =
        interval_factors<T>(model_.options().head, valid_, predictions, scheme.constant_columns());
    return validation;
  }
  validation.metrics =
      evaluate<T>(options_.description, valid_, predictions, model_.head_values()).metrics;
  if (model_.head().targets() != HeadTargets::kClass || loss.rows == 0) return validation;
  // Labels: the share of wrong answers, which a few confident mistakes do not sway as they do the
  // loss. Its standard error is that of (wrong + 1) / (n + 2), which is never 0.
  for (const auto& [name, value] : validation.metrics) {
    if (name == "accuracy") validation.score = 1 - value;
  }
  const auto n = static_cast<double>(loss.rows);
  const double p = (*validation.score * n + 1) / (n + 2);
  validation.score_error = std::sqrt(p * (1 - p) / n);
  return validation;
}

template <class T>
void SequenceTask<T>::add_model(SafetensorsWriter& file, const std::string& training) const {
  SequenceModelDescription description = options_.description;
  description.training = training;
  add_sequence_model(file, model_, description);
}

template <class T>
void SequenceTask<T>::save_state(CheckpointWriter& checkpoint) const {
  for (std::size_t k = 0; k < state_.size(); ++k) {
    checkpoint.add("state." + model_.state_names()[k], state_[k]);
  }
}

template <class T>
void SequenceTask<T>::restore_state(const CheckpointReader& checkpoint) {
  if (!windows_) return;
  state_ = model_.zero_states(train_.size());
  for (std::size_t k = 0; k < state_.size(); ++k) {
    checkpoint.read_into("state." + model_.state_names()[k], state_[k]);
  }
}

template <class T>
std::string SequenceTask<T>::fingerprint() const {
  const SequenceModelOptions& m = model_.options();
  Json json = {
      {"model", Json::array({m.input_size, m.vocabulary_size, m.embedding_size, m.hidden_size,
                             m.layers, m.bidirectional, m.cell.name, m.cell.activation,
                             m.cell.reset, pooling_name(m.pooling), m.output_size, m.dropout,
                             initial_state_name(m.initial_state), bias_name(m.bias)})},
      {"initial_state", hash_of_given_state(model_)},
      {"loss", m.head.name},
      {"batch", options_.batch},
      {"bptt", options_.bptt},
      {"class_weights", options_.class_weights},
      {"seed", options_.seed},
      {"dtype", operand_bytes<T>(m.precision)},
      {"train", train_hash_},
      {"valid", valid_hash_},
      {"preprocessing", preprocessing_hash_}};
  // Older checkpoints have no such keys.
  if (options_.shards > 1) json["shards"] = options_.shards;
  if (m.cell.heads > 1) json["heads"] = m.cell.heads;
  if (!m.head.quantiles.empty()) json["quantiles"] = m.head.quantiles;
  return json.dump();
}

template class SequenceTask<float>;
template class SequenceTask<double>;

}  // namespace unroll
