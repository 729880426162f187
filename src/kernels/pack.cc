#include "kernels/pack.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pack.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "kernels/bf16_pairs-inl.h"
#include "kernels/ops-inl.h"
#include "kernels/unrolled-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using unroll::HWY_NAMESPACE::unrolled;

// Lines of a column that are fetched ahead; of what is packed it is one. After some milliseconds
// on a shared machine neither is in L3 any more: 0.20 instead of 0.40 ns an element of H=200.
constexpr std::size_t kAheadLines = 2;

#if HWY_TARGET != HWY_SCALAR
// Units U, of one or several T each, as many as 128 bits hold: out[i], lane l = unit i of
// column[l], counted from k.
template <class U, class T>
HWY_INLINE void transpose(const T* const* column, std::size_t k,
                          hn::Vec<hn::ScalableTag<U>> (&out)[16 / sizeof(U)]) {
  constexpr std::size_t kUnits = 16 / sizeof(U);
  const hn::ScalableTag<U> d;
  const hn::Repartition<T, decltype(d)> as_stored;
  const auto load = [&](std::size_t lane) HWY_ATTR {
    return hn::BitCast(d, hn::LoadDup128(as_stored, column[lane] + k));
  };
  hn::Vec<decltype(d)> x[kUnits];  // 128 bits b of x[i] are from column b * kUnits + i
  for (std::size_t i = 0; i < kUnits; ++i) {
    std::size_t block = hn::Lanes(d) / kUnits - 1;
    x[i] = load(block * kUnits + i);
    for (; block > 0; --block) {
      x[i] = hn::IfThenElse(hn::FirstN(d, block * kUnits), load((block - 1) * kUnits + i), x[i]);
    }
  }
  if constexpr (kUnits == 2) {
    out[0] = hn::InterleaveLower(d, x[0], x[1]);
    out[1] = hn::InterleaveUpper(d, x[0], x[1]);
  } else {
    const hn::Repartition<double, decltype(d)> twice;
    const auto low = hn::BitCast(twice, hn::InterleaveLower(d, x[0], x[1]));
    const auto high = hn::BitCast(twice, hn::InterleaveUpper(d, x[0], x[1]));
    const auto low2 = hn::BitCast(twice, hn::InterleaveLower(d, x[2], x[3]));
    const auto high2 = hn::BitCast(twice, hn::InterleaveUpper(d, x[2], x[3]));
    out[0] = hn::BitCast(d, hn::InterleaveLower(twice, low, low2));
    out[1] = hn::BitCast(d, hn::InterleaveUpper(twice, low, low2));
    out[2] = hn::BitCast(d, hn::InterleaveLower(twice, high, high2));
    out[3] = hn::BitCast(d, hn::InterleaveUpper(twice, high, high2));
  }
}
#endif

// An element of a packed column is one k,
template <class Number>
struct SingleK {
  using T = Number;
  using V = hn::Vec<hn::ScalableTag<T>>;
  static constexpr std::size_t kSize = 1, kSquare = 16 / sizeof(T);

  // row(k): the vector at k.
  template <class Row>
  static HWY_INLINE V from_rows(const Row& row, std::size_t k, std::size_t) {
    return row(k);
  }
  static T from_column(const T* column, std::size_t k, std::size_t) { return column[k]; }
#if HWY_TARGET != HWY_SCALAR
  // As many elements as 128 bits of a column hold.
  static HWY_INLINE void from_columns(const T* const* column, std::size_t k, V (&out)[kSquare]) {
    transpose<T>(column, k, out);
  }
#endif
};

// or two, rounded to bf16.
struct PairOfBf16 {
  using T = float;
  using V = hn::Vec<hn::ScalableTag<T>>;
  static constexpr std::size_t kSize = 2, kSquare = 2;

  template <class Row>
  static HWY_INLINE V from_rows(const Row& row, std::size_t k, std::size_t depth) {
    const hn::ScalableTag<T> d;
    return unroll::HWY_NAMESPACE::paired(d, row(k), k + 1 < depth ? row(k + 1) : hn::Zero(d));
  }
  static T from_column(const T* column, std::size_t k, std::size_t depth) {
    return unroll::HWY_NAMESPACE::paired(column[k], k + 1 < depth ? column[k + 1] : 0.0f);
  }
#if HWY_TARGET != HWY_SCALAR
  static HWY_INLINE void from_columns(const T* const* column, std::size_t k, V (&out)[kSquare]) {
    const hn::ScalableTag<T> d;
    const hn::ScalableTag<double> both;  // the even and the odd k of a column
    hn::Vec<decltype(both)> low[kSquare], high[kSquare];
    transpose<double>(column, k, low);
    transpose<double>(column + hn::Lanes(both), k, high);
    for (std::size_t i = 0; i < kSquare; ++i) {
      const V l = hn::BitCast(d, low[i]), h = hn::BitCast(d, high[i]);
      out[i] = unroll::HWY_NAMESPACE::paired(d, hn::ConcatEven(d, h, l), hn::ConcatOdd(d, h, l));
    }
  }
#endif
};

