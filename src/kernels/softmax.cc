// Softmax over rows too long for L1, in two passes over memory and with one exp an element: a row
// is cut into blocks that stay in L1, and each block's exponentials are taken relative to the
// block's own maximum, so that the row's maximum need not be known before.
//   1. block b: m_b = max x,  e = exp(x - m_b),  s_b = sum e
//   2. row:     m = max m_b,  S = sum s_b exp(m_b - m);  log sum exp(x) = m + log S
//   3. block b: softmax = e exp(m_b - m) / S

#include "kernels/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

#include <algorithm>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kBlockBytes = 16 * 1024;  // half of the smallest L1 in use
constexpr std::size_t kMaxBlocks = 64;          // longer rows have larger blocks
constexpr std::size_t kAccumulators = 4;        // hide the latency of an addition

// Calls body(i, accumulator, count) for the vectors of a block of n elements; count is below the
// number of lanes for the last vector only.
template <class T, class Body>
HWY_INLINE void each_vector(std::size_t n, const Body& body) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  std::size_t i = 0;
  for (; i + kAccumulators * lanes <= n; i += kAccumulators * lanes) {
    for (std::size_t k = 0; k < kAccumulators; ++k) body(i + k * lanes, k, lanes);
  }
  for (; i < n; i += lanes) body(i, 0, std::min(lanes, n - i));
}

// x + bias, which may be null.
template <class T>
HWY_INLINE hn::Vec<hn::ScalableTag<T>> load_sum(const T* x, const T* bias, std::size_t i,
                                                std::size_t count) {
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const auto v = ops.load(x + i, count);
  return bias == nullptr ? v : hn::Add(v, ops.load(bias + i, count));
}

template <class T>
HWY_ATTR T block_max(const T* x, const T* bias, std::size_t n) {
  const hn::ScalableTag<T> d;
  const auto low = hn::Neg(hn::Inf(d));
  hn::Vec<decltype(d)> max[kAccumulators] = {low, low, low, low};
  each_vector<T>(n, [&](std::size_t i, std::size_t k, std::size_t count) HWY_ATTR {
    const auto v = load_sum(x, bias, i, count);
    max[k] =
        hn::Max(max[k], count == hn::Lanes(d) ? v : hn::IfThenElse(hn::FirstN(d, count), v, low));
  });
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(hn::Max(max[0], max[1]), hn::Max(max[2], max[3]))));
}

// The sum of exp(x + bias - shift), each of which goes to e with kStore.
template <bool kStore, class T>
HWY_ATTR double block_exp(const T* x, const T* bias, std::size_t n, T shift, T* e) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const auto minus = hn::Set(d, shift), zero = hn::Zero(d);
  hn::Vec<decltype(d)> sum[kAccumulators] = {zero, zero, zero, zero};
  each_vector<T>(n, [&](std::size_t i, std::size_t k, std::size_t count) HWY_ATTR {
    const auto exp = ops.exp(hn::Sub(load_sum(x, bias, i, count), minus));
    if constexpr (kStore) ops.store(exp, e + i, count);
    sum[k] = hn::Add(sum[k],
                     count == hn::Lanes(d) ? exp : hn::IfThenElseZero(hn::FirstN(d, count), exp));
  });
  return static_cast<double>(
      hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3])))));
}

// Steps 1 and 2 for one row.
template <class T>
struct Row {
  std::size_t classes, block_size, blocks;
  T block_max_of[kMaxBlocks];
  T max = 0;           // m
  double log_sum = 0;  // log S
  double inverse = 0;  // 1 / S

  explicit Row(std::size_t v) : classes(v) {
    block_size = std::max(kBlockBytes / sizeof(T), (v + kMaxBlocks - 1) / kMaxBlocks);
    blocks = (v + block_size - 1) / block_size;
  }
  std::size_t size(std::size_t block) const {
    return std::min(block_size, classes - block * block_size);
  }
  // exp(m_b - m)
  double relative(std::size_t block) const {
    return block_max_of[block] == max
               ? 1
               : std::exp(static_cast<double>(block_max_of[block]) - static_cast<double>(max));
  }

