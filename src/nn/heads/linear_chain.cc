#include "nn/heads/linear_chain.h"

#include <cmath>

namespace unroll {

// log Σ exp f(k) over k of the range.
template <class Function>
double LinearChain::log_sum_exp(Range range, const Function& f) {
  double largest = f(range.first), sum = 0;
  for (std::size_t k = range.first + 1; k < range.last; ++k) largest = std::fmax(largest, f(k));
  for (std::size_t k = range.first; k < range.last; ++k) sum += std::exp(f(k) - largest);
  return largest + std::log(sum);
}

void LinearChain::assign(std::size_t steps) {
  steps_ = steps;
  x_.resize(steps * labels_);
  allow_all();
}

// 1. alpha[t][j] = x[t][j] + log Σ_i exp(alpha[t-1][i] + A[i][j])
// 2. beta[t][i] = log Σ_j exp(A[i][j] + x[t+1][j] + beta[t+1][j])
// 3. log Z = log Σ_j exp(alpha[T][j] + A[K+1][j])
double LinearChain::log_partition() {
  alpha_.resize(steps_ * labels_), beta_.resize(steps_ * labels_);
  for (std::size_t t = 0; t < steps_; ++t) {
    for (std::size_t j = ranges_[t].first; j < ranges_[t].last; ++j) {
      alpha_[t * labels_ + j] =
          x(t, j) + (t == 0 ? start(j) : log_sum_exp(ranges_[t - 1], [&](std::size_t i) {
            return alpha(t - 1, i) + transition(i, j);
          }));
    }
  }
  for (std::size_t t = steps_; t-- > 0;) {
    for (std::size_t i = ranges_[t].first; i < ranges_[t].last; ++i) {
      beta_[t * labels_ + i] =
          t + 1 == steps_ ? end(i) : log_sum_exp(ranges_[t + 1], [&](std::size_t j) {
            return transition(i, j) + x(t + 1, j) + beta(t + 1, j);
          });
    }
  }
  log_z_ = log_sum_exp(ranges_[steps_ - 1],
                       [&](std::size_t j) { return alpha(steps_ - 1, j) + end(j); });
  return log_z_;
}

double LinearChain::marginal(std::size_t t, std::size_t j) const {
  const bool allowed = j >= ranges_[t].first && j < ranges_[t].last;
  return allowed ? std::exp(alpha(t, j) + beta(t, j) - log_z_) : 0;
}

void LinearChain::add_gradient(double factor, std::vector<double>& d_x,
                               std::vector<double>& d_transitions) const {
  for (std::size_t t = 0; t < steps_; ++t) {
    for (std::size_t j = ranges_[t].first; j < ranges_[t].last; ++j) {
      const double p = factor * marginal(t, j);
      d_x[t * labels_ + j] += p;
      if (t == 0) d_transitions[labels_ * labels_ + j] += p;
      if (t + 1 == steps_) d_transitions[(labels_ + 1) * labels_ + j] += p;
      if (t == 0) continue;
      for (std::size_t i = ranges_[t - 1].first; i < ranges_[t - 1].last; ++i) {
        d_transitions[i * labels_ + j] +=
            factor * std::exp(alpha(t - 1, i) + transition(i, j) + x(t, j) + beta(t, j) - log_z_);
      }
    }
  }
}

// Viterbi's algorithm:
//   best[t][j] = x[t][j] + max_i (best[t-1][i] + A[i][j])
const std::vector<std::uint32_t>& LinearChain::best_labels() {
  best_.resize(steps_ * labels_), from_.resize(steps_ * labels_), path_.resize(steps_);
  for (std::size_t t = 0; t < steps_; ++t) {
    for (std::size_t j = 0; j < labels_; ++j) {
      double largest = t == 0 ? start(j) : best_[(t - 1) * labels_] + transition(0, j);
      std::uint32_t from = 0;
      for (std::size_t i = 1; t > 0 && i < labels_; ++i) {
        const double score = best_[(t - 1) * labels_ + i] + transition(i, j);
        if (score > largest) largest = score, from = static_cast<std::uint32_t>(i);
      }
      best_[t * labels_ + j] = x(t, j) + largest;
      from_[t * labels_ + j] = from;
    }
  }
  const double* last = best_.data() + (steps_ - 1) * labels_;
  std::uint32_t label = 0;
  for (std::size_t j = 1; j < labels_; ++j) {
    if (last[j] + end(j) > last[label] + end(label)) label = static_cast<std::uint32_t>(j);
  }
  for (std::size_t t = steps_; t-- > 0; label = from_[t * labels_ + label]) {
    path_[t] = label;
  }
  return path_;
}

}  // namespace unroll
