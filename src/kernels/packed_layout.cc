#include "kernels/packed_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/packed_layout.cc"
#include "hwy/foreach_target.h"
// clang-format off
#include "hwy/highway.h"
#include "kernels/target_order.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace unroll::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

std::size_t lanes_f32() { return hn::Lanes(hn::ScalableTag<float>()); }
std::size_t lanes_f64() { return hn::Lanes(hn::ScalableTag<double>()); }
// With 32 vector registers 6 rows x 4 vectors of accumulators, else 4 x 3.
std::size_t panel_vectors() { return UNROLL_HAS_32_REGISTERS(HWY_TARGET) ? 4 : 3; }

}  // namespace HWY_NAMESPACE
}  // namespace unroll::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <numeric>
#include <span>

#include "kernels/targets.h"

namespace unroll::kernels {

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

struct Grouping {
  std::size_t groups, panels;  // panels of a group

  // Vectors of a panel, the mean.
  double width(std::size_t vectors) const {
    return static_cast<double>(vectors) / static_cast<double>(groups * panels);
  }
};

// A group is as many blocks of units as fill panels (four gates in panels of three: three blocks),
// or the fewest that are a panel or more, whichever has the wider panels. A step of one row is 20 %
// faster with panels of three vectors than of two, and of GRU-128 2.7 to 2.55 us with four than
// with three. Of the large groups there are evenly many for two threads, where a step of one row is
// split.
Grouping group_blocks(std::size_t blocks, std::size_t gates, std::size_t most) {
  const auto up = [](std::size_t a, std::size_t b) { return (a + b - 1) / b; };
  const std::size_t full = most / std::gcd(most, gates);
  const std::size_t least = std::max<std::size_t>(1, most / gates);
  Grouping large = {up(blocks, full), full * gates / most};
  if (large.groups > 3) large.groups += large.groups % 2;
  const Grouping small = {up(blocks, least), up(least * gates, most)};
  const std::size_t vectors = blocks * gates;
  return large.width(vectors) > small.width(vectors) ? large : small;
}

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
  const Grouping grouping = group_blocks(blocks, gates, most);
  const std::size_t count = grouping.groups;
  layout.group_panels = grouping.panels;
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

template PackedLayout interleaved_layout<float>(std::size_t, std::size_t,
                                                const std::vector<std::size_t>&, Precision);
template PackedLayout interleaved_layout<double>(std::size_t, std::size_t,
                                                 const std::vector<std::size_t>&, Precision);
template PackedLayout dense_layout<float>(std::size_t, std::size_t, Precision);
template PackedLayout dense_layout<double>(std::size_t, std::size_t, Precision);
template void make_dense_layout<float>(std::size_t, std::size_t, PackedLayout&, Precision);
template void make_dense_layout<double>(std::size_t, std::size_t, PackedLayout&, Precision);

}  // namespace unroll::kernels
#endif  // HWY_ONCE
