#include "kernels/column_softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/column_softmax.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kAccumulators = 4;  // hide the latency of an addition

template <class T>
HWY_ATTR void exp_vectors(std::size_t rows, std::size_t columns, T* x, std::size_t stride,
                          const T* bias, bool store, T* max_of, T* sum_of) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const V low = hn::Neg(hn::Inf(d)), zero = hn::Zero(d);
  for (std::size_t c = 0; c < columns; c += hn::Lanes(d)) {
    V max[kAccumulators] = {low, low, low, low};
    V sum[kAccumulators] = {zero, zero, zero, zero};
    const auto load = [&](std::size_t r) HWY_ATTR {
      return hn::Add(hn::LoadU(d, x + r * stride + c), hn::Set(d, bias[r]));
    };
    for (std::size_t r = 0; r < rows; ++r) {
      max[r % kAccumulators] = hn::Max(max[r % kAccumulators], load(r));
    }
    const V m = hn::Max(hn::Max(max[0], max[1]), hn::Max(max[2], max[3]));
    const V shift = hn::IfThenZeroElse(hn::Eq(m, low), m);  // not -infinity + infinity
    for (std::size_t r = 0; r < rows; ++r) {
      const V e = ops.exp(hn::Sub(load(r), shift));
      if (store) hn::StoreU(e, d, x + r * stride + c);
      sum[r % kAccumulators] = hn::Add(sum[r % kAccumulators], e);
    }
    hn::StoreU(m, d, max_of + c);
    hn::StoreU(hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3])), d, sum_of + c);
  }
}

template <class T>
HWY_ATTR void scale_vectors(std::size_t rows, std::size_t columns, T* x, std::size_t stride,
                            const T* factor) {
  const hn::ScalableTag<T> d;
  for (std::size_t r = 0; r < rows; ++r, x += stride) {
    for (std::size_t c = 0; c < columns; c += hn::Lanes(d)) {
      hn::StoreU(hn::Mul(hn::LoadU(d, x + c), hn::LoadU(d, factor + c)), d, x + c);
    }
  }
}

template <class T>
HWY_ATTR void row_sums(std::size_t rows, std::size_t columns, const T* from, std::size_t stride,
                       T* sums) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t r = 0; r < rows; ++r, from += stride) {
    auto sum = hn::Zero(d);
    for (std::size_t c = 0; c < columns; c += lanes) {
      sum = hn::Add(sum, ops.load(from + c, std::min(lanes, columns - c)));
    }
    sums[r] += hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

#define UNROLL_COLUMN_SOFTMAX(T, suffix)                                                           \
  void exp_##suffix(std::size_t rows, std::size_t columns, T* x, std::size_t stride,               \
                    const T* bias, bool store, T* max, T* sum) {                                   \
    exp_vectors(rows, columns, x, stride, bias, store, max, sum);                                  \
  }                                                                                                \
  void scale_##suffix(std::size_t rows, std::size_t columns, T* x, std::size_t stride,             \
                      const T* factor) {                                                           \
    scale_vectors(rows, columns, x, stride, factor);                                               \
  }                                                                                                \
  void row_sums_##suffix(std::size_t rows, std::size_t columns, const T* from, std::size_t stride, \
                         T* sums) {                                                                \
    row_sums(rows, columns, from, stride, sums);                                                   \
  }
UNROLL_COLUMN_SOFTMAX(float, f32)
UNROLL_COLUMN_SOFTMAX(double, f64)
#undef UNROLL_COLUMN_SOFTMAX

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/targets.h"

namespace unroll::kernels {

#define UNROLL_COLUMN_SOFTMAX(T, suffix)                                                         \
  HWY_EXPORT(exp_##suffix);                                                                      \
  HWY_EXPORT(scale_##suffix);                                                                    \
  HWY_EXPORT(row_sums_##suffix);                                                                 \
  template <>                                                                                    \
  void exp_columns<T>(std::size_t rows, std::size_t columns, T * x, std::size_t stride,          \
                      const T* bias, bool store, T* max, T* sum) noexcept {                      \
    UNROLL_DISPATCH(exp_##suffix)(rows, columns, x, stride, bias, store, max, sum);              \
  }                                                                                              \
  template <>                                                                                    \
  void scale_columns<T>(std::size_t rows, std::size_t columns, T * x, std::size_t stride,        \
                        const T* factor) noexcept {                                              \
    UNROLL_DISPATCH(scale_##suffix)(rows, columns, x, stride, factor);                           \
  }                                                                                              \
  template <>                                                                                    \
  void add_row_sums<T>(std::size_t rows, std::size_t columns, const T* from, std::size_t stride, \
                       T* sums) noexcept {                                                       \
    UNROLL_DISPATCH(row_sums_##suffix)(rows, columns, from, stride, sums);                       \
  }
UNROLL_COLUMN_SOFTMAX(float, f32)
UNROLL_COLUMN_SOFTMAX(double, f64)
#undef UNROLL_COLUMN_SOFTMAX

}  // namespace unroll::kernels
#endif  // HWY_ONCE
