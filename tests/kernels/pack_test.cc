// Where every number of B lies after packing, for each form of B, on every instruction set and over
// odd sizes. The numbers are all different, so that none can stand in for another.

#include "kernels/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "unroll/core/tensor.h"

namespace unroll::kernels {
namespace {

constexpr std::size_t kDepths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33};
constexpr std::size_t kColumns[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129};

template <class T>
T number(std::size_t k, std::size_t column) {
  return static_cast<T>(1 + k * 1000 + column);
}

// B (depth, columns) in one of its three forms. What lies between its rows is negative; the arrays
// end where B does, so that a sanitizer sees what is read beyond.
template <class T>
struct Source {
  enum Form { kContiguous, kTransposed, kRows };

  Source(Form form, std::size_t depth, std::size_t columns, std::size_t gap) {
    const bool by_columns = form == kTransposed;
    const std::size_t lines = by_columns ? columns : depth, length = by_columns ? depth : columns;
    const std::size_t stride = length + gap;
    values.assign((lines - 1) * stride + length, T(-1));
    for (std::size_t line = 0; line < lines; ++line) {
      for (std::size_t i = 0; i < length; ++i) {
        values[line * stride + i] = by_columns ? number<T>(i, line) : number<T>(line, i);
      }
    }
    if (form == kContiguous) b = {values.data(), stride, 1};
    if (form == kTransposed) b = {values.data(), 1, stride};
    if (form != kRows) return;
    // Each row in an array of its own, after `gap` other columns.
    for (std::size_t k = 0; k < depth; ++k) {
      apart.emplace_back(gap, T(-1));
      for (std::size_t i = 0; i < columns; ++i) apart.back().push_back(number<T>(k, i));
    }
    for (const std::vector<T>& row : apart) rows.push_back(row.data());
    b.rows = rows.data();
    b.first_column = gap;
  }

  std::vector<T> values;
  std::vector<std::vector<T>> apart;
  std::vector<const T*> rows;
  PackSource<T> b;
};

// Panels [begin, end) hold their part of B, in the order [k][vector][lane], with zeros for padding;
// nothing else was written.
template <class T>
void expect_packed(const PackedLayout& layout, std::size_t begin, std::size_t end,
                   const Tensor<T>& packed, T untouched, const std::string& what) {
  for (std::size_t panel = 0; panel < layout.panels(); ++panel) {
    const T* at = packed.data() + layout.offset(panel);
    for (std::size_t k = 0; k < layout.depth; ++k) {
      for (std::size_t v = layout.panel_begin[panel]; v < layout.panel_begin[panel + 1]; ++v) {
        const PackedColumns& columns = layout.vectors[v];
        for (std::size_t lane = 0; lane < layout.lanes; ++lane, ++at) {
          const T inside = lane < columns.count ? number<T>(k, columns.source + lane) : T(0);
          ASSERT_EQ(*at, panel >= begin && panel < end ? inside : untouched)
              << what << " panel " << panel << " k " << k << " column " << columns.source + lane;
        }
      }
    }
  }
  for (std::size_t i = layout.size(); i < packed.size(); ++i) {
    ASSERT_EQ(packed[i], untouched) << what << ": written " << i - layout.size() << " beyond";
  }
}

template <class T>
void check_pack(const PackedLayout& layout, std::size_t columns, const std::string& where) {
  constexpr T kUntouched = -7;
  for (const auto form : {Source<T>::kContiguous, Source<T>::kTransposed, Source<T>::kRows}) {
    for (const std::size_t gap : {0u, 1u, 3u}) {
      // A single column without a gap is contiguous in either order.
      const Source<T> source(form, layout.depth, columns, gap);
      const std::string what = where + " form " + std::to_string(form) + " depth " +
                               std::to_string(layout.depth) + " columns " +
                               std::to_string(columns) + " gap " + std::to_string(gap);
      Tensor<T> packed({layout.size() + 64});
      const std::size_t panels = layout.panels(), begin = panels / 3, end = panels - panels / 4;
      packed.fill(kUntouched);
      pack(layout, source.b, begin, end, packed.data());
      ASSERT_NO_FATAL_FAILURE(expect_packed(layout, begin, end, packed, kUntouched, what));
      pack(layout, source.b, 0, begin, packed.data());
      pack(layout, source.b, end, panels, packed.data());
      ASSERT_NO_FATAL_FAILURE(expect_packed(layout, 0, panels, packed, kUntouched, what));
    }
  }
}

// Every column of `gates` groups once, with its place in C; panels of a width that the tile has.
void expect_covers(const PackedLayout& layout, std::size_t group_size,
                   const std::vector<std::size_t>& groups, const std::string& what) {
  std::vector<int> seen(groups.size() * group_size);
  for (const PackedColumns& vector : layout.vectors) {
    ASSERT_GE(vector.count, 1u) << what;
    ASSERT_LE(vector.count, layout.lanes) << what;
    const std::size_t gate = vector.source / group_size, unit = vector.source % group_size;
    ASSERT_LE(unit + vector.count, group_size) << what << ": a vector of two gates";
    ASSERT_EQ(vector.output, groups[gate] * group_size + unit) << what;
    for (std::size_t lane = 0; lane < vector.count; ++lane) ++seen[vector.source + lane];
  }
  EXPECT_EQ(seen, std::vector<int>(seen.size(), 1)) << what;
  ASSERT_EQ(layout.panel_begin.back(), layout.vectors.size()) << what;
  for (std::size_t panel = 0; panel < layout.panels(); ++panel) {
    ASSERT_GE(layout.width(panel), 1u) << what;
    ASSERT_LE(layout.width(panel), max_panel_vectors()) << what;
  }
  EXPECT_EQ(layout.size(), layout.vectors.size() * layout.lanes * layout.depth) << what;
}

// A group of panels holds the same units of all gates.
void expect_whole_units(const PackedLayout& layout, std::size_t group_size, std::size_t gates,
                        const std::string& what) {
  ASSERT_EQ(layout.panels(), layout.groups() * layout.group_panels) << what;
  std::size_t next = 0;
  for (std::size_t group = 0; group < layout.groups(); ++group) {
    std::vector<std::size_t> units(gates);
    for (std::size_t v = layout.panel_begin[group * layout.group_panels];
         v < layout.panel_begin[(group + 1) * layout.group_panels]; ++v) {
      const PackedColumns& vector = layout.vectors[v];
      std::size_t& count = units[vector.source / group_size];
      ASSERT_EQ(vector.source % group_size, next + count) << what << " group " << group;
      count += vector.count;
    }
    ASSERT_EQ(units, std::vector<std::size_t>(gates, units[0])) << what << " group " << group;
    next += units[0];
  }
  EXPECT_EQ(next, group_size) << what;
}

class Layout : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    set_target(GetParam());
    ASSERT_EQ(target_name(), GetParam());
  }
};

