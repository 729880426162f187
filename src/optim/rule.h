#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace unroll::optim {

// The numbers in an optimizer's formula. A rule reads only those of the options that it lists.
struct Hyper {
  double rate = 0;            // the learning rate
  double gradient_scale = 1;  // multiplies every gradient before the formula sees it
  double correction1 = 1;     // 1 - beta1^t at update t = 1, 2, …
  double correction2 = 1;     // 1 - beta2^t

  double weight_decay = 0, momentum = 0, beta1 = 0, beta2 = 0, decay = 0, epsilon = 0;
  double eta_minus = 0, eta_plus = 0, step_min = 0, step_max = 0;
  bool nesterov = false, hold_on_sign_change = false, zero_is_sign_change = false;
};

inline constexpr std::size_t kMaxSlots = 2;

// `count` consecutive elements of a parameter. state[k] is null where slot k is not kept.
template <class T>
struct Slice {
  T* value;
  const T* gradient;
  T* state[kMaxSlots];
  std::size_t count;
};

// A number that an optimizer keeps for each element.
struct Slot {
  std::string_view name;  // PyTorch's
  double (*initial)(const Hyper& first) = [](const Hyper&) { return 0.0; };
  bool (*kept)(const Hyper&) = [](const Hyper&) { return true; };
};

// An option that an optimizer has; 0 and 1 stand for false and true.
struct OptionDefault {
  std::string_view name;
  double value;
};

// One update of a slice: on the instruction set in use, and with plain scalars.
struct Updates {
  void (*simd_f32)(const Hyper&, const Slice<float>&);
  void (*simd_f64)(const Hyper&, const Slice<double>&);
  void (*scalar_f32)(const Hyper&, const Slice<float>&);
  void (*scalar_f64)(const Hyper&, const Slice<double>&);

  void simd(const Hyper& hyper, const Slice<float>& slice) const { simd_f32(hyper, slice); }
  void simd(const Hyper& hyper, const Slice<double>& slice) const { simd_f64(hyper, slice); }
  void scalar(const Hyper& hyper, const Slice<float>& slice) const { scalar_f32(hyper, slice); }
  void scalar(const Hyper& hyper, const Slice<double>& slice) const { scalar_f64(hyper, slice); }
};

// An optimizer.
struct Rule {
  std::string_view name;
  std::span<const OptionDefault> options;
  std::span<const Slot> slots;
  Updates updates;
};

}  // namespace unroll::optim
