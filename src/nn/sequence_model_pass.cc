#include "unroll/nn/sequence_model_pass.h"

#include <algorithm>
#include <cassert>

#include "nn/dropout_sites.h"
#include "nn/packed_matrix.h"
#include "nn/pooling.h"
#include "nn/sequence_model_parameters.h"
#include "unroll/core/arena.h"
#include "unroll/core/error.h"

namespace unroll {

template <class T>
class PackedSequenceModel<T>::Implementation {
 public:
  Implementation(const ThreadTeam& team, const typename SequenceModel<T>::Implementation& of)
      : model(of),
        recurrence(team, of.encoder.recurrence),
        head(team, of.head.weight(), Precision::kFull) {}

  const typename SequenceModel<T>::Implementation& model;
  PackedRecurrence<T> recurrence;
  PackedMatrix<T> head;
};

template <class T>
class SequenceModelPass<T>::Implementation {
 public:
  using Model = typename SequenceModel<T>::Implementation;
  using Packed = typename PackedSequenceModel<T>::Implementation;

  Implementation(const Model& model, const Packed* packed, Linear<T>* head, EncoderPass<T> encoder)
      : model_(model),
        packed_(packed),
        train_head_(head),
        encoder_(std::move(encoder)),
        outputs_(model.encoder.recurrence.output_size()),
        pooling_(model.options.pooling, outputs_, model.options.bidirectional) {}

  explicit Implementation(Model& model)
      : Implementation(model, nullptr, &model.head, EncoderPass<T>(model.encoder)) {}
  explicit Implementation(const Packed& packed)
      : Implementation(packed.model, &packed, nullptr,
                       EncoderPass<T>(packed.model.encoder, packed.recurrence)) {}

  // Rows that the head reads.
  std::size_t head_rows(std::size_t steps, std::size_t batch) const {
    return options().pooling.steps ? steps * batch : batch;
  }

  void reserve(std::size_t steps, std::size_t batch) {
    encoder_.reserve(steps, batch);
    if (steps * batch <= reserved_steps_ && batch <= reserved_batch_) return;
    const std::size_t all = std::max(steps * batch, reserved_steps_);
    const std::size_t most = std::max(batch, reserved_batch_);
    const bool by_step = options().pooling.steps, trains = packed_ == nullptr;
    const std::size_t rows = by_step ? all : most;
    reserved_steps_ = reserved_batch_ = 0;  // until there is memory
    workspace_.build([&](Arena& arena) {
      dy_ = arena.take<T>(trains ? all * outputs_ : 0);
      features_ = arena.take<T>(by_step && !trains ? 0 : rows * head_inputs());
      d_features_ = arena.take<T>(by_step || !trains ? 0 : rows * head_inputs());
      predictions_ = arena.take<T>(rows * options().output_size);
      if (!by_step) pooling_.layout(arena, most);
    });
    reserved_steps_ = all;
    reserved_batch_ = most;
  }

