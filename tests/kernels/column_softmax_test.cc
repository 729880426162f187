// Every instruction set against long double, over odd numbers of rows, and extreme logits.

#include "kernels/column_softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/packed_layout.h"
#include "kernels/random_values.h"
#include "kernels/targets.h"

namespace unroll::kernels {
namespace {

constexpr std::size_t kRowCounts[] = {1, 2, 3, 4, 5, 7, 8, 31, 95, 384, 1001};
constexpr std::size_t kPad = 3;  // numbers between rows, which nobody touches

template <class T>
struct Columns {
  Columns(std::size_t row_count, std::size_t vectors, double range)
      : rows(row_count),
        columns(vectors * vector_lanes<T>()),
        stride(columns + kPad),
        x(random_values<T>(rows * stride, rows, range)),
        bias(random_values<T>(rows, 99, range / 2)),
        max(columns),
        sum(columns) {}

  void exponentials(bool store) {
    exp_columns(rows, columns, x.data(), stride, bias.data(), store, max.data(), sum.data());
  }

  std::size_t rows, columns, stride;
  std::vector<T> x, bias, max, sum;
};

// exp of x - max, which is rounded, is off by 2 ULP, is 0 below 1.01 of the smallest normal number
// (math-inl.h), and is off by that rounding; a sum is a chain of rows / 4 sums of four numbers
// above zero.
template <class T>
void check_exponentials(std::size_t rows, std::size_t vectors, double range,
                        const std::string& where) {
  const double epsilon = std::numeric_limits<T>::epsilon();
  const Columns<T> before(rows, vectors, range);
  Columns<T> stored = before, kept = before;
  stored.exponentials(true);
  kept.exponentials(false);
  EXPECT_EQ(kept.x, before.x) << where;
  EXPECT_EQ(kept.max, stored.max) << where;
  EXPECT_EQ(kept.sum, stored.sum) << where;
  for (std::size_t c = 0; c < before.stride; ++c) {
    const auto logit = [&](std::size_t r) {
      return static_cast<T>(before.x[r * before.stride + c] + before.bias[r]);
    };
    if (c >= before.columns) {
      for (std::size_t r = 0; r < rows; ++r) {
        ASSERT_EQ(stored.x[r * before.stride + c], before.x[r * before.stride + c]) << where;
      }
      continue;
    }
    T max = logit(0);
    for (std::size_t r = 1; r < rows; ++r) max = std::max(max, logit(r));
    ASSERT_EQ(stored.max[c], max) << where;
    long double sum = 0;
    double tolerance = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const long double below = static_cast<long double>(logit(r)) - max;
      const double e = static_cast<double>(std::exp(below));
      const double error = e * epsilon * (2 + static_cast<double>(-below) / 2) +
                           1.01 * double{std::numeric_limits<T>::min()};
      ASSERT_NEAR(stored.x[r * before.stride + c], e, error) << where << " (" << r << ", " << c;
      sum += e;
      tolerance += error;
    }
    const double chain = static_cast<double>(rows) / 4 + 3;
    ASSERT_NEAR(stored.sum[c], static_cast<double>(sum),
                tolerance + chain * epsilon / 2 * static_cast<double>(sum))
        << where << " column " << c;
  }
}

class ColumnSoftmax : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    set_target(GetParam());
    ASSERT_EQ(target_name(), GetParam());
  }
};

TEST_P(ColumnSoftmax, ExponentialsAgreeWithLongDouble) {
  for (const std::size_t rows : kRowCounts) {
    for (const std::size_t vectors : {1u, 2u, 5u}) {
      for (const double range : {0.1, 5., 80., 1e4}) {
        const std::string where = GetParam() + " rows " + std::to_string(rows) + " vectors " +
                                  std::to_string(vectors) + " range " + std::to_string(range);
        check_exponentials<float>(rows, vectors, range, "float " + where);
        check_exponentials<double>(rows, vectors, range, "double " + where);
      }
    }
  }
}

// Column `c` of one and column `d` of the other have the same bits.
template <class T>
void expect_same_column(const Columns<T>& one, std::size_t c, const Columns<T>& other,
                        std::size_t d) {
  EXPECT_EQ(one.max[c], other.max[d]);
  EXPECT_EQ(one.sum[c], other.sum[d]);
  for (std::size_t r = 0; r < one.rows; ++r) {
    ASSERT_EQ(one.x[r * one.stride + c], other.x[r * other.stride + d]) << "row " << r;
  }
}

// Where a column stands, and in whose company, changes no bit.
template <class T>
void check_independence() {
  for (const std::size_t rows : kRowCounts) {
    Columns<T> many(rows, 3, 9), few(rows, 1, 100);
    few.bias = many.bias;
    const std::size_t from = many.columns - 1, to = few.columns / 2;
    for (std::size_t r = 0; r < rows; ++r) {
      few.x[r * few.stride + to] = many.x[r * many.stride + from];
    }
    many.exponentials(true);
    few.exponentials(true);
    expect_same_column(many, from, few, to);
  }
}

TEST_P(ColumnSoftmax, ColumnsAreIndependent) {
  check_independence<float>();
  check_independence<double>();
}

