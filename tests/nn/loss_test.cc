// Values by hand and against plain formulas in long double, masks, threads, refusals. Gradients are
// checked by differences here and in gradient_test.

#include "unroll/nn/head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "nn/random_fill.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const ThreadTeam kOne;
const HeadOptions kKinds[] = {HeadOptions{"softmax"},       HeadOptions{"sigmoid"},
                              HeadOptions{"squared_error"}, HeadOptions{"absolute"},
                              HeadOptions{"huber"},         HeadOptions{"gaussian"}};

template <class T>
struct Batch {
  Batch(std::size_t r, std::size_t w) : rows(r), width(w), x(r * w), t(r * w), mask(r), classes(r) {
    fill_random(x, 1, 4);
    fill_random(t, 2);
    for (T& value : t) value = (value + 1) / 2;
    for (std::size_t i = 0; i < r; ++i) {
      mask[i] = i % 3 == 1 ? T(0) : T(i % 3) / 4 + T(0.5);
      classes[i] = static_cast<std::uint32_t>(i * 31 % w);
    }
  }
  LossRows<T> call() const {
    return {.rows = rows,
            .width = width,
            .predictions = x.data(),
            .classes = classes.data(),
            .targets = t.data(),
            .mask = mask.data()};
  }
  std::size_t rows, width;
  std::vector<T> x, t, mask;
  std::vector<std::uint32_t> classes;
};

// sum w_r l_r, with l_r by the defining formula.
template <class T>
long double oracle(const HeadOptions& kind, const Batch<T>& b) {
  long double sum = 0;
  for (std::size_t r = 0; r < b.rows; ++r) {
    long double row = 0, exps = 0;
    for (std::size_t c = 0; c < b.width; ++c) {
      const long double x = b.x[r * b.width + c], t = b.t[r * b.width + c];
      const long double p = 1 / (1 + std::exp(-x));
      exps += std::exp(x);
      if (kind == HeadOptions{"sigmoid"}) row -= t * std::log(p) + (1 - t) * std::log(1 - p);
      const long double r = std::fabs(x - t);
      if (kind == HeadOptions{"squared_error"}) row += r * r;
      if (kind == HeadOptions{"absolute"}) row += r;
      if (kind == HeadOptions{"huber"}) row += r > 1 ? r - 0.5L : r * r / 2;
    }
    for (std::size_t c = 0; kind == HeadOptions{"gaussian"} && c < b.width / 2; ++c) {
      const long double s = b.x[r * b.width + b.width / 2 + c];
      const long double v = std::log1p(std::exp(s)) + 1e-6L;
      const long double m = b.x[r * b.width + c] - b.t[r * (b.width / 2) + c];
      row += (std::log(2 * std::numbers::pi_v<long double> * v) + m * m / v) / 2;
    }
    if (kind == HeadOptions{"softmax"}) row = std::log(exps) - b.x[r * b.width + b.classes[r]];
    sum += static_cast<long double>(b.mask[r]) * row;
  }
  return sum;
}

template <class T>
void check_values() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (const HeadOptions& kind : kKinds) {
    for (const std::size_t rows : {1u, 33u, 2100u}) {
      for (const std::size_t width : {2u, 8u, 130u}) {
        const Batch<T> b(rows, width);
        double count = 0;
        for (const T w : b.mask) count += static_cast<double>(w);
        if (kind != HeadOptions{"softmax"}) {
          count *= static_cast<double>(width / make_head(kind)->width(1));
        }
        const double sum = static_cast<double>(oracle(kind, b));
        const double bound = 20 * epsilon * (std::fabs(sum) + 1);
        EXPECT_NEAR(loss(kOne, kind, b.call(), Reduction::kSum), sum, bound);
        EXPECT_NEAR(loss(kOne, kind, b.call(), Reduction::kMean), sum / count, bound / count);
      }
    }
  }
}

TEST(Loss, FollowsTheFormulas) {
  check_values<float>();
  check_values<double>();
}

// -log(e²/(e² + 1)), log 2 for a logit of 0, and (3 - 1)², of two rows the mean.
TEST(Loss, SmallNumbersByHand) {
  const std::vector<double> x = {2, 0, 0, 0}, t = {1, 0, 1, 0};
  const std::vector<std::uint32_t> classes = {0, 1};
  const LossRows<double> rows{.rows = 2,
                              .width = 2,
                              .predictions = x.data(),
                              .classes = classes.data(),
                              .targets = t.data()};
  const double log2 = std::log(2.), soft = std::log1p(std::exp(-2.));
  EXPECT_NEAR(loss(kOne, HeadOptions{"softmax"}, rows, Reduction::kMean), (soft + log2) / 2, 1e-15);
  EXPECT_NEAR(loss(kOne, HeadOptions{"sigmoid"}, rows, Reduction::kMean), (soft + 3 * log2) / 4,
              1e-15);
  EXPECT_NEAR(loss(kOne, HeadOptions{"squared_error"}, rows, Reduction::kMean), 0.5, 1e-15);
  EXPECT_NEAR(loss(kOne, HeadOptions{"squared_error"}, rows, Reduction::kSum), 2, 1e-15);
  EXPECT_NEAR(loss(kOne, HeadOptions{"absolute"}, rows, Reduction::kSum), 2, 1e-15);
  EXPECT_NEAR(loss(kOne, HeadOptions{"huber"}, rows, Reduction::kSum), 1, 1e-15);
}