// The W vectors of a panel, where a row of B is contiguous.
template <class Element, std::size_t W, class T, class Row>
HWY_ATTR void pack_rows(std::size_t depth, const PackedColumns* columns, const Row& row, T* to) {
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t k = 0; k < depth; k += Element::kSize) {
    unrolled<W>([&](std::size_t v) HWY_ATTR {
      const auto vector = [&](std::size_t at) HWY_ATTR {
        return ops.load(row(at) + columns[v].source, columns[v].count);
      };
      hn::Store(Element::from_rows(vector, k, depth), d, to);
      to += lanes;
    });
  }
}

// The same where a column of B is contiguous.
template <class Element, class T>
HWY_ATTR void pack_columns(std::size_t depth, std::size_t width, const PackedColumns* columns,
                           const T* from, std::size_t column_stride, T* to) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), to_stride = width * lanes;
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t v = 0; v < width; ++v) {
    const std::size_t count = columns[v].count;
    const T* column[hn::MaxLanes(d)];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      column[lane] = from + (columns[v].source + std::min(lane, count - 1)) * column_stride;
    }
    const T* next = from + columns[v + 1 < width ? v + 1 : v].source * column_stride;
    T* row = to + v * lanes;
    for (std::size_t line = 0; line < depth; line += kLine) {
      const std::size_t ahead = line + kAheadLines * kLine;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        hwy::Prefetch(ahead < depth
                          ? column[lane] + ahead
                          : next + lane * column_stride + (ahead - depth) / kLine * kLine);
      }
      std::size_t k = line;
      const std::size_t end = std::min(line + kLine, depth);
#if HWY_TARGET != HWY_SCALAR
      constexpr std::size_t kSquare = Element::kSquare, kStep = kSquare * Element::kSize;
      const auto inside = hn::FirstN(d, count);
      for (; k + kStep <= end; k += kStep) {
        typename Element::V out[kSquare];
        Element::from_columns(column, k, out);
        for (const auto& x : out) {
          __builtin_prefetch(row + kLine / Element::kSize * to_stride, 1);
          hn::Store(hn::IfThenElseZero(inside, x), d, row);
          row += to_stride;
        }
      }
#endif
      for (; k < end; k += Element::kSize, row += to_stride) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          row[lane] = lane < count ? Element::from_column(column[lane], k, depth) : T(0);
        }
      }
    }
  }
}

template <class Element, std::size_t W = 4, class T, class Row>
void pack_rows_of(std::size_t depth, std::size_t width, const PackedColumns* columns,
                  const Row& row, T* to) {
  if (width == W) {
    pack_rows<Element, W>(depth, columns, row, to);
  } else if constexpr (W > 1) {
    pack_rows_of<Element, W - 1>(depth, width, columns, row, to);
  }
}

template <class Element, class T = typename Element::T>
void pack_panel(std::size_t depth, std::size_t width, const PackedColumns* columns,
                const PackSource<T>& b, T* to) {
  if (b.rows != nullptr) {
    const auto row = [&](std::size_t k) { return b.rows[k] + b.first_column; };
    pack_rows_of<Element>(depth, width, columns, row, to);
  } else if (b.column_stride == 1) {
    const auto row = [&](std::size_t k) { return b.data + k * b.k_stride; };
    pack_rows_of<Element>(depth, width, columns, row, to);
  } else {
    pack_columns<Element>(depth, width, columns, b.data, b.column_stride, to);
  }
}

void pack_f32(std::size_t depth, std::size_t width, const PackedColumns* columns,
              const PackSource<float>& b, float* to) {
  pack_panel<SingleK<float>>(depth, width, columns, b, to);
}
void pack_f64(std::size_t depth, std::size_t width, const PackedColumns* columns,
              const PackSource<double>& b, double* to) {
  pack_panel<SingleK<double>>(depth, width, columns, b, to);
}
void pack_bf16(std::size_t depth, std::size_t width, const PackedColumns* columns,
               const PackSource<float>& b, float* to) {
  pack_panel<PairOfBf16>(depth, width, columns, b, to);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(pack_f32);
HWY_EXPORT(pack_f64);
HWY_EXPORT(pack_bf16);

template <class T>
void pack(const PackedLayout& layout, const PackSource<T>& b, std::size_t begin, std::size_t end,
          T* packed) noexcept {
  if (layout.depth == 0) return;  // B may have no data
  assert(begin <= end && end <= layout.panels() && is_packed(layout, packed));
  assert(layout.k_stride == 0);
  assert(begin == end || b.rows != nullptr || b.data != nullptr);
  assert(b.rows != nullptr || b.k_stride == 1 || b.column_stride == 1 || layout.depth == 1);
  for (std::size_t panel = begin; panel < end; ++panel) {
    const std::size_t depth = layout.depth, width = layout.width(panel);
    const PackedColumns* columns = &layout.vectors[layout.panel_begin[panel]];
    T* to = packed + layout.offset(panel);
    if constexpr (sizeof(T) == 8) {
      UNROLL_DISPATCH(pack_f64)(depth, width, columns, b, to);
    } else if (layout.precision == Precision::kBf16) {
      UNROLL_DISPATCH(pack_bf16)(depth, width, columns, b, to);
    } else {
      UNROLL_DISPATCH(pack_f32)(depth, width, columns, b, to);
    }
  }
}

template void pack<float>(const PackedLayout&, const PackSource<float>&, std::size_t, std::size_t,
                          float*) noexcept;
template void pack<double>(const PackedLayout&, const PackSource<double>&, std::size_t, std::size_t,
                           double*) noexcept;

}  // namespace unroll::kernels
#endif  // HWY_ONCE
