#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// Which optimizer, and its constants. An option that is not given has the optimizer's own default,
// which is PyTorch's where none is written here. Giving an option that the optimizer does not have
// is an error.
struct OptimizerOptions {
  std::string name = "sgd";  // one of optimizer_names()

  std::optional<double> weight_decay = {};  // >= 0; adds weight_decay·value to the gradient; adamw
                                            // (default 0.01) takes it off the value instead
  std::optional<double> momentum = {};      // [0, 1); momentum, nesterov: 0.9; rmsprop: 0
  std::optional<bool> nesterov = {};        // rmsprop: momentum in Nesterov's form
  std::optional<double> beta1 = {};         // [0, 1); adam, adamw: decay of the mean
  std::optional<double> beta2 = {};         // [0, 1); adam, adamw: decay of the mean square
  std::optional<double> decay = {};         // [0, 1); rmsprop: decay of the mean square
  std::optional<double> epsilon = {};       // > 0; added to the root of the mean square
  std::optional<double> eta_minus = {};  // (0, 1); rprop: step size factor where the sign changed
  std::optional<double> eta_plus = {};   // > 1; rprop: step size factor where it did not
  std::optional<double> step_min = {};   // >= 0; rprop: bounds of the step size
  std::optional<double> step_max = {};   // > 0, may be infinite
  // rprop: where the sign changed, the value stays and the next gradient meets a previous one of 0.
  std::optional<bool> hold_on_sign_change = {};
  // rprop: a zero gradient, now or before (as at the first update), counts as a change of sign, not
  // as no news.
  std::optional<bool> zero_is_sign_change = {};
};

std::vector<std::string> optimizer_names();

// The same with every option that the optimizer has filled in. Throws ValueError, naming the option
// and its range, or the nearest valid name.
OptimizerOptions complete(const OptimizerOptions& options);

// What a checkpoint keeps of an optimizer. The tensors are not owned.
template <class T>
struct OptimizerState {
  std::uint64_t updates = 0;
  // "<slot>.<parameter>" with PyTorch's slot names ("exp_avg.rnn.weight_ih_l0"); slot by slot, in
  // each the parameters' order; the shape is the parameter's.
  std::vector<std::pair<std::string, const Tensor<T>*>> tensors;
};

// Changes parameters by their gradients. The formulas and their sources are in src/optim/, one file
// each; they agree with torch.optim.
//
// Sparse gradients cost the rows that they hold, not the rows that the value has: any other row
// counts as not updated, so its state does not decay, its momentum does not move it and its weight
// does not decay. A dense gradient with zeros in these rows would do all that. Bias correction
// counts updates of the whole model.
//
// For rprop the learning rate of the first update is the first step size; later ones are not used.
template <class T>
class Optimizer {
 public:
  // Keeps pointers to `parameters`; they must outlive it. Throws ValueError like complete(), and
  // when two parameters have the same name.
  Optimizer(const OptimizerOptions& options, const Parameters<T>& parameters);
  Optimizer(Optimizer&&) noexcept;
  Optimizer& operator=(Optimizer&&) noexcept;
  ~Optimizer();

  const OptimizerOptions& options() const;  // every option filled in

  // One update of every trainable parameter. gradient_scale (the clip factor) multiplies every
  // gradient first; the gradients themselves stay as they are. Same bits for any number of threads.
  // Throws ValueError when learning_rate is negative or not finite, or a parameter became trainable
  // after the optimizer was made; NumericError when gradient_scale is not finite; ShapeError when a
  // gradient does not fit its value. All before anything is changed.
  void step(double learning_rate, double gradient_scale, const ThreadTeam& team);

  std::uint64_t updates() const;  // number of step() calls so far

  OptimizerState<T> state() const;
  // Copies. Throws ValueError when a tensor is missing or unknown, ShapeError for another shape;
  // both before anything is changed.
  void restore(const OptimizerState<T>& state);

 private:
  struct UNROLL_PRIVATE Impl;
  std::unique_ptr<Impl> impl_;
};

extern template class Optimizer<float>;
extern template class Optimizer<double>;

}  // namespace unroll

#pragma GCC visibility pop
