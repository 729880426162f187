// Pinball losses by hand, against the absolute error, by differences, and the least loss of many
// numbers; reading without crossing.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "messages.h"
#include "nn/random_fill.h"
#include "unroll/core/error.h"
#include "unroll/nn/head.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
const ThreadTeam kOne;
const HeadOptions kHead = {.name = "quantiles", .quantiles = {0.1, 0.5, 0.8}};

LossRows<double> rows_of(const Numbers& x, const Numbers& t, std::size_t rows) {
  return {.rows = rows, .width = x.size() / rows, .predictions = x.data(), .targets = t.data()};
}

// Of t = 1 and x = 0, 2, 4: (0.1·1 + 0.5·1 + 0.2·3) / 3; of t = -1 and x = 0, 0, 0:
// (0.9 + 0.5 + 0.2) / 3.
TEST(Quantiles, LossByHand) {
  const Numbers x = {0, 0, 2, 0, 4, 0}, t = {1, -1};
  EXPECT_NEAR(loss(kOne, kHead, rows_of(x, t, 1), Reduction::kSum), (1.2 + 1.6) / 3, 1e-15);
  EXPECT_NEAR(loss(kOne, kHead, rows_of(x, t, 1), Reduction::kMean), (1.2 + 1.6) / 6, 1e-15);
}

// The mean over the levels q of q (t - x) or (1-q) (x - t), with x the same for 0.1, 0.5 and 0.9,
// is half the absolute error.
TEST(Quantiles, OfOneNumberItIsHalfTheAbsoluteError) {
  Numbers t(40), x(40), same;
  fill_random(t, 1), fill_random(x, 2);
  for (const double number : x) same.insert(same.end(), 3, number);
  const HeadOptions head = {.name = "quantiles", .quantiles = {0.1, 0.5, 0.9}};
  EXPECT_NEAR(loss(kOne, head, rows_of(same, t, 40), Reduction::kMean),
              loss(kOne, {.name = "absolute"}, rows_of(x, t, 40), Reduction::kMean) / 2, 1e-15);
}

TEST(Quantiles, GradientsAgreeWithDifferences) {
  Numbers x(5 * 6), t(5 * 2), d(x.size());
  fill_random(x, 1), fill_random(t, 2);
  const Numbers mask = {1, 0, 0.5, 2, 1};
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    LossRows<double> rows = rows_of(x, t, 5);
    rows.mask = mask.data();
    loss(kOne, kHead, rows, reduction, d.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double at = x[i], h = 1e-4;  // no x is as near to its target
      x[i] = at + h;
      const double above = loss(kOne, kHead, rows, reduction);
      x[i] = at - h;
      EXPECT_NEAR(d[i], (above - loss(kOne, kHead, rows, reduction)) / (2 * h), 1e-10) << i;
      x[i] = at;
    }
  }
}

// Over 1, 2 … 99 the loss of a level q is least at the number with that share below it.
TEST(Quantiles, TheLeastLossIsAtTheQuantiles) {
  Numbers t(99);
  for (std::size_t i = 0; i < t.size(); ++i) t[i] = static_cast<double>(i + 1);
  const auto loss_at = [&](std::size_t q, double value) {
    Numbers x(3 * t.size(), 50);
    for (std::size_t r = 0; r < t.size(); ++r) x[3 * r + q] = value;
    return loss(kOne, kHead, rows_of(x, t, t.size()), Reduction::kMean);
  };
  for (std::size_t q = 0; q < 3; ++q) {
    const double wanted = 100 * kHead.quantiles[q];
    for (const double other : {-3., -0.5, 0.5, 3.}) {
      EXPECT_LT(loss_at(q, wanted), loss_at(q, wanted + other)) << q << " " << other;
    }
  }
}

TEST(Quantiles, AreReadWithoutCrossing) {
  const auto head = make_head(kHead);
  EXPECT_EQ(head->width(2), 6u);
  const Numbers x = {3, 1, 1, 2, 2, 4}, none;  // of two numbers: 3, 1, 2 and 1, 2, 4
  const Decoded<double> read = head->decode(rows_of(x, none, 1));
  EXPECT_EQ(read.quantiles, (Numbers{1, 2, 3, 1, 2, 4}));
  EXPECT_EQ(read.values, (Numbers{2, 2}));
  EXPECT_EQ(read.below, (Numbers{1, 1}));
  EXPECT_EQ(read.above, (Numbers{1, 2}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(head->decode(rows_of({nan, 1, 2}, none, 1)).above[0]));
}

TEST(Quantiles, Levels) {
  EXPECT_EQ(make_head({.name = "quantiles"})->options().quantiles, (Numbers{0.05, 0.5, 0.95}));
  for (const Numbers& levels :
       {Numbers{0.5}, Numbers{0.1, 0.9}, Numbers{0.1, 0.4, 0.9}, Numbers{0.5, 0.6, 0.7},
        Numbers{0.1, 0.2, 0.5}, Numbers{0.9, 0.5, 0.1}, Numbers{0, 0.5, 1},
        Numbers{0.1, 0.5, 0.5, 0.9}, Numbers{0.1, 0.5, std::numeric_limits<double>::quiet_NaN()}}) {
    expect_error<ValueError>([&] { make_head({.name = "quantiles", .quantiles = levels}); },
                             {"quantiles", "0.5"});
  }
  expect_error<ValueError>([&] { make_head({.name = "huber", .quantiles = kHead.quantiles}); },
                           {"'huber' has no quantiles"});
}

}  // namespace
}  // namespace unroll
