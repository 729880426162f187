#include "kernels/rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/ops-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// sums (columns) = sum over the rows of `from`, whose rows are `stride` apart: eight vectors at a
// time, which hide the latency of an addition and take whole cache lines.
template <class T>
HWY_ATTR void add_rows(std::size_t rows, std::size_t columns, std::size_t stride, const T* from,
                       T* sums) {
  constexpr std::size_t kVectors = 8;
  const hn::ScalableTag<T> d;
  const unroll::HWY_NAMESPACE::SimdOps<T> ops;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t c = 0;
  for (; c + kVectors * lanes <= columns; c += kVectors * lanes) {
    hn::Vec<decltype(d)> sum[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::Zero(d);
    for (std::size_t r = 0; r < rows; ++r) {
      const T* row = from + r * stride + c;
      for (std::size_t v = 0; v < kVectors; ++v) {
        sum[v] = hn::Add(sum[v], hn::LoadU(d, row + v * lanes));
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, sums + c + v * lanes);
  }
  for (; c < columns; c += lanes) {
    const std::size_t count = columns - c < lanes ? columns - c : lanes;
    auto sum = hn::Zero(d);
    for (std::size_t r = 0; r < rows; ++r) {
      sum = hn::Add(sum, ops.load(from + r * stride + c, count));
    }
    ops.store(sum, sums + c, count);
  }
}

void add_rows_f32(std::size_t rows, std::size_t columns, std::size_t stride, const float* from,
                  float* sums) {
  add_rows(rows, columns, stride, from, sums);
}
void add_rows_f64(std::size_t rows, std::size_t columns, std::size_t stride, const double* from,
                  double* sums) {
  add_rows(rows, columns, stride, from, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "kernels/preconditions.h"
#include "kernels/targets.h"

namespace unroll::kernels {

HWY_EXPORT(add_rows_f32);
HWY_EXPORT(add_rows_f64);

namespace {

constexpr std::size_t kColumns = 512;  // columns a block: a few lines of each row at a time

void add(std::size_t rows, std::size_t columns, std::size_t stride, const float* from,
         float* sums) {
  UNROLL_DISPATCH(add_rows_f32)(rows, columns, stride, from, sums);
}
void add(std::size_t rows, std::size_t columns, std::size_t stride, const double* from,
         double* sums) {
  UNROLL_DISPATCH(add_rows_f64)(rows, columns, stride, from, sums);
}

}  // namespace

template <class T>
void column_sums(const ThreadTeam& team, std::size_t rows, std::size_t columns, const T* from,
                 T* sums) noexcept {
  assert(is_array(from, rows * columns) && is_array(sums, columns));
  assert(are_apart(from, rows * columns, sums, columns));
  team.for_elements(rows * columns)
      .for_each_block((columns + kColumns - 1) / kColumns, [&](std::size_t block) {
        const std::size_t begin = block * kColumns;
        add(rows, std::min(kColumns, columns - begin), columns, from + begin, sums + begin);
      });
}

template void column_sums<float>(const ThreadTeam&, std::size_t, std::size_t, const float*,
                                 float*) noexcept;
template void column_sums<double>(const ThreadTeam&, std::size_t, std::size_t, const double*,
                                  double*) noexcept;

}  // namespace unroll::kernels
#endif  // HWY_ONCE
