#include "kernels/column_softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/column_softmax.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

#include <algorithm>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows that are taken together. Along rows, not down columns: rows far apart would each be another
// page (0.49 to 0.29 ns an element of 312 rows x 704 columns).
constexpr std::size_t kRows = 4;

// The maximum, then exp and its sum, for R rows.
template <std::size_t R, class T>
HWY_ATTR void raise_max(std::size_t columns, const T* x, std::size_t stride, const T* bias,
                        T* max_of) {
  const hn::ScalableTag<T> d;
  for (std::size_t c = 0; c < columns; c += hn::Lanes(d)) {
    auto max = hn::LoadU(d, max_of + c);
    for (std::size_t r = 0; r < R; ++r) {
      max = hn::Max(max, hn::Add(hn::LoadU(d, x + r * stride + c), hn::Set(d, bias[r])));
    }
    hn::StoreU(max, d, max_of + c);
  }
}

template <std::size_t R, class T>
HWY_ATTR void add_exp(std::size_t columns, T* x, std::size_t stride, const T* bias, bool store,
                      const T* max_of, T* sum_of) {
  const hn::ScalableTag<T> d;
  for (std::size_t c = 0; c < columns; c += hn::Lanes(d)) {
    const auto max = hn::LoadU(d, max_of + c);
    // not -infinity + infinity
    const auto shift = hn::IfThenZeroElse(hn::Eq(max, hn::Neg(hn::Inf(d))), max);
    auto sum = hn::Zero(d);
    for (std::size_t r = 0; r < R; ++r) {
      const auto logit = hn::Add(hn::LoadU(d, x + r * stride + c), hn::Set(d, bias[r]));
      const auto e = unroll::HWY_NAMESPACE::exp_nonpositive(d, hn::Sub(logit, shift));
      if (store) hn::StoreU(e, d, x + r * stride + c);
      sum = hn::Add(sum, e);
    }
    hn::StoreU(hn::Add(hn::LoadU(d, sum_of + c), sum), d, sum_of + c);
  }
}

template <class T>
HWY_ATTR void exp_vectors(std::size_t rows, std::size_t columns, T* x, std::size_t stride,
                          const T* bias, bool store, T* max_of, T* sum_of) {
  const std::size_t whole = rows / kRows * kRows;
  std::fill_n(max_of, columns, -std::numeric_limits<T>::infinity());
  std::fill_n(sum_of, columns, T(0));
  for (std::size_t r = 0; r < whole; r += kRows) {
    raise_max<kRows>(columns, x + r * stride, stride, bias + r, max_of);
  }
  for (std::size_t r = whole; r < rows; ++r) {
    raise_max<1>(columns, x + r * stride, stride, bias + r, max_of);
  }
  for (std::size_t r = 0; r < whole; r += kRows) {
    add_exp<kRows>(columns, x + r * stride, stride, bias + r, store, max_of, sum_of);
  }
  for (std::size_t r = whole; r < rows; ++r) {
    add_exp<1>(columns, x + r * stride, stride, bias + r, store, max_of, sum_of);
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
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

#define UNROLL_COLUMN_SOFTMAX(T, suffix)                                                         \
  HWY_EXPORT(exp_##suffix);                                                                      \
  HWY_EXPORT(scale_##suffix);                                                                    \
  HWY_EXPORT(row_sums_##suffix);                                                                 \
  template <>                                                                                    \
  void exp_columns<T>(std::size_t rows, std::size_t columns, T * x, std::size_t stride,          \
                      const T* bias, bool store, T* max, T* sum) noexcept {                      \
    assert(is_matrix(x, rows, columns, stride) && columns % vector_lanes<T>() == 0);             \
    assert(is_array(bias, rows) && is_array(max, columns) && is_array(sum, columns));            \
    UNROLL_DISPATCH(exp_##suffix)(rows, columns, x, stride, bias, store, max, sum);              \
  }                                                                                              \
  template <>                                                                                    \
  void scale_columns<T>(std::size_t rows, std::size_t columns, T * x, std::size_t stride,        \
                        const T* factor) noexcept {                                              \
    assert(is_matrix(x, rows, columns, stride) && columns % vector_lanes<T>() == 0);             \
    assert(is_array(factor, columns));                                                           \
    UNROLL_DISPATCH(scale_##suffix)(rows, columns, x, stride, factor);                           \
  }                                                                                              \
  template <>                                                                                    \
  void add_row_sums<T>(std::size_t rows, std::size_t columns, const T* from, std::size_t stride, \
                       T* sums) noexcept {                                                       \
    assert(is_matrix(from, rows, columns, stride) && is_array(sums, rows));                      \
    UNROLL_DISPATCH(row_sums_##suffix)(rows, columns, from, stride, sums);                       \
  }
UNROLL_COLUMN_SOFTMAX(float, f32)
UNROLL_COLUMN_SOFTMAX(double, f64)
#undef UNROLL_COLUMN_SOFTMAX

}  // namespace unroll::kernels
#endif  // HWY_ONCE
