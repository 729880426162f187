#pragma once

#include <cstddef>

namespace unroll::kernels {

// Added to a variance before its root is taken, as PyTorch's LayerNorm does.
inline constexpr double kLayerNormEpsilon = 1e-5;

// Over `count` elements, with μ their mean and σ² = mean (x - μ)²:
//   x̂ = (x - μ) / sqrt(σ² + ε)      y = gain x̂ + shift
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
template <class T>
struct LayerNorm {
  std::size_t count;
  T* x;  // in: x; out: y
  const T* gain;
  const T* shift;
  T* normal;  // out: x̂
};

// Returns 1 / sqrt(σ² + ε).
template <class T>
T layer_norm(const LayerNorm<T>& call) noexcept;

// With dx̂ = dy gain: dx = (dx̂ - mean dx̂ - x̂ mean (dx̂ x̂)) / sqrt(σ² + ε).
template <class T>
struct LayerNormBackward {
  std::size_t count;
  T* d;  // in: dy; out: dx
  const T* gain;
  const T* normal;
  T inverse;   // what layer_norm() returned
  T* d_gain;   // dy x̂ is added to it
  T* d_shift;  // dy is added to it
};
template <class T>
void layer_norm_backward(const LayerNormBackward<T>& call) noexcept;

}  // namespace unroll::kernels
