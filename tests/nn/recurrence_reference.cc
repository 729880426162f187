#include "nn/recurrence_reference.h"

#include <algorithm>
#include <cmath>

#include "nn/cells/cell.h"

namespace unroll {
namespace {

// One layer, one direction, one row of the batch.
template <class T>
class ReferenceRow {
 public:
  ReferenceRow(const RecurrenceOptions& options, std::size_t inputs,
               const std::vector<Parameter<T>*>& parameters, std::vector<Tensor<T>*> gradients)
      : cell_(find_cell(options.cell)),
        functions_(cell_.reference<T>()),
        inputs_(inputs),
        hidden_(options.hidden_size),
        parameters_(parameters),
        gradients_(std::move(gradients)) {}

  using Vector = std::vector<T>;

  // x[t] (I) for the steps in the order of this direction; state[k] (H). Returns h of every step.
  std::vector<Vector> forward(const std::vector<Vector>& x, std::vector<Vector> state) {
    x_ = x;
    states_ = {state};
    std::vector<Vector> y;
    for (const Vector& input : x) {
      Vector a(cell_.slots.size() * hidden_);
      for (std::size_t s = 0; s < cell_.slots.size(); ++s) {
        if (!cell_.slots[s].is_vector()) continue;
        for (std::size_t u = 0; u < hidden_; ++u) {
          a[s * hidden_ + u] = find("vectors").value->value()[cell_.slots[s].gate * hidden_ + u];
        }
      }
      Vector bias(a.size());
      for (std::size_t s = 0; s < cell_.slots.size(); ++s) {
        for (std::size_t u = 0; u < hidden_; ++u) {
          const std::size_t row = cell_.slots[s].gate * hidden_ + u, i = s * hidden_ + u;
          if (cell_.slots[s].input) {
            a[i] += product("weight_ih", row, input);
            bias[i] += bias_of("bias_ih", row);
          }
          if (cell_.slots[s].recurrent && first_product(s)) {
            a[i] += product("weight_hh", row, state[0]);
            bias[i] += bias_of("bias_hh", row);
          }
        }
      }
      normal_.emplace_back(a.size());
      inverse_.emplace_back(cell_.row_stages.size());
      normalize(false, a);
      for (std::size_t i = 0; i < a.size(); ++i) a[i] += bias[i];
      Vector operand(hidden_);
      std::vector<Vector> next = state;
      call(functions_.gate, a, state, next, operand);
      for (std::size_t s = 0; s < cell_.slots.size(); ++s) {
        if (!cell_.slots[s].recurrent || first_product(s)) continue;
        for (std::size_t u = 0; u < hidden_; ++u) {
          const std::size_t row = cell_.slots[s].gate * hidden_ + u;
          a[s * hidden_ + u] += product("weight_hh", row, operand) + bias_of("bias_hh", row);
        }
      }
      call(functions_.forward, a, state, next, operand);
      normalize(true, a);
      call(functions_.output, a, state, next, operand);
      a_.push_back(a);
      operand_.push_back(operand);
      states_.push_back(next);
      y.push_back(next[0]);
      state = next;
    }
    return y;
  }

  const std::vector<Vector>& final_state() const { return states_.back(); }

  // dy[t] (H) and d_state[k] (H): in, of the final state; out, of the initial one. Returns dx[t]
  // (I).
  std::vector<Vector> backward(const std::vector<Vector>& dy, std::vector<Vector>& d_state) {
    std::vector<Vector> dx(x_.size(), Vector(inputs_));
    for (std::size_t t = x_.size(); t-- > 0;) {
      for (std::size_t u = 0; u < hidden_; ++u) d_state[0][u] += dy[t][u];
      Vector a = a_[t];
      Vector d_operand(hidden_);
      if (functions_.output_backward != nullptr) {
        call_backward(functions_.output_backward, a, states_[t], states_[t + 1], d_state,
                      d_operand);
        normalize_backward(true, t, a);
      }
      call_backward(functions_.backward, a, states_[t], states_[t + 1], d_state, d_operand);
      if (functions_.gate_backward != nullptr) {
        through_product(a, false, t, operand_[t], d_operand, dx[t]);
        call_backward(functions_.gate_backward, a, states_[t], states_[t + 1], d_state, d_operand);
      }
      d_biases(a);
      normalize_backward(false, t, a);
      through_product(a, true, t, states_[t][0], d_state[0], dx[t]);
    }
    return dx;
  }

