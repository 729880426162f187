#include "unroll/nn/recurrence_pass.h"

#include <algorithm>
#include <cassert>

#include "nn/dropout_sites.h"
#include "nn/packed_matrix.h"
#include "nn/recurrence_weights.h"
#include "nn/recurrent_layer.h"
#include "nn/sequence_plan.h"
#include "unroll/core/arena.h"
#include "unroll/core/error.h"

namespace unroll {

template <class T>
class PackedRecurrence<T>::Implementation {
 public:
  Implementation(const ThreadTeam& team, const typename Recurrence<T>::Implementation& of)
      : weights(of), layers(of.layers.size()) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].pack_input(team, of.layers[i]);
      layers[i].pack_recurrent(team, of.layers[i], false);
      layers[i].sum_biases(of.layers[i]);
    }
  }

  const typename Recurrence<T>::Implementation& weights;
  std::vector<PackedWeights<T>> layers;
};

template <class T>
class RecurrencePass<T>::Implementation {
 public:
  using Weights = typename Recurrence<T>::Implementation;
  using Packed = typename PackedRecurrence<T>::Implementation;

  Implementation(const Weights& weights, const Packed* packed)
      : weights_(weights),
        packed_(packed),
        options_(weights.options),
        directions_(weights.directions),
        width_(weights.width) {
    const std::size_t states = weights.cell.states.size();
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
      layers_.emplace_back(weights.layers[i], packed != nullptr ? &packed->layers[i] : nullptr,
                           i % directions_ == 1);
    }
    y_.resize(options_.layers);
    dropped_.resize(options_.layers);
    initial_.resize(states);
    layer_initial_.resize(states);
    d_state_.resize(states);
  }

  // Arrays for up to `positions` positions and `batch` rows.
  void reserve(std::size_t positions, std::size_t batch) {
    if (positions <= reserved_positions_ && batch <= reserved_batch_ && workspace_.bytes() > 0)
      return;
    const std::size_t p = std::max(positions, reserved_positions_);
    const std::size_t n = std::max(batch, reserved_batch_), h = options_.hidden_size;
    const std::size_t widest = std::max(width_, options_.input_size);
    reserved_positions_ = reserved_batch_ = 0;  // until there is memory
    const bool trains = packed_ == nullptr;
    workspace_.build([&](Arena& arena) {
      for (RecurrentLayer<T>& layer : layers_) layer.layout(arena, p, n);
      for (T*& y : y_) y = arena.take<T>(p * width_);
      for (std::size_t l = 1; trains && l < options_.layers && options_.dropout > 0; ++l) {
        dropped_[l] = arena.take<T>(p * width_);
      }
      for (T*& state : initial_) state = arena.take<T>(layers_.size() * n * h);
      padded_y_ = arena.take<T>(p * width_);
      x_ = arena.take<T>(p * options_.input_size);
      if (!trains) return;
      for (T*& state : d_state_) state = arena.take<T>(n * h);
      for (T*& d_output : d_output_) d_output = arena.take<T>(p * widest);
      d_operand_ = arena.take<T>(n * h);
    });
    reserved_positions_ = p;
    reserved_batch_ = n;
  }

  const T* forward(const ThreadTeam& team, const T* x, const Call& call) {
    trained_ = false;
    check_packed(call);
    plan_.assign(call.steps, call.batch, call.lengths);
    assert(plan_.positions() == 0 || x != nullptr);
    check_states("the initial state", call.initial, call.batch);
    reserve(call.steps * call.batch, call.batch);
    copy_initial(call.initial);
    if (plan_.padded()) {
      plan_.gather(x, options_.input_size, x_);
      x = x_;
    } else if (call.training) {
      std::copy_n(x, plan_.positions() * options_.input_size, x_);
      x = x_;
    }
    drop_ = call.training && options_.dropout > 0;
    dropout_ = call.dropout;
    if (drop_) places_.assign(dropout_, plan_);
    const T* input = x;
    std::size_t inputs = options_.input_size;
    for (std::size_t l = 0; l < options_.layers; ++l) {
      if (l > 0 && drop_) {
        places_.drop(team, options_.dropout, dropout_, l, plan_.positions(), width_, input,
                     dropped_[l]);
        input = dropped_[l];
      }
      for (std::size_t d = 0; d < directions_; ++d) {
        layer(l, d).forward(team, plan_, {input, inputs}, initial_of(l, d),
                            {y_[l] + d * options_.hidden_size, width_}, call.training);
      }
      input = y_[l];
      inputs = width_;
    }
    if (call.final != nullptr) copy_final(*call.final);
    trained_ = call.training;
    if (!plan_.padded()) return y_.back();
    plan_.scatter(y_.back(), width_, padded_y_);
    return padded_y_;
  }

  void backward(const ThreadTeam& team, const T* dy, const States<T>* d_final, T* dx,
                States<T>* d_initial) {
    if (!trained_) throw ValueError("backward() was called without a training forward() before it");
    trained_ = false;
    assert(plan_.positions() == 0 || dy != nullptr);
    check_states("the gradient of the final state", d_final, plan_.batch());
    if (d_initial != nullptr) resize_states(*d_initial);
    const std::size_t hidden = options_.hidden_size;
    if (plan_.padded()) {
      plan_.gather(dy, width_, d_output_[1]);
      dy = d_output_[1];
    }
    for (std::size_t l = options_.layers; l-- > 0;) {
      // The gradient of the input of layer l: the caller's array where it can go there directly.
      T* d_input = l > 0 || (dx != nullptr && plan_.padded()) ? d_output_[l % 2] : dx;
      if (dy == d_input) d_input = d_output_[(l + 1) % 2];
      const std::size_t inputs = l > 0 ? width_ : options_.input_size;
      for (std::size_t d = 0; d < directions_; ++d) {
        gather_d_states(d_final, l, d);
        layer(l, d).backward(team, plan_, {dy + d * hidden, width_}, d_state_, {d_input, inputs},
                             d > 0, d_operand_);
        if (d_initial != nullptr) scatter_d_states(*d_initial, l, d);
      }
      if (l > 0 && drop_) {
        places_.drop(team, options_.dropout, dropout_, l, plan_.positions(), width_, d_input,
                     d_input);
      }
      dy = d_input;
    }
    if (dx == nullptr || dy == dx) return;
    if (plan_.padded()) {
      plan_.scatter(dy, options_.input_size, dx);
    } else {
      std::copy_n(dy, plan_.positions() * options_.input_size, dx);
    }
  }

  RecurrentLayer<T>& layer(std::size_t l, std::size_t d) { return layers_[l * directions_ + d]; }

  void check_packed(const Call& call) const {
    if (packed_ == nullptr) return;
    if (call.training) throw ValueError("a pass over packed weights does not train");
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      require_current(packed_->layers[i].is_current(weights_.layers[i]));
    }
  }

  void resize_states(States<T>& states) const {
    const Shape shape = weights_.state_shape(plan_.batch());
    states.resize(weights_.cell.states.size());
    for (Tensor<T>& state : states) {
      if (state.size() == 0 || state.shape() != shape) state = Tensor<T>(shape);
    }
  }

  void check_states(const char* what, const States<T>* states, std::size_t batch) const {
    if (states == nullptr) return;
    if (states->size() != weights_.cell.states.size()) {
      throw ShapeError(std::string(what) + " has " + std::to_string(states->size()) +
                       " arrays; the cell '" + options_.cell.name + "' wants " +
                       std::to_string(weights_.cell.states.size()));
    }
    const Shape shape = weights_.state_shape(batch);
    for (std::size_t k = 0; k < states->size(); ++k) {
      if ((*states)[k].shape() == shape) continue;
      check_shape(std::string(what) + " " + weights_.cell.states[k], (*states)[k].shape(), shape);
    }
  }

  // Row `rank` of layer l, direction d in a caller's states, whose rows are in the batch's order.
  template <class Tensors>
  auto* state_row(Tensors& states, std::size_t k, std::size_t entry, std::size_t rank) const {
    return states[k].data() + (entry * plan_.batch() + plan_.row(rank)) * options_.hidden_size;
  }

  void copy_initial(const States<T>* initial) {
    const std::size_t hidden = options_.hidden_size, batch = plan_.batch();
    for (std::size_t k = 0; k < initial_.size(); ++k) {
      for (std::size_t i = 0; i < layers_.size() * batch; ++i) {
        T* to = initial_[k] + i * hidden;
        if (initial == nullptr) {
          std::fill_n(to, hidden, T(0));
        } else {
          std::copy_n(state_row(*initial, k, i / batch, i % batch), hidden, to);
        }
      }
    }
  }

  const std::vector<const T*>& initial_of(std::size_t l, std::size_t d) {
    const std::size_t entry = l * directions_ + d;
    for (std::size_t k = 0; k < initial_.size(); ++k) {
      layer_initial_[k] = initial_[k] + entry * plan_.batch() * options_.hidden_size;
    }
    return layer_initial_;
  }

  void copy_final(States<T>& final) {
    resize_states(final);
    for (std::size_t entry = 0; entry < layers_.size(); ++entry) {
      for (std::size_t k = 0; k < final.size(); ++k) {
        for (std::size_t rank = 0; rank < plan_.batch(); ++rank) {
          std::copy_n(layers_[entry].state_after(plan_, k, plan_.length(rank), rank),
                      options_.hidden_size, state_row(final, k, entry, rank));
        }
      }
    }
  }

  void gather_d_states(const States<T>* d_final, std::size_t l, std::size_t d) {
    for (std::size_t k = 0; k < d_state_.size(); ++k) {
      for (std::size_t rank = 0; rank < plan_.batch(); ++rank) {
        T* to = d_state_[k] + rank * options_.hidden_size;
        if (d_final == nullptr) {
          std::fill_n(to, options_.hidden_size, T(0));
        } else {
          std::copy_n(state_row(*d_final, k, l * directions_ + d, rank), options_.hidden_size, to);
        }
      }
    }
  }

  void scatter_d_states(States<T>& d_initial, std::size_t l, std::size_t d) const {
    for (std::size_t k = 0; k < d_state_.size(); ++k) {
      for (std::size_t rank = 0; rank < plan_.batch(); ++rank) {
        std::copy_n(d_state_[k] + rank * options_.hidden_size, options_.hidden_size,
                    state_row(d_initial, k, l * directions_ + d, rank));
      }
    }
  }

  const Weights& weights_;
  const Packed* packed_;  // null: the layers pack the weights themselves
  const RecurrenceOptions& options_;
  std::size_t directions_, width_;         // D, D·H
  std::vector<RecurrentLayer<T>> layers_;  // (L·D)

  SequencePlan plan_;
  DropoutPlaces places_;
  bool trained_ = false, drop_ = false;
  DropoutKey dropout_;

  Workspace workspace_;
  std::size_t reserved_positions_ = 0, reserved_batch_ = 0;
  std::vector<T*> y_, dropped_;          // [layer] (P, D·H)
  std::vector<T*> initial_;              // [state] (L·D, N, H), by rank
  std::vector<const T*> layer_initial_;  // [state] (N, H), of one layer and direction
  std::vector<T*> d_state_;              // [state] (N, H), by rank
  T* padded_y_ = nullptr;                // (T, N, D·H)
  T* x_ = nullptr;                       // (P, I)
  T* d_output_[2] = {};     // (P, D·H): gradients of a layer's output and of its input, in turn
  T* d_operand_ = nullptr;  // (N, H)
};

