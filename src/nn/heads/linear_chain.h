#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace unroll {

// The labels k of one sequence, with outputs x (T, K) and transitions A (K+2, K), have the score
//   s(k) = A[K][k_1] + Σ_t x[t][k_t] + Σ_{t>1} A[k_{t-1}][k_t] + A[K+1][k_T]
// and, in proportion to exp s(k), a probability. The memory is that of the longest sequence so far.
class LinearChain {
 public:
  LinearChain(std::size_t labels, std::vector<double> transitions)
      : labels_(labels), transitions_(std::move(transitions)) {}

  // A sequence of T >= 1 steps, whose outputs(t) (K) are still to be written, and of which each
  // step may have any label.
  void assign(std::size_t steps);
  double* outputs(std::size_t t) { return x_.data() + t * labels_; }
  std::size_t steps() const { return steps_; }

  void restrict_to(std::size_t t, std::size_t label) { ranges_[t] = {label, label + 1}; }
  void allow_all() { ranges_.assign(steps_, {0, labels_}); }

  // log Z = log Σ exp s(k) over the labels that are allowed.
  double log_partition();
  // After log_partition(): the probability of a label at a step.
  double marginal(std::size_t t, std::size_t label) const;
  // After log_partition(): d(log Z)/dx and d(log Z)/dA, times `factor`, are added to d_x (T, K) and
  // d_transitions.
  void add_gradient(double factor, std::vector<double>& d_x,
                    std::vector<double>& d_transitions) const;

  // The labels (T) with the largest score, whatever is allowed.
  const std::vector<std::uint32_t>& best_labels();

 private:
  // Labels that a step may have: [first, last).
  struct Range {
    std::size_t first, last;
  };
  template <class Function>
  static double log_sum_exp(Range range, const Function& f);

  double x(std::size_t t, std::size_t j) const { return x_[t * labels_ + j]; }
  double alpha(std::size_t t, std::size_t j) const { return alpha_[t * labels_ + j]; }
  double beta(std::size_t t, std::size_t j) const { return beta_[t * labels_ + j]; }
  double transition(std::size_t i, std::size_t j) const { return transitions_[i * labels_ + j]; }
  double start(std::size_t j) const { return transition(labels_, j); }
  double end(std::size_t j) const { return transition(labels_ + 1, j); }

  std::size_t labels_, steps_ = 0;    // K, T
  std::vector<double> transitions_;   // (K+2, K)
  std::vector<double> x_;             // (T, K)
  std::vector<Range> ranges_;         // (T)
  std::vector<double> alpha_, beta_;  // (T, K)
  double log_z_ = 0;
  std::vector<double> best_;         // (T, K)
  std::vector<std::uint32_t> from_;  // (T, K)
  std::vector<std::uint32_t> path_;  // (T)
};

}  // namespace unroll