 private:
  bool first_product(std::size_t slot) const {
    return cell_.slots[slot].gate < cell_.second_product;
  }
  // Element `row` of a bias, zero where there is none.
  T bias_of(const std::string& bias, std::size_t row) const {
    return find(bias).value != nullptr ? find(bias).value->value()[row] : T(0);
  }
  // Row `row` of parameter `weight` times `input`, or times the block of it that the row sees: of
  // several heads, that of its own unit.
  T product(const char* weight, std::size_t row, const Vector& input) const {
    const Parameter<T>& w = *find(weight).value;
    const std::size_t width = w.shape()[1], begin = block_begin(row, width, input.size());
    T sum = 0;
    for (std::size_t k = 0; k < width; ++k) sum += w.value()[row * width + k] * input[begin + k];
    return sum;
  }
  std::size_t block_begin(std::size_t row, std::size_t width, std::size_t size) const {
    return width == size ? 0 : row % hidden_ / width * width;
  }

  // A parameter of this layer and its gradient, or nulls. Its name ends in the layer's suffix.
  struct Found {
    const Parameter<T>* value;
    Tensor<T>* gradient;
  };
  Found find(const std::string& kind) const {
    const std::string part = "." + (kind == "vectors" ? cell_.vectors : kind) + "_l";
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      if (parameters_[p]->name().find(part) != std::string::npos) {
        return {parameters_[p], gradients_[p]};
      }
    }
    return {};
  }

  // Adds what d(pre-activations) of the first or second product's slots give to the weights, to
  // what the recurrent product multiplied, and to the input.
  void through_product(const Vector& da, bool first, std::size_t t, const Vector& multiplied,
                       Vector& d_multiplied, Vector& dx) {
    for (std::size_t s = 0; s < cell_.slots.size(); ++s) {
      if (first_product(s) != first) continue;
      for (std::size_t u = 0; u < hidden_; ++u) {
        const std::size_t row = cell_.slots[s].gate * hidden_ + u;
        const T d = da[s * hidden_ + u];
        if (cell_.slots[s].is_vector()) (*find("vectors").gradient)[row] += d;
        if (cell_.slots[s].input) add("weight_ih", row, d, x_[t], dx);
        if (cell_.slots[s].recurrent) add("weight_hh", row, d, multiplied, d_multiplied);
      }
    }
  }
  // A bias is added after the normalisation.
  void d_biases(const Vector& da) {
    for (std::size_t s = 0; s < cell_.slots.size(); ++s) {
      for (std::size_t u = 0; u < hidden_; ++u) {
        const std::size_t row = cell_.slots[s].gate * hidden_ + u;
        if (cell_.slots[s].input) add_bias("bias_ih", row, da[s * hidden_ + u]);
        if (cell_.slots[s].recurrent) add_bias("bias_hh", row, da[s * hidden_ + u]);
      }
    }
  }
  void add_bias(const char* bias, std::size_t row, T d) {
    const Found b = find(bias);
    if (b.value != nullptr && b.value->trainable) (*b.gradient)[row] += d;
  }
  void add(const char* weight, std::size_t row, T d, const Vector& input, Vector& d_input) {
    const Found w = find(weight);
    const std::size_t width = w.value->shape()[1];
    const std::size_t begin = block_begin(row, width, input.size());
    for (std::size_t k = 0; k < width; ++k) {
      (*w.gradient)[row * width + k] += d * input[begin + k];
      d_input[begin + k] += d * w.value->value()[row * width + k];
    }
  }

  // Elements begin … end - 1 of `a` become gain x̂, plus bias_<name> of inner slots.
  void normalize(bool inner, Vector& a) {
    for (std::size_t k = 0; k < cell_.row_stages.size(); ++k) {
      const RowStage& stage = cell_.row_stages[k];
      if (cell_.slots[stage.slot].inner != inner) continue;
      const std::size_t begin = stage.slot * hidden_, count = stage.count * hidden_;
      T mean = 0, variance = 0;
      for (std::size_t i = 0; i < count; ++i) mean += a[begin + i] / static_cast<T>(count);
      for (std::size_t i = 0; i < count; ++i) {
        variance += (a[begin + i] - mean) * (a[begin + i] - mean) / static_cast<T>(count);
      }
      inverse_.back()[k] = 1 / std::sqrt(variance + T(1e-5));
      for (std::size_t i = 0; i < count; ++i) {
        const T normal = (a[begin + i] - mean) * inverse_.back()[k];
        normal_.back()[begin + i] = normal;
        a[begin + i] = find("gain_" + stage.name).value->value()[i] * normal;
        if (inner) a[begin + i] += bias_of("bias_" + stage.name, i);
      }
    }
  }
  void normalize_backward(bool inner, std::size_t t, Vector& d) {
    for (std::size_t k = 0; k < cell_.row_stages.size(); ++k) {
      const RowStage& stage = cell_.row_stages[k];
      if (cell_.slots[stage.slot].inner != inner) continue;
      const std::size_t begin = stage.slot * hidden_, count = stage.count * hidden_;
      const Found gain = find("gain_" + stage.name);
      T mean = 0, along = 0;
      for (std::size_t i = 0; i < count; ++i) {
        T& dy = d[begin + i];
        const T normal = normal_[t][begin + i];
        if (inner) add_bias(("bias_" + stage.name).c_str(), i, dy);
        (*gain.gradient)[i] += dy * normal;
        dy *= gain.value->value()[i];
        mean += dy / static_cast<T>(count), along += dy * normal / static_cast<T>(count);
      }
      for (std::size_t i = 0; i < count; ++i) {
        d[begin + i] = (d[begin + i] - mean - normal_[t][begin + i] * along) * inverse_[t][k];
      }
    }
  }

