#include "unroll/nn/sequence_model.h"

#include <algorithm>
#include <cmath>

#include "kernels/dropout.h"
#include "nn/dropout_sites.h"
#include "nn/pooling.h"
#include "nn/sequence_plan.h"
#include "unroll/core/arena.h"
#include "unroll/core/error.h"
#include "unroll/nn/embedding.h"
#include "unroll/nn/linear.h"

namespace unroll {
namespace {

const SequenceModelOptions& checked(const SequenceModelOptions& options) {
  if ((options.input_size == 0) == (options.vocabulary_size == 0)) {
    throw ValueError(
        "a step is either input_size numbers or one of vocabulary_size tokens; they are " +
        std::to_string(options.input_size) + " and " + std::to_string(options.vocabulary_size));
  }
  const Pooling& p = options.pooling;
  if (p.steps == (p.last || p.mean || p.max)) {
    throw ValueError("the pooling is neither 'steps' nor some of last, mean and max");
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw ValueError("dropout is " + std::to_string(options.dropout) + "; wanted 0 <= dropout < 1");
  }
  return options;
}

std::size_t recurrent_inputs(const SequenceModelOptions& options) {
  return options.vocabulary_size > 0 ? options.embedding_size : options.input_size;
}

RecurrenceOptions recurrence_options(const SequenceModelOptions& options) {
  return {.cell = options.cell,
          .input_size = recurrent_inputs(options),
          .hidden_size = options.hidden_size,
          .layers = options.layers,
          .bidirectional = options.bidirectional,
          .dropout = options.dropout,
          .bias = options.bias,
          .precision = options.precision};
}

}  // namespace

std::string initial_state_name(InitialState state) {
  constexpr const char* kNames[] = {"zero", "trainable", "given"};
  return kNames[static_cast<std::size_t>(state)];
}

template <class T>
class SequenceModel<T>::Implementation {
 public:
  explicit Implementation(const SequenceModelOptions& options)
      : options_(checked(options)),
        recurrence_(recurrence_options(options)),
        pooling_(options.pooling, recurrence_.output_size(), options.bidirectional),
        head_({.input_size = options.pooling.steps ? recurrence_.output_size() : pooling_.size(),
               .output_size = options.output_size,
               .name = "head"}) {
    if (options.vocabulary_size > 0) {
      encoder_ = std::make_unique<Embedding<T>>(options.vocabulary_size, options.embedding_size,
                                                "encoder");
    }
    if (options.initial_state != InitialState::kZero) make_initial();
  }

  void make_initial() {
    const std::vector<Shape> shapes = initial_shapes();
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      initial_.push_back(
          std::make_unique<Parameter<T>>("initial." + recurrence_.state_names()[k], shapes[k]));
      initial_[k]->trainable = options_.initial_state == InitialState::kTrainable;
    }
  }

  std::vector<Shape> initial_shapes() const {
    std::vector<Shape> shapes;
    for (const Shape& state : recurrence_.state_shapes(1)) {
      shapes.push_back(Shape({state[0], state[2]}));
    }
    return shapes;
  }

