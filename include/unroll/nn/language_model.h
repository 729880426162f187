#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/initialization.h"
#include "unroll/nn/parameter.h"
#include "unroll/nn/recurrence.h"

#pragma GCC visibility push(default)

namespace unroll {

struct LanguageModelOptions {
  std::size_t vocabulary_size = 0;  // V
  std::size_t embedding_size = 0;   // D
  std::size_t hidden_size = 0;      // H
  std::size_t layers = 1;           // L
  CellOptions cell = {};
  // While training: on the embeddings, between the recurrent layers, and before the output layer,
  // but not from step to step. Source: Zaremba, Sutskever, Vinyals 2014.
  double dropout = 0;
  bool tied =
      false;  // the output layer's weight is the embedding's; D = H. Source: Press, Wolf 2017
  Bias bias = Bias::kTwo;
  Precision precision = Precision::kFull;  // of all products; kBf16 for T = float alone

  friend bool operator==(const LanguageModelOptions&, const LanguageModelOptions&) = default;
};

// Tokens of T steps of N lanes, time-major, all below V.
struct TokenWindow {
  std::size_t steps, batch;      // T, N
  const std::uint32_t* inputs;   // (T, N)
  const std::uint32_t* targets;  // (T, N)
};

// Embedding, recurrence, and a softmax over the vocabulary: predicts the next token of a text.
// Parameters: encoder.weight (V, D), rnn.* (see Recurrence), decoder.weight (V, H) unless tied, and
// decoder.bias (V). The (T·N, V) logits never exist as a whole.
template <class T>
class LanguageModel {
 public:
  // Throws ValueError for an option out of range.
  explicit LanguageModel(const LanguageModelOptions& options);
  ~LanguageModel();
  LanguageModel(LanguageModel&&) noexcept;
  LanguageModel& operator=(LanguageModel&&) noexcept;

  const LanguageModelOptions& options() const;
  Parameters<T> parameters();
  std::size_t parameter_count();
  // Draws new values for all parameters; see Initialization. Without it they are zero.
  void initialize(const InitializationOptions& options);

  States<T> zero_states(std::size_t batch) const;
  const std::vector<std::string>& state_names() const;

  // The sum over the window of -ln p(target), in nats. `state`: in, the initial one; out, the
  // final.
  double loss(const ThreadTeam& team, const TokenWindow& window, States<T>& state);

  // The same with dropout, and writes the gradient of `scale` times that sum for every parameter:
  // scale = 1/(T·N) makes it the mean over tokens, 1/N the sum over steps and mean over lanes.
  // `d_final` and `d_initial` may be null: gradients of the final and initial states.
  double loss_and_gradient(const ThreadTeam& team, const TokenWindow& window, States<T>& state,
                           double scale, const DropoutKey& dropout,
                           const States<T>* d_final = nullptr, States<T>* d_initial = nullptr);

  // One step: tokens (N) -> logits (N, V), before the softmax, of the token that follows. `state`:
  // in and out.
  void step(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t batch,
            States<T>& state, T* logits);

  std::size_t workspace_bytes() const;

 private:
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class LanguageModel<float>;
extern template class LanguageModel<double>;

}  // namespace unroll

#pragma GCC visibility pop