  template <class P>
  static std::vector<P> pointers(std::vector<Vector>& vectors) {
    std::vector<P> pointers;
    for (Vector& vector : vectors) pointers.push_back(vector.data());
    return pointers;
  }
  void call(void (*function)(const CellStep<T>&), Vector& a, std::vector<Vector>& previous,
            std::vector<Vector>& next, Vector& operand) const {
    if (function == nullptr) return;
    T* const a_row = a.data();
    T* const operand_row = operand.data();
    const auto from = pointers<const T*>(previous);
    const auto to = pointers<T*>(next);
    std::vector<const T* const*> from_rows;
    std::vector<T* const*> to_rows;
    for (std::size_t k = 0; k < from.size(); ++k) {
      from_rows.push_back(&from[k]);
      to_rows.push_back(&to[k]);
    }
    function({1, 0, hidden_, hidden_, &a_row, from_rows.data(), to_rows.data(), &operand_row});
  }
  void call_backward(void (*function)(const CellStepBackward<T>&), Vector& a,
                     std::vector<Vector>& previous, std::vector<Vector>& next,
                     std::vector<Vector>& d_state, Vector& d_operand) const {
    T* const a_row = a.data();
    const T* const d_operand_row = d_operand.data();
    const auto before = pointers<const T*>(previous), after = pointers<const T*>(next);
    const auto gradient = pointers<T*>(d_state);
    std::vector<const T*const*> before_rows, after_rows;
    std::vector<T* const*> gradient_rows;
    for (std::size_t k = 0; k < before.size(); ++k) {
      before_rows.push_back(&before[k]);
      after_rows.push_back(&after[k]);
      gradient_rows.push_back(&gradient[k]);
    }
    function({1, 0, hidden_, hidden_, &a_row, before_rows.data(), after_rows.data(),
              gradient_rows.data(), nullptr, &d_operand_row});
  }

  const Cell& cell_;
  const CellFunctions<T>& functions_;
  std::size_t inputs_, hidden_;
  std::vector<Parameter<T>*> parameters_;  // of this layer and direction
  std::vector<Tensor<T>*> gradients_;

  std::vector<Vector> x_, a_, operand_, normal_, inverse_;
  std::vector<std::vector<Vector>> states_;
};

}  // namespace