  // 1. embedding and recurrence  2. pooling  3. the head
  const T* forward(const ThreadTeam& team, const SequenceBatch<T>& batch, const DropoutKey* dropout,
                   States<T>* state) {
    trained_ = false;
    reserve(batch.steps, batch.batch);
    batch_ = batch;
    key_ = dropout != nullptr ? *dropout : DropoutKey{};
    drop_ = dropout != nullptr && options().dropout > 0;
    const bool given = state != nullptr && !state->empty();
    own_initial_ = !given && !model_.initial.empty();
    const States<T>* initial = given          ? state
                               : own_initial_ ? broadcast_initial(batch.batch)
                                              : nullptr;
    const T* y = encoder_.forward(team, batch.values, batch.tokens,
                                  {.steps = batch.steps,
                                   .batch = batch.batch,
                                   .lengths = batch.lengths,
                                   .initial = initial,
                                   .final = state,
                                   .training = dropout != nullptr,
                                   .dropout = key_});
    const std::size_t rows = head_rows(batch.steps, batch.batch);
    const std::size_t count = rows * head_inputs();
    if (!options().pooling.steps) {
      pooling_.forward(team, batch.steps, batch.batch, batch.lengths, y, features_);
    } else if (dropout != nullptr && !drop_) {
      std::copy_n(y, count, features_);  // for the way back
    }
    const T* features = options().pooling.steps && !drop_ ? y : features_;
    if (drop_) {
      places_.assign(key_, rows / std::max<std::size_t>(1, batch.batch), batch.batch);
      drop(team, rows, options().pooling.steps ? y : features_, features_);
    }
    if (packed_ != nullptr) {
      packed_->head.check_current();
      packed_->head.multiply(team, rows, features, {model_.head.bias()->value().data(), 0},
                             predictions_);
    } else {
      model_.head.forward(team, rows, features, predictions_);
    }
    if (options().pooling.steps) clear_padding();
    trained_ = dropout != nullptr;
    return predictions_;
  }

  void backward(const ThreadTeam& team, const T* d_predictions, States<T>* d_initial) {
    if (!trained_) {
      throw ValueError("backward() was called without forward_training() before it");
    }
    trained_ = false;
    const bool by_step = options().pooling.steps;
    const std::size_t rows = head_rows(batch_.steps, batch_.batch);
    T* d_features = by_step ? dy_ : d_features_;
    assert(rows == 0 || d_predictions != nullptr);
    train_head_->backward(team, rows, features_, d_predictions, d_features);
    if (drop_) {
      drop(team, rows, d_features, d_features);
    }
    if (!by_step) {
      pooling_.backward(team, batch_.steps, batch_.batch, batch_.lengths, d_features, dy_);
    }
    const bool trains_initial = options().initial_state == InitialState::kTrainable;
    States<T>* d_state =
        own_initial_ && trains_initial && d_initial == nullptr ? &d_initial_ : d_initial;
    encoder_.backward(team, dy_, nullptr, d_state);
    if (trains_initial) sum_initial_gradient(own_initial_ ? d_state : nullptr);
  }

  const States<T>* broadcast_initial(std::size_t batch) {
    const std::vector<Shape> shapes = model_.encoder.recurrence.state_shapes(batch);
    states_.resize(shapes.size());
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      if (states_[k].size() == 0 || states_[k].shape() != shapes[k])
        states_[k] = Tensor<T>(shapes[k]);
      const std::size_t hidden = options().hidden_size;
      for (std::size_t i = 0; i < shapes[k][0] * batch; ++i) {
        std::copy_n(model_.initial[k]->value().data() + i / batch * hidden, hidden,
                    states_[k].data() + i * hidden);
      }
    }
    return &states_;
  }

  // Over the rows; null: the pass did not start from the model's own state.
  void sum_initial_gradient(const States<T>* d_state) {
    const std::size_t hidden = options().hidden_size;
    for (std::size_t k = 0; k < model_.initial.size(); ++k) {
      model_.initial[k]->make_gradient();
      Tensor<T>& gradient = model_.initial[k]->gradient;
      gradient.fill(T(0));
      if (d_state == nullptr) continue;
      for (std::size_t i = 0; i < gradient.shape()[0] * batch_.batch; ++i) {
        T* to = gradient.data() + i / batch_.batch * hidden;
        for (std::size_t j = 0; j < hidden; ++j) to[j] += (*d_state)[k][i * hidden + j];
      }
    }
  }

  void clear_padding() {
    for (std::size_t row = 0; row < batch_.lengths.size(); ++row) {
      for (std::size_t t = batch_.lengths[row]; t < batch_.steps; ++t) {
        std::fill_n(predictions_ + (t * batch_.batch + row) * options().output_size,
                    options().output_size, T(0));
      }
    }
  }

