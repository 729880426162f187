#include "kernels/layer_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/layer_norm.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The sum over `count` elements of what body(i, n) gives for elements i … i + n - 1. Four sums, so
// that one addition need not wait for the one before.
template <class T, class Body>
HWY_INLINE T sum_of(std::size_t count, const Body& body) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    sum0 = hn::Add(sum0, body(i, lanes));
    sum1 = hn::Add(sum1, body(i + lanes, lanes));
    sum2 = hn::Add(sum2, body(i + 2 * lanes, lanes));
    sum3 = hn::Add(sum3, body(i + 3 * lanes, lanes));
  }
  for (; i < count; i += lanes) {
    const std::size_t n = std::min(lanes, count - i);
    sum0 = hn::Add(sum0, hn::IfThenElseZero(hn::FirstN(d, n), body(i, n)));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
}

// Calls body(i, n) for each vector of elements.
template <class T, class Body>
HWY_INLINE void each_vector(std::size_t count, const Body& body) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  for (std::size_t i = 0; i < count; i += lanes) body(i, std::min(lanes, count - i));
}

template <class T>
HWY_ATTR T forward(const LayerNorm<T>& of) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const T share = T(1) / static_cast<T>(of.count);
  const T mean_of = share * sum_of<T>(of.count, [&](std::size_t i, std::size_t n)
                                                    HWY_ATTR { return ops.load(of.x + i, n); });
  const auto mean = hn::Set(d, mean_of);
  const T variance = share * sum_of<T>(of.count, [&](std::size_t i, std::size_t n) HWY_ATTR {
                       const auto apart = hn::Sub(ops.load(of.x + i, n), mean);
                       return hn::Mul(apart, apart);
                     });
  const T inverse_of = T(1) / std::sqrt(variance + static_cast<T>(kLayerNormEpsilon));
  const auto inverse = hn::Set(d, inverse_of);
  each_vector<T>(of.count, [&](std::size_t i, std::size_t n) HWY_ATTR {
    const auto normal = hn::Mul(hn::Sub(ops.load(of.x + i, n), mean), inverse);
    ops.store(normal, of.normal + i, n);
    ops.store(hn::MulAdd(normal, ops.load(of.gain + i, n), ops.load(of.shift + i, n)), of.x + i, n);
  });
  return inverse_of;
}

template <class T>
HWY_ATTR void backward(const LayerNormBackward<T>& of) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const auto share = hn::Set(d, T(1) / static_cast<T>(of.count));
  const auto d_normal = [&](std::size_t i, std::size_t n) HWY_ATTR {
    return hn::Mul(ops.load(of.d + i, n), ops.load(of.gain + i, n));
  };
  const auto mean =
      hn::Mul(share, hn::Set(d, sum_of<T>(of.count, [&](std::size_t i, std::size_t n)
                                                        HWY_ATTR { return d_normal(i, n); })));
  const auto along =
      hn::Mul(share, hn::Set(d, sum_of<T>(of.count, [&](std::size_t i, std::size_t n) HWY_ATTR {
                               return hn::Mul(d_normal(i, n), ops.load(of.normal + i, n));
                             })));
  const auto inverse = hn::Set(d, of.inverse);
  each_vector<T>(of.count, [&](std::size_t i, std::size_t n) HWY_ATTR {
    const auto dy = ops.load(of.d + i, n), normal = ops.load(of.normal + i, n);
    ops.store(hn::MulAdd(dy, normal, ops.load(of.d_gain + i, n)), of.d_gain + i, n);
    ops.store(hn::Add(dy, ops.load(of.d_shift + i, n)), of.d_shift + i, n);
    const auto dx = hn::NegMulAdd(normal, along, hn::Sub(d_normal(i, n), mean));
    ops.store(hn::Mul(dx, inverse), of.d + i, n);
  });
}

float forward_f32(const LayerNorm<float>& of) { return forward(of); }
double forward_f64(const LayerNorm<double>& of) { return forward(of); }
void backward_f32(const LayerNormBackward<float>& of) { backward(of); }
void backward_f64(const LayerNormBackward<double>& of) { backward(of); }

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(forward_f32);
HWY_EXPORT(forward_f64);
HWY_EXPORT(backward_f32);
HWY_EXPORT(backward_f64);

namespace {

template <class T>
bool is_call(const LayerNorm<T>& of) {
  return of.count > 0 && is_array(of.x, of.count) && is_array(of.gain, of.count) &&
         is_array(of.shift, of.count) && is_array(of.normal, of.count) &&
         are_apart(of.x, of.count, of.normal, of.count);
}

template <class T>
bool is_call(const LayerNormBackward<T>& of) {
  return of.count > 0 && is_array(of.d, of.count) && is_array(of.gain, of.count) &&
         is_array(of.normal, of.count) && is_array(of.d_gain, of.count) &&
         is_array(of.d_shift, of.count) && are_apart(of.d_gain, of.count, of.d_shift, of.count);
}

}  // namespace

template <>
float layer_norm<float>(const LayerNorm<float>& call) noexcept {
  assert(is_call(call));
  return UNROLL_DISPATCH(forward_f32)(call);
}
template <>
double layer_norm<double>(const LayerNorm<double>& call) noexcept {
  assert(is_call(call));
  return UNROLL_DISPATCH(forward_f64)(call);
}
template <>
void layer_norm_backward<float>(const LayerNormBackward<float>& call) noexcept {
  assert(is_call(call));
  UNROLL_DISPATCH(backward_f32)(call);
}
template <>
void layer_norm_backward<double>(const LayerNormBackward<double>& call) noexcept {
  assert(is_call(call));
  UNROLL_DISPATCH(backward_f64)(call);
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
