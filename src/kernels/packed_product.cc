#include "kernels/packed_product.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_product.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Accumulators that leave registers for a row of B and a broadcast: 24 of 32 (AVX-512, NEON), 12
// of 16.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr std::size_t kAccumulators = 24;
#else
constexpr std::size_t kAccumulators = 12;
#endif
constexpr std::size_t kMaxRows = 12;

constexpr std::size_t max_rows(std::size_t width) {
  return kAccumulators / width < kMaxRows ? kAccumulators / width : kMaxRows;
}

template <std::size_t R, std::size_t W, class T>
HWY_ATTR void tile(std::size_t depth, const T* HWY_RESTRICT panel, const PackedColumns* columns,
                   const T* const* a, std::size_t a_stride, T* const* c, bool accumulate) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  V sum[R][W];
  const T* row[R];
  for (std::size_t r = 0; r < R; ++r) {
    row[r] = a[r];
    for (std::size_t w = 0; w < W; ++w) {
      sum[r][w] = accumulate ? ops.load(c[r] + columns[w].output, columns[w].count) : hn::Zero(d);
    }
  }
  for (std::size_t k = 0, offset = 0; k < depth; ++k, offset += a_stride) {
    V b[W];
    for (std::size_t w = 0; w < W; ++w) b[w] = hn::Load(d, panel + w * lanes);
    panel += W * lanes;
    for (std::size_t r = 0; r < R; ++r) {
      const V broadcast = hn::Set(d, row[r][offset]);
      for (std::size_t w = 0; w < W; ++w) sum[r][w] = hn::MulAdd(broadcast, b[w], sum[r][w]);
    }
  }
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t w = 0; w < W; ++w) {
      ops.store(sum[r][w], c[r] + columns[w].output, columns[w].count);
    }
  }
}

template <std::size_t R, std::size_t W, class T>
HWY_INLINE void tile_of_rows(std::size_t rows, std::size_t depth, const T* panel,
                             const PackedColumns* columns, const T* const* a, std::size_t a_stride,
                             T* const* c, bool accumulate) {
  if constexpr (R > 0) {
    if (rows == R) {
      tile<R, W>(depth, panel, columns, a, a_stride, c, accumulate);
    } else {
      tile_of_rows<R - 1, W>(rows, depth, panel, columns, a, a_stride, c, accumulate);
    }
  }
}

template <std::size_t W, class T>
HWY_ATTR void product_of_width(const PackedLayout& layout, const T* packed, std::size_t begin,
                               std::size_t end, std::size_t rows, const T* const* a,
                               std::size_t a_stride, T* const* c, bool accumulate) {
  constexpr std::size_t kRows = max_rows(W);
  const std::size_t panel_size = layout.depth * W * layout.lanes;
  const std::size_t tiles = (rows + kRows - 1) / kRows;  // as even as possible: 20 = 5+5+5+5
  for (std::size_t p = begin; p < end; ++p) {
    for (std::size_t t = 0; t < tiles; ++t) {
      const std::size_t first = rows * t / tiles, last = rows * (t + 1) / tiles;
      tile_of_rows<kRows, W>(last - first, layout.depth, packed + p * panel_size,
                             &layout.vectors[p * W], a + first, a_stride, c + first, accumulate);
    }
  }
}