  void set_initial(const States<T>& states) {
    const std::vector<Shape> shapes = initial_shapes();
    if (states.size() != shapes.size()) {
      throw ShapeError("the initial state has " + std::to_string(states.size()) +
                       " arrays; the cell '" + options_.cell.name + "' has " +
                       std::to_string(shapes.size()));
    }
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      const std::string name = "the initial state '" + recurrence_.state_names()[k] + "'";
      if (states[k].shape() != shapes[k]) {
        throw ShapeError(name + " has shape " + states[k].shape().text() +
                         ", wanted (layers·directions, hidden) = " + shapes[k].text());
      }
      const T* const end = states[k].data() + states[k].size();
      if (!std::all_of(states[k].data(), end, [](T x) { return std::isfinite(x); })) {
        throw ValueError(name + " holds a number that is not finite");
      }
    }
    options_.initial_state = InitialState::kGiven;
    if (initial_.empty()) make_initial();
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      initial_[k]->trainable = false;
      std::copy_n(states[k].data(), states[k].size(), initial_[k]->edit().data());
    }
  }

  Parameters<T> parameters() {
    Parameters<T> all;
    if (encoder_) all.push_back(&encoder_->weight());
    for (Parameter<T>* parameter : recurrence_.parameters()) all.push_back(parameter);
    for (const auto& parameter : initial_) all.push_back(parameter.get());
    for (Parameter<T>* parameter : head_.parameters()) all.push_back(parameter);
    return all;
  }

  // Rows that the head reads.
  std::size_t head_rows(std::size_t steps, std::size_t batch) const {
    return options_.pooling.steps ? steps * batch : batch;
  }

  void reserve(std::size_t steps, std::size_t batch) {
    if (steps * batch <= reserved_steps_ && batch <= reserved_batch_) return;
    reserved_steps_ = std::max(steps * batch, reserved_steps_);
    reserved_batch_ = std::max(batch, reserved_batch_);
    const std::size_t rows = options_.pooling.steps ? reserved_steps_ : reserved_batch_;
    workspace_.build([&](Arena& arena) {
      const bool embeds = encoder_ != nullptr;
      x_ = arena.take<T>(embeds ? reserved_steps_ * options_.embedding_size : 0);
      dx_ = arena.take<T>(embeds ? reserved_steps_ * options_.embedding_size : 0);
      real_tokens_ = arena.take<std::uint32_t>(embeds ? reserved_steps_ : 0);
      dy_ = arena.take<T>(reserved_steps_ * recurrence_.output_size());
      features_ = arena.take<T>(rows * head_.options().input_size);
      d_features_ = arena.take<T>(options_.pooling.steps ? 0 : rows * head_.options().input_size);
      predictions_ = arena.take<T>(rows * options_.output_size);
      if (!options_.pooling.steps) pooling_.layout(arena, reserved_batch_);
    });
  }

  // 1. x_t: the values, or the vectors of the tokens  2. the recurrence  3. pooling  4. the head
  const T* forward(const ThreadTeam& team, const SequenceBatch<T>& batch, const DropoutKey* dropout,
                   States<T>* state) {
    check(batch);
    plan_.assign(batch.steps, batch.batch, batch.lengths);
    reserve(batch.steps, batch.batch);
    batch_ = batch;
    key_ = dropout != nullptr ? *dropout : DropoutKey{};
    drop_ = dropout != nullptr && options_.dropout > 0;
    const T* x = batch.values;
    if (encoder_) {
      const std::size_t tokens = batch.steps * batch.batch;
      encoder_->forward(team, batch.tokens, tokens, x_);
      if (drop_) drop(team, kEmbeddingSite, tokens * options_.embedding_size, x_, x_);
      x = x_;
    }
    const bool given = state != nullptr && !state->empty();
    own_initial_ = !given && !initial_.empty();
    const States<T>* initial = given          ? state
                               : own_initial_ ? broadcast_initial(batch.batch)
                                              : nullptr;
    const T* y = recurrence_.forward(team, x,
                                     {.steps = batch.steps,
                                      .batch = batch.batch,
                                      .lengths = batch.lengths,
                                      .initial = initial,
                                      .final = state,
                                      .training = dropout != nullptr,
                                      .dropout = key_});
    const std::size_t rows = head_rows(batch.steps, batch.batch);
    const std::size_t count = rows * head_.options().input_size;
    if (!options_.pooling.steps) {
      pooling_.forward(team, batch.steps, batch.batch, batch.lengths, y, features_);
    } else if (dropout != nullptr && !drop_) {
      std::copy_n(y, count, features_);  // for the way back
    }
    const T* features = options_.pooling.steps && !drop_ ? y : features_;
    if (drop_) drop(team, kOutputSite, count, options_.pooling.steps ? y : features_, features_);
    head_.forward(team, rows, features, predictions_);
    if (options_.pooling.steps) clear_padding();
    trained_ = dropout != nullptr;
    return predictions_;
  }

  void backward(const ThreadTeam& team, const T* d_predictions, States<T>* d_initial) {
    if (!trained_) {
      throw ValueError("backward() was called without forward_training() before it");
    }
    trained_ = false;
    const bool by_step = options_.pooling.steps;
    const std::size_t rows = head_rows(batch_.steps, batch_.batch);
    T* d_features = by_step ? dy_ : d_features_;
    head_.backward(team, rows, features_, d_predictions, d_features);
    if (drop_) {
      drop(team, kOutputSite, rows * head_.options().input_size, d_features, d_features);
    }
    if (!by_step) {
      pooling_.backward(team, batch_.steps, batch_.batch, batch_.lengths, d_features, dy_);
    }
    const bool trains_initial = options_.initial_state == InitialState::kTrainable;
    States<T>* d_state =
        own_initial_ && trains_initial && d_initial == nullptr ? &d_initial_ : d_initial;
    recurrence_.backward(team, dy_, nullptr, encoder_ ? dx_ : nullptr, d_state);
    if (trains_initial) sum_initial_gradient(own_initial_ ? d_state : nullptr);
    if (encoder_) embedding_gradient(team);
  }

  // The padding has no gradient, and no row of the embedding is touched for it.
  void embedding_gradient(const ThreadTeam& team) {
    const std::size_t width = options_.embedding_size;
    if (drop_) drop(team, kEmbeddingSite, batch_.steps * batch_.batch * width, dx_, dx_);
    if (!plan_.padded()) {
      encoder_->backward(team, batch_.tokens, plan_.positions(), dx_);
      return;
    }
    plan_.gather(dx_, width, x_);
    plan_.gather(batch_.tokens, 1, real_tokens_);
    encoder_->backward(team, real_tokens_, plan_.positions(), x_);
  }

  const States<T>* broadcast_initial(std::size_t batch) {
    const std::vector<Shape> shapes = recurrence_.state_shapes(batch);
    states_.resize(shapes.size());
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      if (states_[k].size() == 0 || states_[k].shape() != shapes[k])
        states_[k] = Tensor<T>(shapes[k]);
      const std::size_t hidden = options_.hidden_size;
      for (std::size_t i = 0; i < shapes[k][0] * batch; ++i) {
        std::copy_n(initial_[k]->value().data() + i / batch * hidden, hidden,
                    states_[k].data() + i * hidden);
      }
    }
    return &states_;
  }

  // Over the rows; null: the pass did not start from the model's own state.
  void sum_initial_gradient(const States<T>* d_state) {
    const std::size_t hidden = options_.hidden_size;
    for (std::size_t k = 0; k < initial_.size(); ++k) {
      initial_[k]->make_gradient();
      Tensor<T>& gradient = initial_[k]->gradient;
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
        std::fill_n(predictions_ + (t * batch_.batch + row) * options_.output_size,
                    options_.output_size, T(0));
      }
    }
  }

  void check(const SequenceBatch<T>& batch) const {
    const std::size_t count = batch.steps * batch.batch;
    if (count > 0 && (encoder_ ? batch.tokens == nullptr : batch.values == nullptr)) {
      throw ValueError(std::string("the batch has no ") + (encoder_ ? "tokens" : "values"));
    }
    for (std::size_t i = 0; encoder_ && i < count; ++i) {
      if (batch.tokens[i] < options_.vocabulary_size) continue;
      throw ValueError("token " + std::to_string(batch.tokens[i]) +
                       " is not below the vocabulary's size " +
                       std::to_string(options_.vocabulary_size));
    }
  }

  void drop(const ThreadTeam& team, std::uint64_t site, std::size_t count, const T* from,
            T* to) const {
    kernels::dropout(team, options_.dropout, dropout_random(key_, site), count, from, to);
  }

  SequenceModelOptions options_;
  std::unique_ptr<Embedding<T>> encoder_;
  Recurrence<T> recurrence_;
  std::vector<std::unique_ptr<Parameter<T>>> initial_;  // [state] (L·D, H), or none
  PooledOutputs<T> pooling_;
  Linear<T> head_;

  // Of the last forward pass.
  SequenceBatch<T> batch_;
  SequencePlan plan_;
  DropoutKey key_;
  bool drop_ = false, trained_ = false, own_initial_ = false;
  States<T> states_, d_initial_;

  Workspace workspace_;
  std::size_t reserved_steps_ = 0, reserved_batch_ = 0;  // T·N, N
  T* x_ = nullptr;                                       // (T·N, D_e)
  T* dx_ = nullptr;                                      // (T·N, D_e)
  std::uint32_t* real_tokens_ = nullptr;                 // (T·N)
  T* dy_ = nullptr;                                      // (T·N, D·H)
  T* features_ = nullptr;                                // (R, P·D·H) what the head reads
  T* d_features_ = nullptr;                              // (R, P·D·H)
  T* predictions_ = nullptr;                             // (R, W)
};

