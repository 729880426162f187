#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/nn/language_model.h"
#include "unroll/nn/language_model_pass.h"

#pragma GCC visibility push(default)

namespace unroll {

// Steps a language model token by token and keeps its state.
template <class T>
class Session {
 public:
  // Packs the weights for itself. The model must outlive the session and keep its values.
  explicit Session(const LanguageModel<T>& model, int threads = 1);
  // Shares packed weights with other sessions, in any threads. They must outlive it.
  explicit Session(const PackedLanguageModel<T>& packed, int threads = 1);

  void reset();  // back to the zero state

  // Feeds one token; the logits (V) of the one after it stay valid until the next call. Throws
  // ValueError for a token that is not below V.
  std::span<const T> step(std::uint32_t token);

  // The state, to be kept, restored or edited: (L, 1, H) each.
  States<T>& state() { return state_; }
  const States<T>& state() const { return state_; }

 private:
  ThreadTeam team_;
  std::unique_ptr<const PackedLanguageModel<T>> own_;
  LanguageModelPass<T> pass_;
  States<T> state_;
  std::vector<T> logits_;
};

struct SamplerOptions {
  double temperature = 1;  // > 0, logits are divided by it; 0 takes the most likely token
  std::size_t top_k = 0;   // only the k most likely tokens; 0: all
  double top_p = 1;  // only the most likely tokens that together have this probability; (0, 1]
  std::uint64_t seed = 0;
};

// Draws tokens. Draw number i is a function of the seed, i and the logits alone.
class Sampler {
 public:
  // Throws ValueError for an option out of range.
  explicit Sampler(const SamplerOptions& options);

  // Never returns a token of which `forbidden` (V) says so (null: none). Throws NumericError when
  // the logits are not numbers, and ValueError for another size of `forbidden`, or where it leaves
  // no token.
  template <class T>
  std::uint32_t sample(std::span<const T> logits, const std::vector<bool>* forbidden = nullptr);

 private:
  SamplerOptions options_;
  std::uint64_t draws_ = 0;
  std::vector<double> probabilities_;
  std::vector<std::uint32_t> order_;
};

extern template class Session<float>;
extern template class Session<double>;

}  // namespace unroll

#pragma GCC visibility pop