template <class T>
PackedRecurrence<T>::PackedRecurrence(const ThreadTeam& team, const Recurrence<T>& recurrence)
    : implementation_(std::make_unique<Implementation>(team, *recurrence.implementation_)) {}
template <class T>
PackedRecurrence<T>::~PackedRecurrence() = default;
template <class T>
PackedRecurrence<T>::PackedRecurrence(PackedRecurrence&&) noexcept = default;
template <class T>
PackedRecurrence<T>& PackedRecurrence<T>::operator=(PackedRecurrence&&) noexcept = default;

template <class T>
RecurrencePass<T>::RecurrencePass(Recurrence<T>& recurrence)
    : implementation_(std::make_unique<Implementation>(*recurrence.implementation_, nullptr)) {}
template <class T>
RecurrencePass<T>::RecurrencePass(const PackedRecurrence<T>& packed)
    : implementation_(std::make_unique<Implementation>(packed.implementation_->weights,
                                                       packed.implementation_.get())) {}
template <class T>
RecurrencePass<T>::~RecurrencePass() = default;
template <class T>
RecurrencePass<T>::RecurrencePass(RecurrencePass&&) noexcept = default;
template <class T>
RecurrencePass<T>& RecurrencePass<T>::operator=(RecurrencePass&&) noexcept = default;