template <class T>
SequenceModel<T>::SequenceModel(const SequenceModelOptions& options)
    : implementation_(std::make_unique<Implementation>(options)) {}
template <class T>
SequenceModel<T>::~SequenceModel() = default;
template <class T>
SequenceModel<T>::SequenceModel(SequenceModel&&) noexcept = default;
template <class T>
SequenceModel<T>& SequenceModel<T>::operator=(SequenceModel&&) noexcept = default;

template <class T>
const SequenceModelOptions& SequenceModel<T>::options() const {
  return implementation_->options_;
}

template <class T>
Parameters<T> SequenceModel<T>::parameters() {
  return implementation_->parameters();
}

template <class T>
std::size_t SequenceModel<T>::parameter_count() {
  std::size_t count = 0;
  for (const Parameter<T>* parameter : parameters()) {
    count += parameter->trainable ? parameter->size() : 0;
  }
  return count;
}

template <class T>
void SequenceModel<T>::initialize(const InitializationOptions& options) {
  Implementation& model = *implementation_;
  std::vector<InitialParameter<T>> all;
  if (model.encoder_) all.push_back({&model.encoder_->weight(), Role::kEmbedding});
  for (const auto& p : initial_parameters(model.recurrence_)) all.push_back(p);
  for (const auto& p : initial_parameters(model.head_)) all.push_back(p);
  unroll::initialize(all, options);
  for (const auto& parameter : model.initial_) {
    if (parameter->trainable) parameter->edit().fill(T(0));
  }
}

