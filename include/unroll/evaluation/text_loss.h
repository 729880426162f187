#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"
#include "unroll/nn/language_model.h"
#include "unroll/nn/language_model_pass.h"

#pragma GCC visibility push(default)

namespace unroll {

// The loss of a text, read as one sequence, its state carried from the first token to the last.
struct TextLoss {
  double nats = 0;           // sum of -ln p
  std::uint64_t tokens = 0;  // predicted tokens

  double mean() const { return tokens == 0 ? 0 : nats / static_cast<double>(tokens); }
  double perplexity() const;      // exp(mean)
  double bits_per_token() const;  // mean / ln 2
};
template <class T>
UNROLL_PUBLIC TextLoss text_loss(const LanguageModel<T>& model, const ThreadTeam& team,
                                 std::span<const std::uint32_t> tokens,
                                 std::optional<std::uint32_t> start);
template <class T>
UNROLL_PUBLIC TextLoss text_loss(LanguageModelPass<T>& pass, const ThreadTeam& team,
                                 std::span<const std::uint32_t> tokens,
                                 std::optional<std::uint32_t> start);

}  // namespace unroll

#pragma GCC visibility pop