  // Writes the exponentials of each block to e, which may be x.
  template <bool kStore>
  void reduce(const T* x, const T* bias, T* e) {
    const T infinity = std::numeric_limits<T>::infinity();
    double block_sum[kMaxBlocks];
    max = -infinity;
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::size_t at = b * block_size;
      const T* bias_at = bias == nullptr ? nullptr : bias + at;
      const T m = block_max(x + at, bias_at, size(b));
      block_max_of[b] = m;
      // A block of -infinity alone: its exponentials are 0, not those of -infinity + infinity.
      block_sum[b] = block_exp<kStore>(x + at, bias_at, size(b), m == -infinity ? T(0) : m,
                                       kStore ? e + at : nullptr);
      max = std::max(max, m);
    }
    double sum = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      // The exponentials of a NaN are NaN, whatever the maximum is then.
      if (block_sum[b] != 0) sum += block_sum[b] * relative(b);
    }
    log_sum = std::log(sum);
    inverse = 1 / sum;
  }

  // Step 3: p = e exp(m_b - m) / S * scale; p may be e.
  HWY_ATTR void normalize(const T* e, double scale, T* p) const {
    const hn::ScalableTag<T> d;
    const unroll::HWY_NAMESPACE::SimdOps<T> ops;
    for (std::size_t b = 0; b < blocks; ++b) {
      const auto factor = hn::Set(d, static_cast<T>(scale * relative(b) * inverse));
      const std::size_t at = b * block_size;
      each_vector<T>(size(b), [&](std::size_t i, std::size_t, std::size_t count) HWY_ATTR {
        ops.store(hn::Mul(ops.load(e + at + i, count), factor), p + at + i, count);
      });
    }
  }
};

template <class T>
void loss_rows(const SoftmaxLoss<T>& call) {
  Row<T> row(call.classes);
  for (std::size_t r = 0; r < call.rows; ++r) {
    const T* x = call.logits + r * call.logits_stride;
    T* gradient = call.gradient == nullptr ? nullptr : call.gradient + r * call.gradient_stride;
    const double weight = call.weights == nullptr ? 1 : static_cast<double>(call.weights[r]);
    if (weight == 0) {
      call.losses[r] = 0;
      if (gradient != nullptr) std::fill_n(gradient, call.classes, T(0));
      continue;
    }
    const std::size_t target = call.targets[r];
    const T bias = call.bias == nullptr ? T(0) : call.bias[target];
    const double logit = static_cast<double>(x[target] + bias);
    if (gradient == nullptr) {
      row.template reduce<false>(x, call.bias, nullptr);
    } else {
      row.template reduce<true>(x, call.bias, gradient);
    }
    call.losses[r] = row.log_sum + (static_cast<double>(row.max) - logit);
    if (gradient == nullptr) continue;
    const double scale = call.scale * weight;
    const double p =
        static_cast<double>(gradient[target]) * row.relative(target / row.block_size) * row.inverse;
    row.normalize(gradient, scale, gradient);
    gradient[target] = static_cast<T>(scale * (p - 1));
  }
}

template <class T>
void softmax_rows(std::size_t rows, std::size_t classes, T* x, std::size_t stride) {
  Row<T> row(classes);
  for (std::size_t r = 0; r < rows; ++r, x += stride) {
    row.template reduce<true>(x, nullptr, x);
    row.normalize(x, 1, x);
  }
}

void loss_f32(const SoftmaxLoss<float>& call) { loss_rows(call); }
void loss_f64(const SoftmaxLoss<double>& call) { loss_rows(call); }
void softmax_f32(std::size_t r, std::size_t v, float* x, std::size_t s) {
  softmax_rows(r, v, x, s);
}
void softmax_f64(std::size_t r, std::size_t v, double* x, std::size_t s) {
  softmax_rows(r, v, x, s);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(loss_f32);
HWY_EXPORT(loss_f64);
HWY_EXPORT(softmax_f32);
HWY_EXPORT(softmax_f64);

namespace {

template <class T>
bool is_call(const SoftmaxLoss<T>& call) {
  if (call.rows == 0) return true;
  if (call.classes == 0 || call.losses == nullptr || call.targets == nullptr ||
      !is_matrix(call.logits, call.rows, call.classes, call.logits_stride)) {
    return false;
  }
  if (call.gradient != nullptr &&
      !is_matrix(call.gradient, call.rows, call.classes, call.gradient_stride)) {
    return false;
  }
  for (std::size_t r = 0; r < call.rows; ++r) {
    const bool counts = call.weights == nullptr || call.weights[r] != 0;
    if (counts && call.targets[r] >= call.classes) return false;
  }
  return true;
}

}  // namespace

template <>
void softmax_loss<float>(const SoftmaxLoss<float>& call) noexcept {
  assert(is_call(call));
  UNROLL_DISPATCH(loss_f32)(call);
}
template <>
void softmax_loss<double>(const SoftmaxLoss<double>& call) noexcept {
  assert(is_call(call));
  UNROLL_DISPATCH(loss_f64)(call);
}
template <>
void softmax<float>(std::size_t rows, std::size_t classes, float* x, std::size_t stride) noexcept {
  assert(is_matrix(x, rows, classes, stride));
  UNROLL_DISPATCH(softmax_f32)(rows, classes, x, stride);
}
template <>
void softmax<double>(std::size_t rows, std::size_t classes, double* x,
                     std::size_t stride) noexcept {
  assert(is_matrix(x, rows, classes, stride));
  UNROLL_DISPATCH(softmax_f64)(rows, classes, x, stride);
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
