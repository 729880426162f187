#include <algorithm>
#include <cmath>
#include <numeric>

#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/infer/session.h"

namespace unroll {

Sampler::Sampler(const SamplerOptions& options) : options_(options) {
  if (!(options.temperature >= 0) || std::isinf(options.temperature)) {
    throw ValueError("temperature is " + std::to_string(options.temperature) +
                     "; wanted a number >= 0");
  }
  if (!(options.top_p > 0 && options.top_p <= 1)) {
    throw ValueError("top_p is " + std::to_string(options.top_p) + "; wanted 0 < top_p <= 1");
  }
}

template <class T>
std::uint32_t Sampler::sample(std::span<const T> logits, const std::vector<bool>* forbidden) {
  if (forbidden != nullptr && forbidden->size() != logits.size()) {
    throw ValueError("there are " + std::to_string(forbidden->size()) +
                     " flags of forbidden tokens for " + std::to_string(logits.size()) + " logits");
  }
  // The tokens that may be drawn, most likely first; equally likely ones by id.
  order_.clear();
  for (std::uint32_t token = 0; token < logits.size(); ++token) {
    if (std::isnan(logits[token])) throw NumericError("a logit is NaN; the model is damaged");
    if (forbidden == nullptr || !(*forbidden)[token]) order_.push_back(token);
  }
  if (order_.empty()) throw ValueError("every token is forbidden");
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  };
  const std::uint64_t draw = draws_++;
  if (options_.temperature == 0) return *std::min_element(order_.begin(), order_.end(), before);
  if (options_.top_k > 0 && options_.top_k < order_.size()) {
    const auto end = order_.begin() + static_cast<std::ptrdiff_t>(options_.top_k);
    std::nth_element(order_.begin(), end, order_.end(), before);
    order_.resize(options_.top_k);
  }
  std::sort(order_.begin(), order_.end(), before);

  probabilities_.resize(order_.size());
  const double largest = double{logits[order_.front()]};
  for (std::size_t i = 0; i < order_.size(); ++i) {
    probabilities_[i] = std::exp((double{logits[order_[i]]} - largest) / options_.temperature);
  }
  const double sum = std::accumulate(probabilities_.begin(), probabilities_.end(), 0.0);
  if (!std::isfinite(sum)) throw NumericError("the logits are not finite; the model is damaged");
  // The shortest prefix that has the probability top_p.
  std::size_t kept = 0;
  double mass = 0;
  while (kept < order_.size() && (kept == 0 || mass < options_.top_p * sum))
    mass += probabilities_[kept++];

  double left = Random(options_.seed, RandomUse::kSampling).uniform(draw) * mass;
  for (std::size_t i = 0; i < kept; ++i) {
    left -= probabilities_[i];
    if (left < 0) return order_[i];
  }
  return order_[kept - 1];
}

template std::uint32_t Sampler::sample<float>(std::span<const float>, const std::vector<bool>*);
template std::uint32_t Sampler::sample<double>(std::span<const double>, const std::vector<bool>*);

}  // namespace unroll
