#include "kernels/packed_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_layout.cc"
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

// to[k * to_stride + lane] = column `lane` of B at k, for `count` columns in one vector.
template <class T>
HWY_ATTR void pack_contiguous(std::size_t depth, std::size_t count, const T* from,
                              std::size_t k_stride, const T* const* rows, std::size_t column,
                              std::size_t to_stride, T* to) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  if (rows != nullptr) {
    for (std::size_t k = 0; k < depth; ++k, to += to_stride) {
      hn::Store(ops.load(rows[k] + column, count), d, to);
    }
  } else if (count == hn::Lanes(d)) {
    for (std::size_t k = 0; k < depth; ++k, from += k_stride, to += to_stride) {
      hn::Store(hn::LoadU(d, from), d, to);
    }
  } else {
    for (std::size_t k = 0; k < depth; ++k, from += k_stride, to += to_stride) {
      hn::Store(ops.load(from, count), d, to);
    }
  }
}

#if HWY_TARGET != HWY_SCALAR
// Four rows of four numbers become four columns.
template <class D>
HWY_INLINE void transpose_square(D d, const float* from, std::size_t stride, float* to,
                                 std::size_t to_stride) {
  const hn::Repartition<double, D> pairs;
  const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + stride);
  const auto c = hn::LoadU(d, from + 2 * stride), e = hn::LoadU(d, from + 3 * stride);
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(d, a, b));
  const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
  const auto ce_low = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
  const auto ce_high = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_low, ce_low)), d, to);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_low, ce_low)), d, to + to_stride);
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_high, ce_high)), d, to + 2 * to_stride);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_high, ce_high)), d, to + 3 * to_stride);
}
template <class D>
HWY_INLINE void transpose_square(D d, const double* from, std::size_t stride, double* to,
                                 std::size_t to_stride) {
  const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + stride);
  hn::Store(hn::InterleaveLower(d, a, b), d, to);
  hn::Store(hn::InterleaveUpper(d, a, b), d, to + to_stride);
}
#endif

// The same where a column of B is contiguous: squares of 128 bits are transposed in registers.
template <class T>
HWY_ATTR void pack_transposed(std::size_t depth, std::size_t count, const T* from,
                              std::size_t column_stride, std::size_t to_stride, T* to) {
  std::size_t k = 0;
#if HWY_TARGET != HWY_SCALAR
  constexpr std::size_t kSquare = 16 / sizeof(T), kLine = 64 / sizeof(T);
  const hn::FixedTag<T, kSquare> d;
  for (; k + kSquare <= depth; k += kSquare) {
    if (k % kLine == 0) {
      for (std::size_t lane = 0; lane < count; ++lane) {
        hwy::Prefetch(from + lane * column_stride + k + 2 * kLine);
      }
    }
    std::size_t lane = 0;
    for (; lane + kSquare <= count; lane += kSquare) {
      transpose_square(d, from + lane * column_stride + k, column_stride, to + k * to_stride + lane,
                       to_stride);
    }
    for (; lane < count; ++lane) {
      for (std::size_t i = 0; i < kSquare; ++i) {
        to[(k + i) * to_stride + lane] = from[lane * column_stride + k + i];
      }
    }
  }
#endif
  for (; k < depth; ++k) {
    for (std::size_t lane = 0; lane < count; ++lane) {
      to[k * to_stride + lane] = from[lane * column_stride + k];
    }
  }
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  for (k = 0; k < depth && count < lanes; ++k) {
    for (std::size_t lane = count; lane < lanes; ++lane) to[k * to_stride + lane] = T(0);
  }
}

template <class T>
void pack_vector(std::size_t depth, const PackedColumns& columns, const PackSource<T>& b,
                 std::size_t to_stride, T* to) {
  if (b.rows == nullptr && b.column_stride != 1) {
    pack_transposed(depth, columns.count, b.data + columns.source * b.column_stride,
                    b.column_stride, to_stride, to);
  } else {
    pack_contiguous(depth, columns.count, b.rows == nullptr ? b.data + columns.source : nullptr,
                    b.k_stride, b.rows, b.first_column + columns.source, to_stride, to);
  }
}

void pack_vector_f32(std::size_t depth, const PackedColumns& columns, const PackSource<float>& b,
                     std::size_t to_stride, float* to) {
  pack_vector(depth, columns, b, to_stride, to);
}
void pack_vector_f64(std::size_t depth, const PackedColumns& columns, const PackSource<double>& b,
                     std::size_t to_stride, double* to) {
  pack_vector(depth, columns, b, to_stride, to);
}
std::size_t lanes_f32() { return hn::Lanes(hn::ScalableTag<float>()); }
std::size_t lanes_f64() { return hn::Lanes(hn::ScalableTag<double>()); }
// With 32 vector registers 6 rows x 4 vectors of accumulators, else 4 x 3.
std::size_t panel_vectors() { return HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 3; }

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <span>