// Logits that are no ordinary numbers, in one column; the others do not notice.
template <class T>
void check_special(const std::string& where) {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const T largest = std::numeric_limits<T>::max();
  for (const std::size_t rows : kRowCounts) {
    for (const bool store : {false, true}) {
      Columns<T> clean(rows, 2, 3);
      std::fill(clean.bias.begin(), clean.bias.end(), T(0));
      const std::size_t column = clean.columns / 2;
      const auto with = [&](const auto& change) {
        Columns<T> changed = clean;
        change(changed);
        changed.exponentials(store);
        Columns<T> unchanged = clean;
        unchanged.exponentials(store);
        for (std::size_t c = 0; c < clean.columns; ++c) {
          if (c != column) expect_same_column(changed, c, unchanged, c);
        }
        return changed;
      };
      const auto set_all = [&](Columns<T>& of, T value) {
        for (std::size_t r = 0; r < rows; ++r) of.x[r * of.stride + column] = value;
      };
      const auto none = with([&](Columns<T>& of) { set_all(of, -inf); });
      EXPECT_EQ(none.max[column], -inf) << where;
      EXPECT_EQ(none.sum[column], T(0)) << where;
      for (std::size_t r = 0; r < rows && store; ++r) {
        EXPECT_EQ(none.x[r * none.stride + column], T(0)) << where;
      }
      for (const std::size_t at : {std::size_t{0}, rows / 2, rows - 1}) {
        const std::size_t i = at * clean.stride + column;
        for (const T value : {nan, inf}) {
          const auto wrong = with([&](Columns<T>& of) { of.x[i] = value; });
          EXPECT_TRUE(std::isnan(wrong.sum[column])) << where << " rows " << rows << " at " << at;
          EXPECT_EQ(std::isnan(wrong.x[i]), store || std::isnan(value)) << where;
        }
        const auto masked = with([&](Columns<T>& of) {
          set_all(of, nan);
          of.x[i] = -inf;
        });
        EXPECT_EQ(std::isnan(masked.sum[column]), rows > 1) << where;
        // One logit far above all others, and at the ends of what T has.
        const auto far = with([&](Columns<T>& of) {
          set_all(of, -largest);
          of.x[i] = largest;
        });
        EXPECT_EQ(far.max[column], largest) << where;
        EXPECT_EQ(far.sum[column], T(1)) << where;
        EXPECT_EQ(far.x[i], store ? T(1) : largest) << where;
      }
      const auto large = with([&](Columns<T>& of) { set_all(of, -largest); });
      EXPECT_EQ(large.max[column], -largest) << where;
      EXPECT_EQ(large.sum[column], static_cast<T>(rows)) << where;
    }
  }
}

TEST_P(ColumnSoftmax, SpecialValues) {
  check_special<float>("float " + GetParam());
  check_special<double>("double " + GetParam());
}

template <class T>
void check_scale(const std::string& where) {
  for (const std::size_t rows : kRowCounts) {
    const Columns<T> before(rows, 3, 5);
    const std::vector<T> factor = random_values<T>(before.columns, 5, 2);
    std::vector<T> x = before.x;
    scale_columns(rows, before.columns, x.data(), before.stride, factor.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % before.stride;
      ASSERT_EQ(x[i], c < before.columns ? before.x[i] * factor[c] : before.x[i]) << where;
    }
  }
}

TEST_P(ColumnSoftmax, ScalesColumns) {
  check_scale<float>("float " + GetParam());
  check_scale<double>("double " + GetParam());
}

// Any number of columns; what stands behind them is not a number.
template <class T>
void check_row_sums(const std::string& where) {
  for (const std::size_t columns : {1u, 2u, 3u, 15u, 16u, 17u, 31u, 33u, 63u, 65u, 100u, 129u}) {
    const std::size_t rows = 5, stride = columns + kPad;
    std::vector<T> x = random_values<T>(rows * stride, columns, 1);
    const std::vector<T> before = random_values<T>(rows, 4, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (i % stride >= columns) x[i] = std::numeric_limits<T>::quiet_NaN();
    }
    std::vector<T> sums = before;
    add_row_sums(rows, columns, x.data(), stride, sums.data());
    for (std::size_t r = 0; r < rows; ++r) {
      long double sum = before[r], magnitude = std::fabs(before[r]);
      for (std::size_t c = 0; c < columns; ++c) {
        sum += x[r * stride + c];
        magnitude += std::fabs(x[r * stride + c]);
      }
      const double bound = static_cast<double>(columns + 1) / 2 *
                           double{std::numeric_limits<T>::epsilon()} *
                           static_cast<double>(magnitude);
      ASSERT_NEAR(sums[r], static_cast<double>(sum), bound) << where << " columns " << columns;
    }
  }
}

TEST_P(ColumnSoftmax, AddsRowSums) {
  check_row_sums<float>("float " + GetParam());
  check_row_sums<double>("double " + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Targets, ColumnSoftmax, testing::ValuesIn(target_names()));

}  // namespace
}  // namespace unroll::kernels
