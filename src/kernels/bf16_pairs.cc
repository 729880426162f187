#include "kernels/bf16_pairs.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/bf16_pairs.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Floats of a line, and lines that are fetched ahead: what is rounded comes from memory more often
// than not.
constexpr std::size_t kLine = 16, kAheadLines = 8;

template <class D>
using Bits = hn::RebindToUnsigned<D>;

// The float's bits; the upper half is the bf16.
template <class D, class V>
HWY_INLINE hn::Vec<Bits<D>> rounded(D, V x) {
  const Bits<D> du;
  const auto bits = hn::BitCast(du, x);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1u));
  const auto nearest = hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7FFFu)));
  // The sum would carry a NaN into the sign, or make it infinite.
  const auto quiet = hn::Or(bits, hn::Set(du, 0x400000u));
  return hn::IfThenElse(hn::RebindMask(du, hn::IsNaN(x)), quiet, nearest);
}

template <class D, class V>
HWY_INLINE hn::Vec<D> paired(D d, V even, V odd) {
  const Bits<D> du;
  return hn::BitCast(d, hn::Or(hn::ShiftRight<16>(rounded(d, even)),
                               hn::And(rounded(d, odd), hn::Set(du, 0xFFFF0000u))));
}

HWY_INLINE float paired(float even, float odd) {
  const hn::CappedTag<float, 1> d;
  return hn::GetLane(paired(d, hn::Set(d, even), hn::Set(d, odd)));
}

HWY_ATTR void row_to_pairs(const float* from, std::size_t count, float* to) {
  std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto low = hn::LoadU(d, from + i), high = hn::LoadU(d, from + i + lanes);
    hwy::Prefetch(from + i + kAheadLines * kLine);
    hwy::Prefetch(from + i + (kAheadLines + 1) * kLine);
    hn::StoreU(paired(d, hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low)), d, to + i / 2);
  }
#endif
  for (; i < count; i += 2) to[i / 2] = paired(from[i], i + 1 < count ? from[i + 1] : 0.0f);
}

HWY_ATTR void rows_to_pairs(const float* even, const float* odd, std::size_t count, float* to) {
  const hn::ScalableTag<float> d;
  const unroll::HWY_NAMESPACE::SimdOps<float> ops;
  for (std::size_t i = 0, lanes = hn::Lanes(d); i < count; i += lanes) {
    const std::size_t some = std::min(lanes, count - i);
    const auto upper = odd == nullptr ? hn::Zero(d) : ops.load(odd + i, some);
    ops.store(paired(d, ops.load(even + i, some), upper), to + i, some);
  }
}

HWY_ATTR void pack_rows(std::size_t depth, const PackedColumns& columns, const PackSource<float>& b,
                        std::size_t to_stride, float* to) {
  const hn::ScalableTag<float> d;
  const unroll::HWY_NAMESPACE::SimdOps<float> ops;
  const auto row = [&](std::size_t k) {
    return b.rows != nullptr ? b.rows[k] + b.first_column + columns.source
                             : b.data + k * b.k_stride + columns.source;
  };
  for (std::size_t k = 0; k < depth; k += 2, to += to_stride) {
    const auto odd = k + 1 < depth ? ops.load(row(k + 1), columns.count) : hn::Zero(d);
    hn::Store(paired(d, ops.load(row(k), columns.count), odd), d, to);
  }
}

// Where a column of B is contiguous: squares of 4 x 4 pairs are transposed in registers.
HWY_ATTR void pack_columns(std::size_t depth, std::size_t lanes, std::size_t count,
                           const float* from, std::size_t column_stride, std::size_t to_stride,
                           float* to) {
  std::size_t pair = 0;
#if HWY_TARGET != HWY_SCALAR
  constexpr std::size_t kSquare = 4;
  const hn::FixedTag<float, kSquare> d;
  const hn::FixedTag<double, kSquare / 2> twice;
  const auto column = [&](std::size_t lane) HWY_ATTR {
    const float* k = from + lane * column_stride + 2 * pair;
    const auto low = hn::LoadU(d, k), high = hn::LoadU(d, k + kSquare);
    return paired(d, hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low));
  };
  for (; 2 * (pair + kSquare) <= depth; pair += kSquare) {
    if (2 * pair % kLine == 0) {
      for (std::size_t lane = 0; lane < count; ++lane) {
        hwy::Prefetch(from + lane * column_stride + 2 * pair + 2 * kLine);
      }
    }
    float* row = to + pair * to_stride;
    std::size_t lane = 0;
    for (; lane + kSquare <= count; lane += kSquare) {
      const auto a = column(lane), b = column(lane + 1), c = column(lane + 2), e = column(lane + 3);
      const auto ab_low = hn::BitCast(twice, hn::InterleaveLower(d, a, b));
      const auto ab_high = hn::BitCast(twice, hn::InterleaveUpper(d, a, b));
      const auto ce_low = hn::BitCast(twice, hn::InterleaveLower(d, c, e));
      const auto ce_high = hn::BitCast(twice, hn::InterleaveUpper(d, c, e));
      const auto store = [&](std::size_t i, auto x) HWY_ATTR {
        hn::Store(hn::BitCast(d, x), d, row + i * to_stride + lane);
      };
      store(0, hn::InterleaveLower(twice, ab_low, ce_low));
      store(1, hn::InterleaveUpper(twice, ab_low, ce_low));
      store(2, hn::InterleaveLower(twice, ab_high, ce_high));
      store(3, hn::InterleaveUpper(twice, ab_high, ce_high));
    }
    for (; lane < count; ++lane) {
      HWY_ALIGN float pairs[kSquare];
      hn::Store(column(lane), d, pairs);
      for (std::size_t i = 0; i < kSquare; ++i) row[i * to_stride + lane] = pairs[i];
    }
  }
#endif
  for (std::size_t k = 2 * pair; k < depth; k += 2) {
    for (std::size_t lane = 0; lane < count; ++lane) {
      const float* even = from + lane * column_stride + k;
      to[k / 2 * to_stride + lane] = paired(*even, k + 1 < depth ? even[1] : 0.0f);
    }
  }
  for (pair = 0; pair < bf16_pairs(depth) && count < lanes; ++pair) {
    std::fill_n(to + pair * to_stride + count, lanes - count, 0.0f);
  }
}

void pack_vector(std::size_t depth, std::size_t lanes, const PackedColumns& columns,
                 const PackSource<float>& b, std::size_t to_stride, float* to) {
  if (b.rows == nullptr && b.column_stride != 1) {
    pack_columns(depth, lanes, columns.count, b.data + columns.source * b.column_stride,
                 b.column_stride, to_stride, to);
  } else {
    pack_rows(depth, columns, b, to_stride, to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(row_to_pairs);
HWY_EXPORT(rows_to_pairs);
HWY_EXPORT(pack_vector);

void pair_row(const float* from, std::size_t count, float* to) noexcept {
  UNROLL_DISPATCH(row_to_pairs)(from, count, to);
}
void pair_rows(const float* even, const float* odd, std::size_t count, float* to) noexcept {
  UNROLL_DISPATCH(rows_to_pairs)(even, odd, count, to);
}
void pack_pairs(std::size_t depth, std::size_t lanes, const PackedColumns& columns,
                const PackSource<float>& b, std::size_t to_stride, float* to) noexcept {
  UNROLL_DISPATCH(pack_vector)(depth, lanes, columns, b, to_stride, to);
}

}  // namespace unroll::kernels
#endif  // HWY_ONCE
