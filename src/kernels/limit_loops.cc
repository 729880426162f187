#include "kernels/limit_loops.h"

#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/limit_loops.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/multiply_add-inl.h"
#include "kernels/target_order.h"
// clang-format on

#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace unroll {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Two multiply-adds a cycle that take four cycles each want 8 chains; 10 where they take five. More
// than the registers hold would be kept in memory.
#if UNROLL_HAS_32_REGISTERS(HWY_TARGET)
constexpr std::size_t kChains = 24;
#else
constexpr std::size_t kChains = 12;
#endif

// Written out by the template: g++ unrolls no loop of more than 16 rounds, and the chains would be
// in memory.
template <class V, std::size_t... i>
HWY_INLINE void next_links(V (&x)[sizeof...(i)], V a, V b, std::index_sequence<i...>) {
  ((x[i] = hn::MulAdd(x[i], a, b)), ...);
}

// The sum is a factor, not only a term: without an instruction for both, the product of two
// constants would be computed once.
template <class T>
HWY_INLINE std::size_t chains(std::size_t rounds, T factor, T term, T* result) {
  const hn::ScalableTag<T> d;
  const auto a = hn::Set(d, factor), b = hn::Set(d, term);
  hn::Vec<decltype(d)> x[kChains];
  for (std::size_t i = 0; i < kChains; ++i) x[i] = hn::Set(d, static_cast<T>(i));
  for (std::size_t round = 0; round < rounds; ++round) {
    next_links(x, a, b, std::make_index_sequence<kChains>());
  }
  auto sum = x[0];
  for (std::size_t i = 1; i < kChains; ++i) sum = hn::Add(sum, x[i]);
  *result = hn::GetLane(hn::SumOfLanes(d, sum));
  return rounds * kChains * hn::Lanes(d) * 2;
}

std::size_t ChainsF32(std::size_t rounds, float factor, float term, float* result) {
  return chains(rounds, factor, term, result);
}
std::size_t ChainsF64(std::size_t rounds, double factor, double term, double* result) {
  return chains(rounds, factor, term, result);
}

#if UNROLL_IS_AVX512(HWY_TARGET)
template <class V, std::size_t... i>
HWY_INLINE void next_sums(V (&x)[sizeof...(i)], V a, V b, std::index_sequence<i...>) {
  ((x[i] = Bf16Instruction::add(a, b, x[i])), ...);
}

std::size_t ChainsBf16(std::size_t rounds, float factor, float term, float* result) {
  const hn::ScalableTag<float> d;
  const auto a = hn::Set(d, factor), b = hn::Set(d, term);  // (0, factor) and (0, term)
  hn::Vec<decltype(d)> x[kChains];
  for (std::size_t i = 0; i < kChains; ++i) x[i] = hn::Zero(d);
  for (std::size_t round = 0; round < rounds; ++round) {
    next_sums(x, a, b, std::make_index_sequence<kChains>());
  }
  auto sum = x[0];
  for (std::size_t i = 1; i < kChains; ++i) sum = hn::Add(sum, x[i]);
  *result = hn::GetLane(hn::SumOfLanes(d, sum));
  return rounds * kChains * hn::Lanes(d) * 4;
}
#else
std::size_t ChainsBf16(std::size_t, float, float, float* result) {
  *result = 0;
  return 0;
}
#endif

std::uint64_t Read(const std::uint64_t* data, std::size_t count, std::size_t passes) {
  const hn::ScalableTag<std::uint64_t> d;
  constexpr std::size_t kSums = 8;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<decltype(d)> sum[kSums];
  for (std::size_t i = 0; i < kSums; ++i) sum[i] = hn::Zero(d);
  for (std::size_t pass = 0; pass < passes; ++pass) {
    for (std::size_t at = 0; at < count; at += kSums * lanes) {
      for (std::size_t i = 0; i < kSums; ++i) {
        sum[i] = hn::Add(sum[i], hn::Load(d, data + at + i * lanes));
      }
    }
  }
  for (std::size_t i = 1; i < kSums; ++i) sum[0] = hn::Add(sum[0], sum[i]);
  return hn::GetLane(hn::SumOfLanes(d, sum[0]));
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace unroll {
HWY_EXPORT(ChainsF32);
HWY_EXPORT(ChainsF64);
HWY_EXPORT(ChainsBf16);
HWY_EXPORT(Read);

std::size_t kernels::multiply_add(std::size_t rounds, float factor, float term,
                                  float* result) noexcept {
  return UNROLL_DISPATCH(ChainsF32)(rounds, factor, term, result);
}
std::size_t kernels::multiply_add(std::size_t rounds, double factor, double term,
                                  double* result) noexcept {
  return UNROLL_DISPATCH(ChainsF64)(rounds, factor, term, result);
}
std::size_t kernels::multiply_add_bf16(std::size_t rounds, float factor, float term,
                                       float* result) noexcept {
  return UNROLL_DISPATCH(ChainsBf16)(rounds, factor, term, result);
}
std::uint64_t kernels::read_bytes(const void* data, std::size_t bytes,
                                  std::size_t passes) noexcept {
  return UNROLL_DISPATCH(Read)(static_cast<const std::uint64_t*>(data),
                               bytes / sizeof(std::uint64_t), passes);
}

}  // namespace unroll
#endif  // HWY_ONCE