TEST(Loss, GradientsAgreeWithDifferences) {
  for (const HeadOptions& kind : kKinds) {
    for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
      Batch<double> b(5, 4);
      std::vector<double> d(20), in_place = b.x;
      const double value = loss(kOne, kind, b.call(), reduction, d.data());
      LossRows<double> call = b.call();
      call.predictions = in_place.data();
      EXPECT_EQ(loss(kOne, kind, call, reduction, in_place.data()), value);
      EXPECT_EQ(in_place, d);
      for (std::size_t i = 0; i < d.size(); ++i) {
        const double x = b.x[i], h = 1e-3;
        const auto f = [&](double offset) {
          b.x[i] = x + offset;
          return loss(kOne, kind, b.call(), reduction);
        };
        const double numeric = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
        b.x[i] = x;
        EXPECT_NEAR(d[i], numeric, 1e-10) << kind.name << " " << i;
        if (b.mask[i / 4] == 0) {
          EXPECT_EQ(d[i], 0);
        }
      }
    }
  }
}

TEST(Loss, SigmoidNeitherOverflowsNorCancels) {
  const std::vector<float> x = {1e4f, -1e4f, 1e4f, -1e4f, -80}, t = {1, 0, 0, 1, 0};
  std::vector<float> d(5);
  const auto of = [&](std::size_t i) {
    return loss<float>(kOne, HeadOptions{"sigmoid"},
                       {.rows = 1, .width = 1, .predictions = &x[i], .targets = &t[i]},
                       Reduction::kSum, &d[i]);
  };
  EXPECT_EQ(of(0), 0);
  EXPECT_EQ(of(1), 0);
  EXPECT_EQ(of(2), 1e4);
  EXPECT_EQ(of(3), 1e4);
  EXPECT_NEAR(of(4) / std::exp(-80.), 1, 1e-12);
  EXPECT_EQ((std::vector<float>{d.begin(), d.begin() + 4}), (std::vector<float>{0, 0, 1, -1}));
}

TEST(Loss, RowsThatDoNotCountMayHoldAnything) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const HeadOptions& kind : kKinds) {
    Batch<double> b(40, 4);
    const double before = loss(kOne, kind, b.call(), Reduction::kMean);
    for (std::size_t r = 1; r < b.rows; r += 3) {
      b.classes[r] = 99;
      for (std::size_t c = 0; c < 4; ++c) b.x[r * 4 + c] = nan;
      const std::size_t columns = 4 / make_head(kind)->width(1);
      for (std::size_t c = 0; c < columns; ++c) b.t[r * columns + c] = nan;
    }
    std::vector<double> d(b.x.size(), 7.);
    EXPECT_EQ(loss(kOne, kind, b.call(), Reduction::kMean, d.data()), before);
    for (std::size_t c = 4; c < 8; ++c) EXPECT_EQ(d[c], 0);
    b.x[0] = nan;
    EXPECT_TRUE(std::isnan(loss(kOne, kind, b.call(), Reduction::kMean)));
    std::fill(b.mask.begin(), b.mask.end(), 0.);
    EXPECT_EQ(loss(kOne, kind, b.call(), Reduction::kMean, d.data()), 0);
    EXPECT_EQ(d, std::vector<double>(d.size(), 0.));
  }
}

TEST(Loss, ThreadsChangeNoBit) {
  for (const HeadOptions& kind : kKinds) {
    const Batch<float> b(3001, 18);
    std::vector<float> one(b.x.size()), many(b.x.size());
    const double value = loss(kOne, kind, b.call(), Reduction::kMean, one.data());
    for (const int threads : {2, 3, 4}) {
      EXPECT_EQ(loss(ThreadTeam(threads), kind, b.call(), Reduction::kMean, many.data()), value);
      EXPECT_EQ(one, many);
    }
  }
}

std::string refusal(const HeadOptions& kind, const LossRows<double>& rows) {
  try {
    loss(kOne, kind, rows, Reduction::kMean);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Loss, RefusesBadTargets) {
  Batch<double> b(4, 3);
  b.classes[2] = 3;
  b.t[7] = 1.5;
  EXPECT_EQ(refusal(HeadOptions{"softmax"}, b.call()),
            "row 2 of the loss 'softmax' has the target class 3; wanted 0 to 2");
  EXPECT_EQ(refusal(HeadOptions{"sigmoid"}, b.call()),
            "row 2 of the loss 'sigmoid' has the target 1.500000 in column 1; wanted 0 to 1");
  EXPECT_EQ(refusal(HeadOptions{"squared_error"}, b.call()), "");
  b.mask[0] = -1;
  EXPECT_EQ(refusal(HeadOptions{"squared_error"}, b.call()),
            "row 0 of the loss 'squared_error' has the mask -1.000000; wanted a finite number >= "
            "0");
  EXPECT_EQ(refusal(HeadOptions{"softmax"}, {.rows = 1, .width = 3, .predictions = b.x.data()}),
            "the loss 'softmax' has no targets; set LossRows::classes");
  EXPECT_NE(refusal(HeadOptions{"softmax"}, {.rows = 1, .classes = b.classes.data()}), "");
}

TEST(Loss, NamesGoBothWays) {
  for (const HeadOptions& kind : kKinds) EXPECT_EQ(make_head(kind)->name(), kind.name);
  try {
    make_head({.name = "softmaks"});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(),
                 "unknown loss 'softmaks'; did you mean 'softmax'? Known: softmax, sigmoid, "
                 "squared_error, absolute, huber, gaussian, quantiles, crf");
  }
}

}  // namespace
}  // namespace unroll
