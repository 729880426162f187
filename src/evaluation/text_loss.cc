#include "unroll/evaluation/text_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace unroll {

double TextLoss::perplexity() const { return std::exp(mean()); }
double TextLoss::bits_per_token() const { return mean() / std::numbers::ln2; }

template <class T>
TextLoss text_loss(LanguageModelPass<T>& pass, const ThreadTeam& team,
                   std::span<const std::uint32_t> tokens, std::optional<std::uint32_t> start) {
  // Enough steps that the input and output products are large; the recurrence has one row.
  constexpr std::size_t kSteps = 128;
  std::vector<std::uint32_t> inputs(tokens.size());
  if (start && !tokens.empty()) inputs[0] = *start;
  for (std::size_t i = 1; i < tokens.size(); ++i) inputs[i] = tokens[i - 1];
  States<T> state = pass.zero_states(1);
  TextLoss loss;
  for (std::size_t i = start ? 0 : 1; i < tokens.size(); i += kSteps) {
    const std::size_t steps = std::min(kSteps, tokens.size() - i);
    loss.nats += pass.loss(team, {steps, 1, &inputs[i], &tokens[i]}, state);
    loss.tokens += steps;
  }
  return loss;
}

template <class T>
TextLoss text_loss(const LanguageModel<T>& model, const ThreadTeam& team,
                   std::span<const std::uint32_t> tokens, std::optional<std::uint32_t> start) {
  const PackedLanguageModel<T> packed(team, model);
  LanguageModelPass<T> pass(packed);
  return text_loss(pass, team, tokens, start);
}

template TextLoss text_loss(const LanguageModel<float>&, const ThreadTeam&,
                            std::span<const std::uint32_t>, std::optional<std::uint32_t>);
template TextLoss text_loss(const LanguageModel<double>&, const ThreadTeam&,
                            std::span<const std::uint32_t>, std::optional<std::uint32_t>);
template TextLoss text_loss(LanguageModelPass<float>&, const ThreadTeam&,
                            std::span<const std::uint32_t>, std::optional<std::uint32_t>);
template TextLoss text_loss(LanguageModelPass<double>&, const ThreadTeam&,
                            std::span<const std::uint32_t>, std::optional<std::uint32_t>);

}  // namespace unroll
