#include "unroll/train/language_model_task.h"

#include <algorithm>

#include "support/item_hash.h"
#include "support/json.h"
#include "train/fingerprint.h"
#include "train/shards.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/models/language_model_file.h"
#include "unroll/train/checkpoint.h"

namespace unroll {
namespace {

LanguageModelOptions with_vocabulary(LanguageModelOptions options, const Vocabulary& vocabulary) {
  options.vocabulary_size = vocabulary.size();
  return options;
}

}  // namespace

std::string window_reduction_name(WindowReduction reduction) {
  return reduction == WindowReduction::kMean ? "mean" : "batch";
}

WindowReduction parse_window_reduction(const std::string& name) {
  for (const WindowReduction reduction : {WindowReduction::kMean, WindowReduction::kBatch}) {
    if (window_reduction_name(reduction) == name) return reduction;
  }
  throw ValueError(unknown_name_message("reduction", name, {"mean", "batch"}));
}

template <class T>
LanguageModelTask<T>::LanguageModelTask(const LanguageModelTaskOptions& options,
                                        Vocabulary vocabulary, std::vector<std::uint32_t> train,
                                        std::vector<std::uint32_t> valid)
    : options_(options),
      vocabulary_(std::move(vocabulary)),
      train_(std::move(train)),
      valid_(std::move(valid)),
      model_(with_vocabulary(options.model, vocabulary_)),
      pass_(model_),
      gradient_(model_.parameters()),
      bptt_(train_, options.bptt, state_shapes(model_, options.bptt.batch)),
      train_hash_(hash_of_items(train_)),
      valid_hash_(hash_of_items(valid_)),
      vocabulary_hash_(hash_of_items(vocabulary_.to_json())) {
  check_shards(options_.shards, options_.bptt.batch);
  InitializationOptions initialization = options_.initialization;
  initialization.seed = options_.seed;
  model_.initialize(initialization);
}

template <class T>
std::vector<Shape> LanguageModelTask<T>::state_shapes(const LanguageModel<T>& model,
                                                      std::size_t batch) {
  std::vector<Shape> shapes;
  for (const Tensor<T>& state : model.zero_states(batch)) shapes.push_back(state.shape());
  return shapes;
}

template <class T>
LossSum LanguageModelTask<T>::train_batch(const ThreadTeam& team, std::uint64_t update) {
  const BpttWindow window = bptt_.next();
  const std::size_t batch = options_.bptt.batch, tokens = window.steps * batch;
  const double scale =
      1.0 / static_cast<double>(options_.reduction == WindowReduction::kMean ? tokens : batch);
  if (options_.shards == 1) {
    const double loss =
        pass_.loss_and_gradient(team, {window.steps, batch, window.inputs, window.targets},
                                bptt_.state(), scale, {.seed = options_.seed, .update = update});
    return {loss, tokens};
  }
  double loss = 0;
  for (std::size_t s = 0; s < options_.shards; ++s) {
    loss += train_shard(team, window, s, scale, update);
  }
  gradient_.give();
  return {loss, tokens};
}

// Its lanes: their tokens and states apart, and their gradient into the sum.
template <class T>
double LanguageModelTask<T>::train_shard(const ThreadTeam& team, const BpttWindow& window,
                                         std::size_t shard, double scale, std::uint64_t update) {
  const std::size_t batch = options_.bptt.batch;
  const std::vector<std::size_t> rows = rows_of_shard(batch, shard, options_.shards);
  const std::size_t lanes = rows.size(), first = rows.front();
  inputs_.resize(window.steps * lanes);
  targets_.resize(window.steps * lanes);
  for (std::size_t t = 0; t < window.steps; ++t) {
    std::copy_n(window.inputs + t * batch + first, lanes, &inputs_[t * lanes]);
    std::copy_n(window.targets + t * batch + first, lanes, &targets_[t * lanes]);
  }
  gather_rows<T>(bptt_.state(), rows, state_);
  const double loss = pass_.loss_and_gradient(
      team, {window.steps, lanes, inputs_.data(), targets_.data()}, state_, scale,
      {.seed = options_.seed, .update = update, .batch = batch, .first_row = first});
  scatter_rows<T>(state_, rows, bptt_.state());
  gradient_.add(team);
  return loss;
}

template <class T>
Validation LanguageModelTask<T>::validate(const ThreadTeam& team) {
  const TextLoss loss = text_loss<T>(pass_, team, valid_, start_token(vocabulary_));
  return {.loss = {loss.nats, loss.tokens}};
}

template <class T>
void LanguageModelTask<T>::add_model(SafetensorsWriter& file, const std::string& training) const {
  add_text_model(file, model_, vocabulary_, training);
}

template <class T>
void LanguageModelTask<T>::save_state(CheckpointWriter& checkpoint) const {
  checkpoint.set_integer("bptt.epoch", bptt_.position().epoch);
  checkpoint.set_integer("bptt.window", bptt_.position().window);
  checkpoint.set_integer("bptt.cursor", bptt_.position().cursor);
  for (std::size_t k = 0; k < bptt_.state().size(); ++k) {
    checkpoint.add("state." + model_.state_names()[k], bptt_.state()[k]);
  }
}

template <class T>
void LanguageModelTask<T>::restore_state(const CheckpointReader& checkpoint) {
  bptt_.restore({.epoch = checkpoint.integer("bptt.epoch"),
                 .window = checkpoint.integer("bptt.window"),
                 .cursor = checkpoint.integer("bptt.cursor")});
  for (std::size_t k = 0; k < bptt_.state().size(); ++k) {
    checkpoint.read_into("state." + model_.state_names()[k], bptt_.state()[k]);
  }
}

template <class T>
std::string LanguageModelTask<T>::fingerprint() const {
  const LanguageModelOptions& m = model_.options();
  Json json = {{"model", Json::array({m.vocabulary_size, m.embedding_size, m.hidden_size, m.layers,
                                      m.cell.name, m.cell.activation, m.cell.reset, m.dropout,
                                      m.tied, bias_name(m.bias)})},
               {"bptt", Json::array({options_.bptt.batch, options_.bptt.bptt,
                                     std::string(cursor_name(options_.bptt.cursor))})},
               {"reduction", window_reduction_name(options_.reduction)},
               {"seed", options_.seed},
               {"dtype", operand_bytes<T>(m.precision)},
               {"train", train_hash_},
               {"valid", valid_hash_},
               {"vocabulary", vocabulary_hash_}};
  // Older checkpoints have no such keys.
  if (options_.shards > 1) json["shards"] = options_.shards;
  if (m.cell.heads > 1) json["heads"] = m.cell.heads;
  return json.dump();
}

template class LanguageModelTask<float>;
template class LanguageModelTask<double>;

}  // namespace unroll
