#include "kernels/dropout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dropout.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
// clang-format on

#include <algorithm>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
using D32 = hn::ScalableTag<std::uint32_t>;
using V32 = hn::Vec<D32>;

// Both halves of the 64-bit products of 32-bit lanes.
HWY_INLINE void multiply(V32 a, V32 b, V32& high, V32& low) {
  const hn::Repartition<std::uint64_t, D32> d64;
  const D32 d;
  const auto even = hn::MulEven(a, b);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, a))), b);
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
}
#endif

// draws[4 i + j] = word j of block first + i, for i < blocks: philox() of core/random.h, a vector
// of blocks at a time. Scalar draws cost a fifth of an update of a 2x256 LSTM with dropout, these a
// twentieth.
HWY_ATTR void draw_blocks(const Random& random, std::uint64_t first, std::size_t blocks,
                          std::uint32_t* draws) {
  std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const D32 d;
  const auto [key, stream] = random.identity();
  const V32 multiplier0 = hn::Set(d, 0xD2511F53u), multiplier1 = hn::Set(d, 0xCD9E8D57u);
  for (; i + hn::Lanes(d) <= blocks; i += hn::Lanes(d)) {
    const std::uint64_t block = first + i;
    if ((block >> 32) != ((block + hn::Lanes(d)) >> 32)) break;  // the carry is left to the rest
    V32 c0 = hn::Iota(d, static_cast<std::uint32_t>(block));
    V32 c1 = hn::Set(d, static_cast<std::uint32_t>(block >> 32));
    V32 c2 = hn::Set(d, stream[0]), c3 = hn::Set(d, stream[1]);
    std::uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < 10; ++round) {
      V32 high0, low0, high1, low1;
      multiply(c0, multiplier0, high0, low0);
      multiply(c2, multiplier1, high1, low1);
      c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key0));
      c1 = low1;
      c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key1));
      c3 = low0;
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    hn::StoreInterleaved4(c0, c1, c2, c3, d, draws + 4 * i);
  }
#endif
  for (; i < blocks; ++i) {
    const auto words = random.block(first + i);
    std::copy(words.begin(), words.end(), draws + 4 * i);
  }
}

// Which of the next elements are dropped.
template <class D>
HWY_INLINE hn::Mask<D> dropped(D d, const std::uint32_t* draws, std::uint32_t threshold) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    const hn::RebindToUnsigned<D> bits;
    return hn::RebindMask(d, hn::Lt(hn::LoadU(bits, draws), hn::Set(bits, threshold)));
  } else {
    const hn::RebindToSigned<D> wide;
    const auto low =
        hn::PromoteTo(hn::RebindToUnsigned<D>(), hn::LoadU(hn::Rebind<std::uint32_t, D>(), draws));
    return hn::RebindMask(
        d, hn::Lt(hn::BitCast(wide, low), hn::Set(wide, static_cast<std::int64_t>(threshold))));
  }
}

// A draw below the threshold drops its element. Half of the branches on it would be mispredicted:
// 5 ns an element.
template <class T>
HWY_ATTR void keep_elements(const std::uint32_t* draws, std::uint32_t threshold, T scale,
                            std::size_t count, const T* from, T* to) {
  const hn::ScalableTag<T> d;
  const auto factor = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto scaled = hn::Mul(hn::LoadU(d, from + i), factor);
    hn::StoreU(hn::IfThenZeroElse(dropped(d, draws + i, threshold), scaled), d, to + i);
  }
  for (; i < count; ++i) to[i] = draws[i] < threshold ? T(0) : from[i] * scale;
}

void keep_f32(const std::uint32_t* draws, std::uint32_t threshold, float scale, std::size_t count,
              const float* from, float* to) {
  keep_elements(draws, threshold, scale, count, from, to);
}
void keep_f64(const std::uint32_t* draws, std::uint32_t threshold, double scale, std::size_t count,
              const double* from, double* to) {
  keep_elements(draws, threshold, scale, count, from, to);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(draw_blocks);
HWY_EXPORT(keep_f32);
HWY_EXPORT(keep_f64);

namespace {

constexpr std::size_t kBlock = 8192;  // elements a block of work

// Elements [begin, end) of what `random` draws for; `from` and `to` are those of element `begin`.
template <class T>
void drop(double rate, const Random& random, std::size_t begin, std::size_t end, const T* from,
          T* to) {
  constexpr std::size_t kDraws = 256;
  const T scale = static_cast<T>(1 / (1 - rate));
  // A draw of 32 bits below rate · 2^32 drops its element.
  const std::uint32_t threshold = static_cast<std::uint32_t>(rate * 0x1p32);
  std::uint32_t draws[kDraws];
  while (begin < end) {
    const std::size_t skipped = begin % 4, size = std::min(kDraws - skipped, end - begin);
    UNROLL_DISPATCH(draw_blocks)(random, begin / 4, (skipped + size + 3) / 4, draws);
    if constexpr (sizeof(T) == 4) {
      UNROLL_DISPATCH(keep_f32)(draws + skipped, threshold, scale, size, from, to);
    } else {
      UNROLL_DISPATCH(keep_f64)(draws + skipped, threshold, scale, size, from, to);
    }
    begin += size, from += size, to += size;
  }
}

}  // namespace

template <class T>
void dropout(const ThreadTeam& team, double rate, const Random& random, std::size_t count,
             const T* from, T* to) noexcept {
  assert(rate >= 0 && rate < 1 && is_array(from, count) && is_array(to, count));
  assert(are_same_or_apart<T>(from, to, count));
  team.for_each_block((count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t begin = block * kBlock;
    drop(rate, random, begin, std::min(count, begin + kBlock), from + begin, to + begin);
  });
}

template <class T>
void dropout_rows(const ThreadTeam& team, double rate, const Random& random,
                  std::span<const std::size_t> places, std::size_t width, const T* from,
                  T* to) noexcept {
  assert(rate >= 0 && rate < 1);
  assert(is_array(from, places.size() * width) && is_array(to, places.size() * width));
  assert(are_same_or_apart<T>(from, to, places.size() * width));
  const std::size_t rows = std::max<std::size_t>(1, kBlock / std::max<std::size_t>(1, width));
  team.for_each_block((places.size() + rows - 1) / rows, [&](std::size_t block) {
    for (std::size_t r = block * rows; r < std::min(places.size(), (block + 1) * rows); ++r) {
      const std::size_t begin = places[r] * width;
      drop(rate, random, begin, begin + width, from + r * width, to + r * width);
    }
  });
}

template void dropout<float>(const ThreadTeam&, double, const Random&, std::size_t, const float*,
                             float*) noexcept;
template void dropout<double>(const ThreadTeam&, double, const Random&, std::size_t, const double*,
                              double*) noexcept;
template void dropout_rows<float>(const ThreadTeam&, double, const Random&,
                                  std::span<const std::size_t>, std::size_t, const float*,
                                  float*) noexcept;
template void dropout_rows<double>(const ThreadTeam&, double, const Random&,
                                   std::span<const std::size_t>, std::size_t, const double*,
                                   double*) noexcept;

}  // namespace unroll::kernels
#endif  // HWY_ONCE
