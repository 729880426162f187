#include "kernels/norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::ScalableTag<double>;

HWY_INLINE hn::Vec<Doubles> load_doubles(const double* x) { return hn::LoadU(Doubles(), x); }
HWY_INLINE hn::Vec<Doubles> load_doubles(const float* x) {
  return hn::PromoteTo(Doubles(), hn::LoadU(hn::Rebind<float, Doubles>(), x));
}

// Four sums, so that one addition need not wait for the one before.
template <class T>
HWY_INLINE double sum_of_squares(const T* x, std::size_t count) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    const auto x0 = load_doubles(x + i), x1 = load_doubles(x + i + lanes);
    const auto x2 = load_doubles(x + i + 2 * lanes), x3 = load_doubles(x + i + 3 * lanes);
    sum0 = hn::MulAdd(x0, x0, sum0);
    sum1 = hn::MulAdd(x1, x1, sum1);
    sum2 = hn::MulAdd(x2, x2, sum2);
    sum3 = hn::MulAdd(x3, x3, sum3);
  }
  const auto sum = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  double total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < count; ++i) total += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return total;
}

template <class T>
HWY_INLINE void clamp(T* x, std::size_t count, T limit) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto high = hn::Set(d, limit), low = hn::Set(d, -limit);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto v = hn::LoadU(d, x + i);
    const auto capped = hn::IfThenElse(hn::Gt(v, high), high, v);
    hn::StoreU(hn::IfThenElse(hn::Lt(v, low), low, capped), d, x + i);
  }
  for (; i < count; ++i) x[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

double SquaresF32(const float* x, std::size_t count) { return sum_of_squares(x, count); }
double SquaresF64(const double* x, std::size_t count) { return sum_of_squares(x, count); }
void ClampF32(float* x, std::size_t count, float limit) { clamp(x, count, limit); }
void ClampF64(double* x, std::size_t count, double limit) { clamp(x, count, limit); }

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"

namespace unroll {
HWY_EXPORT(SquaresF32);
HWY_EXPORT(SquaresF64);
HWY_EXPORT(ClampF32);
HWY_EXPORT(ClampF64);

double kernels::sum_of_squares(const float* x, std::size_t count) noexcept {
  assert(is_array(x, count));
  return UNROLL_DISPATCH(SquaresF32)(x, count);
}
double kernels::sum_of_squares(const double* x, std::size_t count) noexcept {
  assert(is_array(x, count));
  return UNROLL_DISPATCH(SquaresF64)(x, count);
}
void kernels::clamp(float* x, std::size_t count, float limit) noexcept {
  assert(is_array(x, count) && limit >= 0);
  UNROLL_DISPATCH(ClampF32)(x, count, limit);
}
void kernels::clamp(double* x, std::size_t count, double limit) noexcept {
  assert(is_array(x, count) && limit >= 0);
  UNROLL_DISPATCH(ClampF64)(x, count, limit);
}

}  // namespace unroll
#endif  // HWY_ONCE