template <class T>
void SequenceModel<T>::set_initial_state(const States<T>& states) {
  implementation_->set_initial(states);
}

template <class T>
States<T> SequenceModel<T>::initial_state() const {
  const std::vector<Shape> shapes = implementation_->initial_shapes();
  States<T> states(shapes.begin(), shapes.end());
  for (std::size_t k = 0; k < implementation_->initial_.size(); ++k) {
    const Tensor<T>& value = implementation_->initial_[k]->value();
    std::copy_n(value.data(), value.size(), states[k].data());
  }
  return states;
}

template <class T>
States<T> SequenceModel<T>::zero_states(std::size_t batch) const {
  return implementation_->recurrence_.zero_states(batch);
}

template <class T>
const std::vector<std::string>& SequenceModel<T>::state_names() const {
  return implementation_->recurrence_.state_names();
}

template <class T>
const T* SequenceModel<T>::forward(const ThreadTeam& team, const SequenceBatch<T>& batch,
                                   States<T>* state) {
  return implementation_->forward(team, batch, nullptr, state);
}

template <class T>
const T* SequenceModel<T>::forward_training(const ThreadTeam& team, const SequenceBatch<T>& batch,
                                            const DropoutKey& dropout, States<T>* state) {
  return implementation_->forward(team, batch, &dropout, state);
}

template <class T>
void SequenceModel<T>::backward(const ThreadTeam& team, const T* d_predictions,
                                States<T>* d_initial) {
  implementation_->backward(team, d_predictions, d_initial);
}

template <class T>
std::size_t SequenceModel<T>::workspace_bytes() const {
  return implementation_->workspace_.bytes() + implementation_->recurrence_.workspace_bytes();
}

template class SequenceModel<float>;
template class SequenceModel<double>;

}  // namespace unroll
