#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/head.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/recurrence.h"

#pragma GCC visibility push(default)

namespace unroll {

// What the head reads of a sequence's outputs y (T, D·H). `steps` alone: a prediction a step;
// otherwise the parts that are chosen, side by side in this order: a prediction a sequence.
struct Pooling {
  bool last = true;  // each direction's output where it has read the whole sequence
  bool mean = true;  // over the steps
  bool max = true;   // over the steps, unit by unit
  bool steps = false;

  friend bool operator==(const Pooling&, const Pooling&) = default;
};

// "last+mean+max", "mean", "steps", …, and back; the latter throws ValueError.
std::string pooling_name(const Pooling& pooling);
Pooling parse_pooling(const std::string& name);

// Where every sequence starts.
enum class InitialState : std::uint8_t {
  kZero,
  kTrainable,  // the same for all sequences, trained from zero on
  kGiven,      // the same for all sequences, which training leaves as it is
};
std::string initial_state_name(InitialState state);  // "zero", "trainable", "given"

struct SequenceModelOptions {
  std::size_t input_size = 0;       // I numbers a step, or, when it is 0, one token a step:
  std::size_t vocabulary_size = 0;  // V
  std::size_t embedding_size = 0;   // D_e
  std::size_t hidden_size = 0;      // H
  std::size_t layers = 1;           // L
  bool bidirectional = false;       // D = 2
  CellOptions cell = {};
  Pooling pooling = {};
  HeadOptions head = {};        // what the outputs mean
  std::size_t output_size = 0;  // W: the head's width()
  // While training: on the embeddings, between the recurrent layers, and before the head.
  double dropout = 0;
  InitialState initial_state = InitialState::kZero;
  Bias bias = Bias::kTwo;
  Precision precision = Precision::kFull;  // of the recurrence; kBf16 for T = float alone

  friend bool operator==(const SequenceModelOptions&, const SequenceModelOptions&) = default;
};

// Sequences in, W numbers a sequence or a step out: recurrence, pooling, and a linear head. What
// they mean is the Head's (logits, values, means and variances). This is its parameters:
// encoder.weight (V, D_e) for tokens, rnn.* (see Recurrence), initial.h … (L·D, H) when trainable
// or given, head.weight (W, P·D·H) with P parts of the pooling, head.bias (W), and the
// Head's own parameter where it has one. A SequenceModelPass computes with them.
template <class T>
class SequenceModel {
 public:
  // Throws ValueError for an option out of range.
  explicit SequenceModel(const SequenceModelOptions& options);
  ~SequenceModel();
  SequenceModel(SequenceModel&&) noexcept;
  SequenceModel& operator=(SequenceModel&&) noexcept;

  const SequenceModelOptions& options() const;
  Parameters<T> parameters();
  ConstParameters<T> parameters() const;
  std::size_t parameter_count() const { return trained_size(parameters()); }
  // Draws new values for all parameters; a trainable initial state and the head's own
  // parameter start at zero, a given initial state stays.
  void initialize(const InitializationOptions& options);

  // Lets every sequence start from `states`, each (L·D, H), in the order of state_names():
  // InitialState::kGiven from now on. Adds parameters where the initial state was zero, so that an
  // optimizer has to be made after it. Throws ShapeError for another number or shape, ValueError
  // for numbers that are not finite.
  void set_initial_state(const States<T>& states);
  States<T> initial_state() const;  // as set_initial_state() takes it

  const Head& head() const;
  // The head's own; null where it has none.
  Parameter<T>* head_parameter();
  std::span<const T> head_values() const;  // of it, or empty

  States<T> zero_states(std::size_t batch) const;
  const std::vector<std::string>& state_names() const;

 private:
  template <class>
  friend class PackedSequenceModel;
  template <class>
  friend class SequenceModelPass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class SequenceModel<float>;
extern template class SequenceModel<double>;

}  // namespace unroll

#pragma GCC visibility pop
