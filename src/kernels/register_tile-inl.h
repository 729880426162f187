// The register tile: rows of A times panels of packed B, for a type and a way to multiply
// (multiply_add-inl.h). Each of packed_product_*.cc compiles it for one of them.

#include <algorithm>
#include <cstddef>

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "kernels/block_sizes.h"
#include "kernels/multiply_add-inl.h"
#include "kernels/ops-inl.h"
#include "kernels/packed_product.h"
#include "kernels/target_order.h"
#include "kernels/unrolled-inl.h"

#if defined(UNROLL_KERNELS_REGISTER_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef UNROLL_KERNELS_REGISTER_TILE_INL_H_
#undef UNROLL_KERNELS_REGISTER_TILE_INL_H_
#else
#define UNROLL_KERNELS_REGISTER_TILE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Accumulators that leave registers for a row of B and a broadcast: 24 of 32 (AVX-512, NEON), 12
// of 16.
#if UNROLL_HAS_32_REGISTERS(HWY_TARGET)
constexpr std::size_t kAccumulators = 24, kMaxWidth = 4;
#else
constexpr std::size_t kAccumulators = 12, kMaxWidth = 3;
#endif
// More rows would not need fewer loads: a tile of one vector is bound by broadcasts.
constexpr std::size_t kMaxRows = 8;
// Rows of B that are fetched ahead into L1. With few rows the loads themselves are the limit.
constexpr std::size_t kAhead = 16, kPrefetchRows = 4;
// Parts of B are fetched into L2 while their predecessors are in use, a vector a k, where that is a
// line: 0.86 instead of 0.74 of the limit where B comes from memory (20 x 6016 x 1500, AVX-512). A
// tile of smaller vectors takes B more slowly than the processor fetches it by itself.
constexpr std::size_t kLineBytes = 64;
// k from which on fetching the rows of C ahead costs nothing (3 % of 2600 x 650 x 700).
constexpr std::size_t kLongDepth = 256;

template <class T>
constexpr bool kFetches = HWY_MAX_BYTES >= kLineBytes;

// Rows of a tile, at the most. Where pairs are multiplied without an instruction for them, and on
// the portable fallback, speed is not worth the time that a compiler takes for every tile.
template <class M>
constexpr std::size_t max_rows(std::size_t width) {
  constexpr std::size_t kMost = M::kFactors > 1 || HWY_TARGET == HWY_SCALAR ? 4 : kMaxRows;
  return kAccumulators / width < kMost ? kAccumulators / width : kMost;
}

// The rows and the vectors of C that are summed in registers at a time, over some k.
template <class T>
struct Tile {
  const T* const* a;               // rows
  std::size_t a_offset, a_stride;  // elements to the first k, and from k to k
  const T* b;                      // the panels, at the first k
  std::size_t panel_size;          // elements from a panel to the next
  std::size_t depth, k_stride;     // of the panel
  std::size_t next;                // elements from b to what is fetched for later
  const T* const* start;           // rows, or null
  T* const* c;                     // rows
  const PackedColumns* columns;
  bool whole;  // all the columns' vectors
};

using unroll::HWY_NAMESPACE::Bf16MultiplyAdd;
using unroll::HWY_NAMESPACE::MultiplyAdd;
using unroll::HWY_NAMESPACE::unrolled;

// sum += row b for R rows and W vectors of B. `M` multiplies: multiply_add-inl.h.
template <class M, std::size_t kFactor, std::size_t R, std::size_t W, class T, class V>
HWY_INLINE void add_products(const T* const (&row)[R], std::size_t offset, const V (&b)[W],
                             V (&sum)[R][W]) {
  const hn::ScalableTag<T> d;
  V factor[W];
  for (std::size_t w = 0; w < W; ++w) factor[w] = M::template factor<kFactor>(b[w]);
  for (std::size_t r = 0; r < R; ++r) {
    const V broadcast = M::template factor<kFactor>(hn::Set(d, row[r][offset]));
    for (std::size_t w = 0; w < W; ++w) sum[r][w] = M::add(broadcast, factor[w], sum[r][w]);
  }
  if constexpr (kFactor + 1 < M::kFactors) add_products<M, kFactor + 1>(row, offset, b, sum);
}

// R rows times P panels of W vectors.
template <std::size_t R, std::size_t W, std::size_t P, bool Fetch, class M, class T>
HWY_ATTR HWY_NOINLINE void multiply_tile(const Tile<T>& tile) {
  constexpr std::size_t kVectors = P * W;
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const std::size_t lanes = hn::Lanes(d), depth = tile.depth;
  const std::size_t a_stride = tile.a_stride, k_stride = tile.k_stride, next = tile.next;
  const T* HWY_RESTRICT b_of = tile.b;
  V sum[R][kVectors];
  const T* row[R];
  unrolled<R>([&](std::size_t r) HWY_ATTR { row[r] = tile.a[r] + tile.a_offset; });
  const auto each = [](const auto& body) HWY_ATTR {
    unrolled<R * kVectors>([&](std::size_t i) HWY_ATTR { body(i / kVectors, i % kVectors); });
  };
  if (tile.start == nullptr) {
    each([&](std::size_t r, std::size_t v) HWY_ATTR { sum[r][v] = hn::Zero(d); });
  } else if (tile.whole) {
    each([&](std::size_t r, std::size_t v)
             HWY_ATTR { sum[r][v] = hn::LoadU(d, tile.start[r] + tile.columns[v].output); });
  } else {
    each([&](std::size_t r, std::size_t v) HWY_ATTR {
      const PackedColumns& columns = tile.columns[v];
      sum[r][v] = ops.load(tile.start[r] + columns.output, columns.count);
    });
  }
  if (depth >= kLongDepth) {
    each([&](std::size_t r, std::size_t v)
             HWY_ATTR { __builtin_prefetch(tile.c[r] + tile.columns[v].output, 1, 2); });
  }
  for (std::size_t k = 0, offset = 0; k < depth; ++k, offset += a_stride) {
    V b[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      const T* vector = b_of + v / W * tile.panel_size + v % W * lanes;
      b[v] = hn::Load(d, vector);
      if constexpr (R >= kPrefetchRows) hwy::Prefetch(vector + kAhead * k_stride);
    }
    if constexpr (Fetch) __builtin_prefetch(b_of + next, 0, 2);
    b_of += k_stride;
    add_products<M, 0>(row, offset, b, sum);
  }
  if (tile.whole) {
    each([&](std::size_t r, std::size_t v)
             HWY_ATTR { hn::StoreU(sum[r][v], d, tile.c[r] + tile.columns[v].output); });
  } else {
    each([&](std::size_t r, std::size_t v) HWY_ATTR {
      const PackedColumns& columns = tile.columns[v];
      ops.store(sum[r][v], tile.c[r] + columns.output, columns.count);
    });
  }
}