#include "kernels/bf16_pairs.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(pack_vector_f32);
HWY_EXPORT(pack_vector_f64);
HWY_EXPORT(lanes_f32);
HWY_EXPORT(lanes_f64);
HWY_EXPORT(panel_vectors);

template <>
std::size_t vector_lanes<float>() noexcept {
  return UNROLL_DISPATCH(lanes_f32)();
}
template <>
std::size_t vector_lanes<double>() noexcept {
  return UNROLL_DISPATCH(lanes_f64)();
}
std::size_t max_panel_vectors() noexcept { return UNROLL_DISPATCH(panel_vectors)(); }

namespace {

template <class T>
void make_layout(std::size_t depth, std::size_t group_size, std::span<const std::size_t> groups,
                 Precision precision, PackedLayout& layout) {
  layout.depth = depth;
  layout.precision = precision;
  layout.k_stride = 0;
  layout.lanes = vector_lanes<T>();
  layout.vectors.clear();
  layout.panel_begin.assign(1, 0);
  const std::size_t most = max_panel_vectors(), gates = groups.size();
  const std::size_t blocks = (group_size + layout.lanes - 1) / layout.lanes;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t unit = block * layout.lanes;
    const std::size_t count = std::min(layout.lanes, group_size - unit);
    for (std::size_t g = 0; g < gates; ++g) {
      layout.vectors.push_back({g * group_size + unit, groups[g] * group_size + unit, count});
    }
  }
  // Either several blocks of units a panel, or several panels a block.
  const std::size_t group_blocks = std::max<std::size_t>(1, most / gates);
  const std::size_t count = (blocks + group_blocks - 1) / group_blocks;
  layout.group_panels = (gates + most - 1) / most;
  for (std::size_t group = 0; group < count; ++group) {
    const std::size_t first = blocks * group / count * gates;
    const std::size_t width = blocks * (group + 1) / count * gates - first;
    for (std::size_t p = 1; p <= layout.group_panels; ++p) {
      layout.panel_begin.push_back(first + width * p / layout.group_panels);
    }
  }
}

}  // namespace

template <class T>
PackedLayout interleaved_layout(std::size_t depth, std::size_t group_size,
                                const std::vector<std::size_t>& groups, Precision precision) {
  PackedLayout layout;
  make_layout<T>(depth, group_size, groups, precision, layout);
  return layout;
}

template <class T>
void make_dense_layout(std::size_t depth, std::size_t columns, PackedLayout& layout,
                       Precision precision) {
  constexpr std::size_t kOne[] = {0};
  make_layout<T>(depth, columns, kOne, precision, layout);
}

template <class T>
PackedLayout dense_layout(std::size_t depth, std::size_t columns, Precision precision) {
  PackedLayout layout;
  make_dense_layout<T>(depth, columns, layout, precision);
  return layout;
}

template <class T>
void pack(const PackedLayout& layout, const PackSource<T>& b, std::size_t begin, std::size_t end,
          T* packed) noexcept {
  if (layout.depth == 0) return;  // B may have no data
  for (std::size_t panel = begin; panel < end; ++panel) {
    const std::size_t width = layout.width(panel);
    for (std::size_t v = 0; v < width; ++v) {
      const PackedColumns& columns = layout.vectors[layout.panel_begin[panel] + v];
      T* to = packed + layout.offset(panel) + v * layout.lanes;
      if constexpr (sizeof(T) == 4) {
        if (layout.precision == Precision::kBf16) {
          pack_pairs(layout.depth, layout.lanes, columns, b, width * layout.lanes, to);
        } else {
          UNROLL_DISPATCH(pack_vector_f32)(layout.depth, columns, b, width * layout.lanes, to);
        }
      } else {
        UNROLL_DISPATCH(pack_vector_f64)(layout.depth, columns, b, width * layout.lanes, to);
      }
    }
  }
}

template PackedLayout interleaved_layout<float>(std::size_t, std::size_t,
                                                const std::vector<std::size_t>&, Precision);
template PackedLayout interleaved_layout<double>(std::size_t, std::size_t,
                                                 const std::vector<std::size_t>&, Precision);
template PackedLayout dense_layout<float>(std::size_t, std::size_t, Precision);
template PackedLayout dense_layout<double>(std::size_t, std::size_t, Precision);
template void make_dense_layout<float>(std::size_t, std::size_t, PackedLayout&, Precision);
template void make_dense_layout<double>(std::size_t, std::size_t, PackedLayout&, Precision);
template void pack<float>(const PackedLayout&, const PackSource<float>&, std::size_t, std::size_t,
                          float*) noexcept;
template void pack<double>(const PackedLayout&, const PackSource<double>&, std::size_t, std::size_t,
                           double*) noexcept;

}  // namespace unroll::kernels
#endif  // HWY_ONCE