template <class T>
void RecurrencePass<T>::reserve(std::size_t steps, std::size_t batch) {
  implementation_->reserve(steps * batch, batch);
}

template <class T>
const T* RecurrencePass<T>::forward(const ThreadTeam& team, const T* x, const Call& call) {
  return implementation_->forward(team, x, call);
}

template <class T>
std::pair<Tensor<T>, States<T>> RecurrencePass<T>::operator()(const Tensor<T>& x,
                                                              const States<T>& state) {
  const std::size_t inputs = implementation_->options_.input_size;
  const Shape& shape = x.shape();
  if (shape.rank() != 3 || shape[2] != inputs) {
    throw ShapeError("x has shape " + shape.text() + "; wanted (steps, batch, " +
                     std::to_string(inputs) + ")");
  }
  std::pair<Tensor<T>, States<T>> output;
  auto& [values, final] = output;
  const T* y = implementation_->forward(ThreadTeam(1), x.data(),
                                        {.steps = shape[0],
                                         .batch = shape[1],
                                         .initial = state.empty() ? nullptr : &state,
                                         .final = &final});
  values = Tensor<T>({shape[0], shape[1], implementation_->width_});
  std::copy_n(y, values.size(), values.data());
  return output;
}

template <class T>
void RecurrencePass<T>::backward(const ThreadTeam& team, const T* dy, const States<T>* d_final,
                                 T* dx, States<T>* d_initial) {
  implementation_->backward(team, dy, d_final, dx, d_initial);
}

template <class T>
std::size_t RecurrencePass<T>::workspace_bytes() const {
  return implementation_->workspace_.bytes();
}

template class PackedRecurrence<float>;
template class PackedRecurrence<double>;
template class RecurrencePass<float>;
template class RecurrencePass<double>;

}  // namespace unroll