  void drop(const ThreadTeam& team, std::size_t rows, const T* from, T* to) const {
    places_.drop(team, options().dropout, key_, kOutputSite, rows, head_inputs(), from, to);
  }

  const SequenceModelOptions& options() const { return model_.options; }
  std::size_t head_inputs() const { return model_.head.options().input_size; }

  const Model& model_;
  const Packed* packed_;   // null: the weights are read as they are
  Linear<T>* train_head_;  // null in a pass over packed weights
  EncoderPass<T> encoder_;
  std::size_t outputs_;  // D·H
  PooledOutputs<T> pooling_;

  // Of the last forward pass.
  SequenceBatch<T> batch_;
  DropoutKey key_;
  DropoutPlaces places_;
  bool drop_ = false, trained_ = false, own_initial_ = false;
  States<T> states_, d_initial_;

  Workspace workspace_;
  std::size_t reserved_steps_ = 0, reserved_batch_ = 0;  // T·N, N
  T* dy_ = nullptr;                                      // (T·N, D·H)
  T* features_ = nullptr;                                // (R, P·D·H) what the head reads
  T* d_features_ = nullptr;                              // (R, P·D·H)
  T* predictions_ = nullptr;                             // (R, W)
};

template <class T>
PackedSequenceModel<T>::PackedSequenceModel(const ThreadTeam& team, const SequenceModel<T>& model)
    : implementation_(std::make_unique<Implementation>(team, *model.implementation_)) {}
template <class T>
PackedSequenceModel<T>::~PackedSequenceModel() = default;
template <class T>
PackedSequenceModel<T>::PackedSequenceModel(PackedSequenceModel&&) noexcept = default;
template <class T>
PackedSequenceModel<T>& PackedSequenceModel<T>::operator=(PackedSequenceModel&&) noexcept = default;

template <class T>
SequenceModelPass<T>::SequenceModelPass(SequenceModel<T>& model)
    : implementation_(std::make_unique<Implementation>(*model.implementation_)) {}
template <class T>
SequenceModelPass<T>::SequenceModelPass(const PackedSequenceModel<T>& packed)
    : implementation_(std::make_unique<Implementation>(*packed.implementation_)) {}
template <class T>
SequenceModelPass<T>::~SequenceModelPass() = default;
template <class T>
SequenceModelPass<T>::SequenceModelPass(SequenceModelPass&&) noexcept = default;
template <class T>
SequenceModelPass<T>& SequenceModelPass<T>::operator=(SequenceModelPass&&) noexcept = default;

template <class T>
const SequenceModelOptions& SequenceModelPass<T>::options() const {
  return implementation_->options();
}

template <class T>
void SequenceModelPass<T>::reserve(std::size_t steps, std::size_t batch) {
  implementation_->reserve(steps, batch);
}

template <class T>
const T* SequenceModelPass<T>::forward(const ThreadTeam& team, const SequenceBatch<T>& batch,
                                       States<T>* state) {
  return implementation_->forward(team, batch, nullptr, state);
}

template <class T>
const T* SequenceModelPass<T>::forward_training(const ThreadTeam& team,
                                                const SequenceBatch<T>& batch,
                                                const DropoutKey& dropout, States<T>* state) {
  if (implementation_->packed_ != nullptr) {
    throw ValueError("a pass over packed weights does not train");
  }
  return implementation_->forward(team, batch, &dropout, state);
}

template <class T>
void SequenceModelPass<T>::backward(const ThreadTeam& team, const T* d_predictions,
                                    States<T>* d_initial) {
  implementation_->backward(team, d_predictions, d_initial);
}

template <class T>
std::size_t SequenceModelPass<T>::workspace_bytes() const {
  return implementation_->workspace_.bytes() + implementation_->encoder_.workspace_bytes();
}

template class PackedSequenceModel<float>;
template class PackedSequenceModel<double>;
template class SequenceModelPass<float>;
template class SequenceModelPass<double>;

}  // namespace unroll