// Least … R rows.
template <std::size_t R, std::size_t Least, std::size_t W, bool Fetch, class M, class T>
HWY_INLINE void tile_of_rows(std::size_t rows, const Tile<T>& tile) {
  if constexpr (R >= Least) {
    if (rows == R) {
      multiply_tile<R, W, 1, Fetch, M>(tile);
    } else {
      tile_of_rows<R - 1, Least, W, Fetch, M>(rows, tile);
    }
  }
}

template <std::size_t W, class M, class T>
HWY_ATTR void product_of_width(const PackedProduct<T>& of, std::size_t begin, std::size_t end) {
  const PackedLayout& layout = of.layout;
  const std::size_t rows = of.rows, depth = layout.packed_depth();
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  const std::size_t k_stride = layout.k_stride > 0 ? layout.k_stride : W * lanes;
  constexpr std::size_t kRows = max_rows<M>(W);
  const std::size_t tiles = (rows + kRows - 1) / kRows;  // as even as possible: 20 = 5+5+5+5
  const Caches& caches = caches_in_use();
  // A division takes as long as a small product: there is none where there is one part or one tile.
  std::size_t parts = 1;
  if (depth > kLongDepth) {
    const std::size_t part_depth =
        std::max<std::size_t>(kLongDepth, part_bytes(caches) / (W * lanes * sizeof(T)));
    if (depth > part_depth) parts = (depth + part_depth - 1) / part_depth;
  }
  const std::size_t bytes = layout.size() * sizeof(T);
  const bool fetch = kFetches<T> && tiles >= W && bytes >= fetched_bytes(caches);
  const bool in_pairs = rows == 1 && parts == 1 && bytes <= near_bytes(caches);
  for (std::size_t panel = begin, at_once = 1; panel < end; panel += at_once) {
    at_once = in_pairs && panel + 1 < end ? 2 : 1;
    const std::size_t panel_begin = layout.offset(panel);
    const PackedColumns* columns = &layout.vectors[layout.panel_begin[panel]];
    // Only the last columns of B can be fewer.
    const bool whole = columns[at_once * W - 1].count == lanes;
    for (std::size_t p = 0, k = 0, k_end; p < parts; ++p, k = k_end) {
      k_end = p + 1 == parts ? depth : depth * (p + 1) / parts;
      const std::size_t here = panel_begin + k * k_stride;
      const std::size_t after =
          p + 1 < parts ? panel_begin + k_end * k_stride : layout.offset(panel + 1);
      for (std::size_t t = 0, first = 0, last; t < tiles; ++t, first = last) {
        last = t + 1 == tiles ? rows : rows * (t + 1) / tiles;
        const T* const* start = k > 0 ? of.c : of.start;
        const Tile<T> tile = {of.a + first, k * of.a_stride, of.a_stride, of.packed + here,
                              layout.offset(panel + 1) - panel_begin, k_end - k, k_stride,
                              // Each of the first W tiles fetches another vector.
                              after - here + std::min(t, W - 1) * lanes,
                              start == nullptr ? nullptr : start + first, of.c + first, columns,
                              whole};
        if (at_once == 2) {
          multiply_tile<1, W, 2, false, M>(tile);
        } else if (W >= 3 && fetch) {  // others are rare; less to compile
          // W tiles and more share at least kRows (W - 1) + 1 rows evenly.
          tile_of_rows<kRows, (kRows * (W - 1) + 1) / W, W, W >= 3 && kFetches<T>, M>(last - first,
                                                                                      tile);
        } else {
          tile_of_rows<kRows, 1, W, false, M>(last - first, tile);
        }
      }
    }
  }
}

template <class M, class T>
HWY_ATTR void product(const PackedProduct<T>& of, std::size_t begin, std::size_t end) {
  while (begin < end) {
    const std::size_t width = of.layout.width(begin);
    std::size_t same = begin + 1;
    while (same < end && of.layout.width(same) == width) ++same;
    if (width == 1) product_of_width<1, M>(of, begin, same);
    if (width == 2) product_of_width<2, M>(of, begin, same);
    if (width == 3) product_of_width<3, M>(of, begin, same);
    if constexpr (kMaxWidth == 4) {
      if (width == 4) product_of_width<4, M>(of, begin, same);
    }
    begin = same;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