template <class T>
HWY_ATTR void product(const PackedLayout& layout, const T* packed, std::size_t begin,
                      std::size_t end, std::size_t rows, const T* const* a, std::size_t a_stride,
                      T* const* c, bool accumulate) {
  if (layout.width == 3) {
    product_of_width<3>(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
  } else {
    product_of_width<4>(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
  }
}

void product_f32(const PackedLayout& layout, const float* packed, std::size_t begin,
                 std::size_t end, std::size_t rows, const float* const* a, std::size_t a_stride,
                 float* const* c, bool accumulate) {
  product(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
}
void product_f64(const PackedLayout& layout, const double* packed, std::size_t begin,
                 std::size_t end, std::size_t rows, const double* const* a, std::size_t a_stride,
                 double* const* c, bool accumulate) {
  product(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
}
std::size_t lanes_f32() { return hn::Lanes(hn::ScalableTag<float>()); }
std::size_t lanes_f64() { return hn::Lanes(hn::ScalableTag<double>()); }

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(product_f32);
HWY_EXPORT(product_f64);
HWY_EXPORT(lanes_f32);
HWY_EXPORT(lanes_f64);

template <>
std::size_t vector_lanes<float>() noexcept {
  return UNROLL_DISPATCH(lanes_f32)();
}
template <>
std::size_t vector_lanes<double>() noexcept {
  return UNROLL_DISPATCH(lanes_f64)();
}

template <class T>
PackedLayout interleaved_layout(std::size_t depth, std::size_t group_size,
                                const std::vector<std::size_t>& groups) {
  PackedLayout layout;
  layout.depth = depth;
  layout.width = groups.size() % 3 == 0 ? 3 : 4;
  layout.lanes = vector_lanes<T>();
  for (std::size_t unit = 0; unit < group_size; unit += layout.lanes) {
    const std::size_t count = std::min(layout.lanes, group_size - unit);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      layout.vectors.push_back({g * group_size + unit, groups[g] * group_size + unit, count});
    }
  }
  while (layout.vectors.size() % layout.width != 0) layout.vectors.push_back({0, 0, 0});
  return layout;
}

template <class T>
PackedLayout dense_layout(std::size_t depth, std::size_t columns) {
  PackedLayout layout;
  layout.depth = depth;
  layout.width = 4;
  layout.lanes = vector_lanes<T>();
  for (std::size_t column = 0; column < columns; column += layout.lanes) {
    layout.vectors.push_back({column, column, std::min(layout.lanes, columns - column)});
  }
  while (layout.vectors.size() % layout.width != 0) layout.vectors.push_back({0, 0, 0});
  return layout;
}

template <class T>
void pack(const PackedLayout& layout, const T* b, std::size_t k_stride, std::size_t column_stride,
          std::size_t begin, std::size_t end, T* packed) noexcept {
  const std::size_t panel_row = layout.width * layout.lanes;
  for (std::size_t v = begin * layout.width; v < end * layout.width; ++v) {
    const PackedColumns& columns = layout.vectors[v];
    T* to = packed + v / layout.width * layout.depth * panel_row + v % layout.width * layout.lanes;
    const T* from = b + columns.source * column_stride;
    for (std::size_t k = 0; k < layout.depth; ++k, to += panel_row, from += k_stride) {
      for (std::size_t lane = 0; lane < columns.count; ++lane)
        to[lane] = from[lane * column_stride];
      for (std::size_t lane = columns.count; lane < layout.lanes; ++lane) to[lane] = 0;
    }
  }
}

template <>
void packed_product<float>(const PackedLayout& layout, const float* packed, std::size_t begin,
                           std::size_t end, std::size_t rows, const float* const* a,
                           std::size_t a_stride, float* const* c, bool accumulate) noexcept {
  UNROLL_DISPATCH(product_f32)(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
}
template <>
void packed_product<double>(const PackedLayout& layout, const double* packed, std::size_t begin,
                            std::size_t end, std::size_t rows, const double* const* a,
                            std::size_t a_stride, double* const* c, bool accumulate) noexcept {
  UNROLL_DISPATCH(product_f64)(layout, packed, begin, end, rows, a, a_stride, c, accumulate);
}

template PackedLayout interleaved_layout<float>(std::size_t, std::size_t,
                                                const std::vector<std::size_t>&);
template PackedLayout interleaved_layout<double>(std::size_t, std::size_t,
                                                 const std::vector<std::size_t>&);
template PackedLayout dense_layout<float>(std::size_t, std::size_t);
template PackedLayout dense_layout<double>(std::size_t, std::size_t);
template void pack<float>(const PackedLayout&, const float*, std::size_t, std::size_t, std::size_t,
                          std::size_t, float*) noexcept;
template void pack<double>(const PackedLayout&, const double*, std::size_t, std::size_t,
                           std::size_t, std::size_t, double*) noexcept;

}  // namespace unroll::kernels
#endif  // HWY_ONCE
