#include "kernels/bf16_pairs.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/bf16_pairs.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "kernels/bf16_pairs-inl.h"
#include "kernels/ops-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Floats of a line, and lines that are fetched ahead: what is rounded comes from memory more often
// than not.
[[maybe_unused]] constexpr std::size_t kLine = 16, kAheadLines = 8;

using unroll::HWY_NAMESPACE::paired;

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

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(row_to_pairs);
HWY_EXPORT(rows_to_pairs);

void pair_row(const float* from, std::size_t count, float* to) noexcept {
  assert(is_array(from, count) && is_array(to, bf16_pairs(count)));
  UNROLL_DISPATCH(row_to_pairs)(from, count, to);
}
void pair_rows(const float* even, const float* odd, std::size_t count, float* to) noexcept {
  assert(is_array(even, count) && is_array(to, count));
  assert(are_same_or_apart<float>(even, to, count));
  assert(odd == nullptr || are_same_or_apart<float>(odd, to, count));
  UNROLL_DISPATCH(rows_to_pairs)(even, odd, count, to);
}
}  // namespace unroll::kernels
#endif  // HWY_ONCE