template <class T>
void check_dense(const std::string& where) {
  PackedLayout again = dense_layout<T>(7, 999);  // of another product
  for (const std::size_t columns : kColumns) {
    for (const std::size_t depth : kDepths) {
      const PackedLayout layout = dense_layout<T>(depth, columns);
      ASSERT_EQ(layout.lanes, vector_lanes<T>());
      ASSERT_NO_FATAL_FAILURE(expect_covers(layout, columns, {0}, where));
      for (std::size_t panel = 1; panel < layout.panels(); ++panel) {
        const std::size_t least = std::min(layout.width(panel), layout.width(0));
        EXPECT_LE(std::max(layout.width(panel), layout.width(0)), least + 1) << where << columns;
      }
      ASSERT_NO_FATAL_FAILURE(check_pack<T>(layout, columns, where));
      make_dense_layout<T>(depth, columns, again);
      EXPECT_EQ(again.panel_begin, layout.panel_begin);
      EXPECT_EQ(again.size(), layout.size());
    }
  }
}

TEST_P(Layout, Dense) {
  check_dense<float>("float " + GetParam());
  check_dense<double>("double " + GetParam());
}

template <class T>
void check_interleaved(const std::string& where) {
  for (std::size_t gates = 1; gates <= 6; ++gates) {
    // Places in C in reverse, with one between them that no group has.
    std::vector<std::size_t> groups(gates);
    std::iota(groups.rbegin(), groups.rend(), 0);
    if (gates > 1) ++groups[0];
    std::vector<std::size_t> sizes(std::begin(kColumns), std::end(kColumns));
    sizes.insert(sizes.end(), {24, 47, 48, 96, 128});  // of which several blocks fill panels
    for (const std::size_t units : sizes) {
      for (const std::size_t depth : {1u, 5u, 16u, 33u}) {
        const PackedLayout layout = interleaved_layout<T>(depth, units, groups);
        const std::string what =
            where + " gates " + std::to_string(gates) + " units " + std::to_string(units);
        ASSERT_NO_FATAL_FAILURE(expect_covers(layout, units, groups, what));
        ASSERT_NO_FATAL_FAILURE(expect_whole_units(layout, units, gates, what));
        ASSERT_NO_FATAL_FAILURE(check_pack<T>(layout, gates * units, what));
      }
    }
  }
}

TEST_P(Layout, InterleavedGates) {
  check_interleaved<float>("float " + GetParam());
  check_interleaved<double>("double " + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Targets, Layout, testing::ValuesIn(target_names()));

}  // namespace
}  // namespace unroll::kernels