template <class T>
ReferenceRecurrence<T> reference_recurrence(const RecurrenceOptions& options,
                                            const Parameters<T>& parameters, const T* x,
                                            const std::vector<std::size_t>& lengths,
                                            std::size_t steps, const States<T>* initial,
                                            const T* dy, const States<T>* d_final) {
  using Vector = std::vector<T>;
  const std::size_t directions = options.bidirectional ? 2 : 1, hidden = options.hidden_size;
  const std::size_t width = directions * hidden, batch = lengths.size();
  const std::size_t states = find_cell(options.cell).states.size();
  const std::size_t per_layer = parameters.size() / options.layers / directions;
  const Shape state_shape({options.layers * directions, batch, hidden});

  ReferenceRecurrence<T> result;
  result.y.assign(steps * batch * width, T(0));
  result.dx.assign(steps * batch * options.input_size, T(0));
  result.final.assign(states, Tensor<T>(state_shape));
  result.d_initial.assign(states, Tensor<T>(state_shape));
  for (const Parameter<T>* parameter : parameters) result.gradient.emplace_back(parameter->shape());

  for (std::size_t n = 0; n < batch; ++n) {
    std::vector<Vector> input(lengths[n]);
    for (std::size_t t = 0; t < lengths[n]; ++t) {
      const T* row = x + (t * batch + n) * options.input_size;
      input[t].assign(row, row + options.input_size);
    }
    std::vector<ReferenceRow<T>> rows;
    for (std::size_t entry = 0; entry < options.layers * directions; ++entry) {
      std::vector<Tensor<T>*> gradients;
      for (std::size_t p = 0; p < per_layer; ++p) {
        gradients.push_back(&result.gradient[entry * per_layer + p]);
      }
      const auto first = parameters.begin() + static_cast<std::ptrdiff_t>(entry * per_layer);
      rows.emplace_back(
          options, entry < directions ? options.input_size : width,
          std::vector<Parameter<T>*>(first, first + static_cast<std::ptrdiff_t>(per_layer)),
          gradients);
    }
    const auto state_row = [&](auto& of, std::size_t k, std::size_t entry) {
      return of[k].data() + (entry * batch + n) * hidden;
    };
    const auto reversed = [](std::vector<Vector> v, bool reverse) {
      return reverse ? std::vector<Vector>(v.rbegin(), v.rend()) : v;
    };
    for (std::size_t l = 0; l < options.layers; ++l) {
      std::vector<Vector> output(lengths[n]);
      for (std::size_t d = 0; d < directions; ++d) {
        const std::size_t entry = l * directions + d;
        std::vector<Vector> state(states, Vector(hidden));
        for (std::size_t k = 0; initial != nullptr && k < states; ++k) {
          state[k].assign(state_row(*initial, k, entry), state_row(*initial, k, entry) + hidden);
        }
        const auto y = reversed(rows[entry].forward(reversed(input, d == 1), state), d == 1);
        for (std::size_t t = 0; t < y.size(); ++t) {
          output[t].insert(output[t].end(), y[t].begin(), y[t].end());
        }
        for (std::size_t k = 0; k < states; ++k) {
          std::copy_n(rows[entry].final_state()[k].begin(), hidden,
                      state_row(result.final, k, entry));
        }
      }
      input = output;
    }
    for (std::size_t t = 0; t < lengths[n]; ++t) {
      std::copy_n(input[t].begin(), width,
                  result.y.begin() + static_cast<std::ptrdiff_t>((t * batch + n) * width));
    }
    if (dy == nullptr) continue;
    std::vector<Vector> d_output(lengths[n]);
    for (std::size_t t = 0; t < lengths[n]; ++t) {
      const T* row = dy + (t * batch + n) * width;
      d_output[t].assign(row, row + width);
    }
    for (std::size_t l = options.layers; l-- > 0;) {
      const std::size_t inputs = l == 0 ? options.input_size : width;
      std::vector<Vector> d_input(lengths[n], Vector(inputs));
      for (std::size_t d = 0; d < directions; ++d) {
        const std::size_t entry = l * directions + d;
        std::vector<Vector> d_h(lengths[n]), d_state(states, Vector(hidden));
        for (std::size_t t = 0; t < lengths[n]; ++t) {
          const auto first = d_output[t].begin() + static_cast<std::ptrdiff_t>(d * hidden);
          d_h[t].assign(first, first + static_cast<std::ptrdiff_t>(hidden));
        }
        for (std::size_t k = 0; d_final != nullptr && k < states; ++k) {
          d_state[k].assign(state_row(*d_final, k, entry), state_row(*d_final, k, entry) + hidden);
        }
        const auto dx = reversed(rows[entry].backward(reversed(d_h, d == 1), d_state), d == 1);
        for (std::size_t t = 0; t < lengths[n]; ++t) {
          for (std::size_t i = 0; i < inputs; ++i) d_input[t][i] += dx[t][i];
        }
        for (std::size_t k = 0; k < states; ++k) {
          std::copy_n(d_state[k].begin(), hidden, state_row(result.d_initial, k, entry));
        }
      }
      d_output = d_input;
    }
    for (std::size_t t = 0; t < lengths[n]; ++t) {
      std::copy_n(
          d_output[t].begin(), options.input_size,
          result.dx.begin() + static_cast<std::ptrdiff_t>((t * batch + n) * options.input_size));
    }
  }
  return result;
}

template ReferenceRecurrence<float> reference_recurrence(const RecurrenceOptions&,
                                                         const Parameters<float>&, const float*,
                                                         const std::vector<std::size_t>&,
                                                         std::size_t, const States<float>*,
                                                         const float*, const States<float>*);
template ReferenceRecurrence<double> reference_recurrence(const RecurrenceOptions&,
                                                          const Parameters<double>&, const double*,
                                                          const std::vector<std::size_t>&,
                                                          std::size_t, const States<double>*,
                                                          const double*, const States<double>*);

}  // namespace unroll
