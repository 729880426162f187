#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/tensor.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/initialization.h"
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

// Embedding, recurrence, and a softmax over the vocabulary: predicts the next token of a text. This
// is its parameters: encoder.weight (V, D), rnn.* (see Recurrence), decoder.weight (V, H) unless
// tied, and decoder.bias (V). A LanguageModelPass computes with them.
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
  ConstParameters<T> parameters() const;
  std::size_t parameter_count() const { return trained_size(parameters()); }
  // Draws new values for all parameters; see Initialization. Without it they are zero.
  void initialize(const InitializationOptions& options);

  States<T> zero_states(std::size_t batch) const;
  const std::vector<std::string>& state_names() const;

 private:
  template <class>
  friend class PackedLanguageModel;
  template <class>
  friend class LanguageModelPass;
  class UNROLL_PRIVATE Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class LanguageModel<float>;
extern template class LanguageModel<double>;

}  // namespace unroll

#pragma GCC visibility pop
