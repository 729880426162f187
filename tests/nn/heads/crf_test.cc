// The conditional random field against all K^T paths, and its gradients against differences.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "messages.h"
#include "nn/random_fill.h"
#include "unroll/core/error.h"
#include "unroll/nn/head.h"

namespace unroll {
namespace {

const ThreadTeam kOne;
using Numbers = std::vector<double>;

// Sequences of these lengths, time-major and padded with NaN, or one after the other.
template <class T = double>
struct Batch {
  Batch(std::size_t labels, std::vector<std::size_t> of_lengths, bool flat = false)
      : width(labels), lengths(std::move(of_lengths)), transitions((labels + 2) * labels) {
    std::size_t all = 0;
    const std::size_t longest = *std::max_element(lengths.begin(), lengths.end());
    for (std::size_t n = 0; n < lengths.size(); ++n) {
      first.push_back(flat ? all : n);
      all += lengths[n];
    }
    stride = flat ? 1 : lengths.size();
    rows = flat ? all : longest * lengths.size();
    x.assign(rows * width, std::numeric_limits<T>::quiet_NaN());
    mask.resize(rows), classes.resize(rows, 77);
    std::vector<T> values(all * width);
    fill_random(values, 1, 2);
    fill_random(transitions, 2, 2);
    std::size_t step = 0;
    for (std::size_t n = 0; n < lengths.size(); ++n) {
      for (std::size_t t = 0; t < lengths[n]; ++t, ++step) {
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(step * width), width,
                    x.begin() + static_cast<std::ptrdiff_t>(row(n, t) * width));
        mask[row(n, t)] = step % 4 == 2 ? 0 : 1;
        if (step % 4 != 2) classes[row(n, t)] = static_cast<std::uint32_t>(step * 7 % width);
      }
    }
  }
  std::size_t row(std::size_t n, std::size_t t) const { return first[n] + t * stride; }
  LossRows<T> call() const {
    return {.rows = rows,
            .width = width,
            .predictions = x.data(),
            .classes = classes.data(),
            .mask = mask.data(),
            .lengths = lengths,
            .first = first,
            .stride = stride,
            .parameter = transitions};
  }
  double count() const {
    double sum = 0;
    for (const T w : mask) sum += static_cast<double>(w);
    return sum;
  }

  std::size_t width, rows = 0, stride = 1;
  std::vector<std::size_t> lengths, first = {};
  std::vector<T> x, mask, transitions;
  std::vector<std::uint32_t> classes;
};

std::unique_ptr<const Head> crf() { return make_head({.name = "crf"}); }

// All K^T paths of sequence n, each with its score.
struct Paths {
  Paths(const Batch<double>& b, std::size_t n) {
    const std::size_t steps = b.lengths[n], k = b.width;
    std::vector<std::uint32_t> path(steps);
    while (true) {
      long double score = b.transitions[k * k + path[0]];
      bool agrees = true;
      for (std::size_t t = 0; t < steps; ++t) {
        score += b.x[b.row(n, t) * k + path[t]];
        if (t > 0) score += b.transitions[path[t - 1] * k + path[t]];
        agrees = agrees && (b.mask[b.row(n, t)] == 0 || b.classes[b.row(n, t)] == path[t]);
      }
      score += b.transitions[(k + 1) * k + path[steps - 1]];
      z += std::exp(score);
      if (agrees) of_known += std::exp(score);
      if (all.empty() || score > largest) largest = score, best = path;
      all.emplace_back(path, std::exp(score));
      std::size_t t = 0;
      while (t < steps && ++path[t] == k) path[t++] = 0;
      if (t == steps) break;
    }
  }
  double marginal(std::size_t t, std::size_t label) const {
    long double sum = 0;
    for (const auto& [path, weight] : all) sum += path[t] == label ? weight : 0;
    return static_cast<double>(sum / z);
  }
  long double z = 0, of_known = 0, largest = 0;
  std::vector<std::uint32_t> best;
  std::vector<std::pair<std::vector<std::uint32_t>, long double>> all;
};

TEST(Crf, AgreesWithAllPaths) {
  for (const bool flat : {false, true}) {
    for (const std::size_t labels : {1u, 2u, 3u, 5u}) {
      const Batch<double> b(labels, {3, 0, 5, 1, 4, 2}, flat);
      const Decoded<double> decoded = crf()->decode(b.call());
      double wanted = 0;
      for (std::size_t n = 0; n < b.lengths.size(); ++n) {
        if (b.lengths[n] == 0) continue;
        const Paths paths(b, n);
        wanted += static_cast<double>(std::log(paths.z) - std::log(paths.of_known));
        for (std::size_t t = 0; t < b.lengths[n]; ++t) {
          EXPECT_EQ(decoded.classes[b.row(n, t)], paths.best[t]) << labels << " " << n << " " << t;
          for (std::size_t k = 0; k < labels; ++k) {
            EXPECT_NEAR(decoded.probabilities[b.row(n, t) * labels + k], paths.marginal(t, k),
                        1e-14);
          }
        }
      }
      EXPECT_NEAR(crf()->loss(kOne, b.call(), Reduction::kSum), wanted, 1e-13);
      EXPECT_NEAR(crf()->loss(kOne, b.call(), Reduction::kMean), wanted / b.count(), 1e-14);
    }
  }
}

TEST(Crf, WithoutTransitionsItIsSoftmax) {
  Batch<double> b(4, {3, 5, 2}, true);
  std::fill(b.transitions.begin(), b.transitions.end(), 0.);
  Numbers d(b.x.size()), d_softmax(b.x.size());
  const double value = crf()->loss(kOne, b.call(), Reduction::kMean, d.data());
  const HeadOptions softmax = {.name = "softmax"};
  EXPECT_NEAR(value, loss(kOne, softmax, b.call(), Reduction::kMean, d_softmax.data()), 1e-14);
  for (std::size_t i = 0; i < d.size(); ++i) EXPECT_NEAR(d[i], d_softmax[i], 1e-15);
  EXPECT_EQ(crf()->decode(b.call()).classes, make_head(softmax)->decode(b.call()).classes);
}

TEST(Crf, GradientsAgreeWithDifferences) {
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    Batch<double> b(3, {3, 0, 5, 1});
    Numbers d(b.x.size(), 7), d_transitions(b.transitions.size(), 7), in_place = b.x;
    const double value = crf()->loss(kOne, b.call(), reduction, d.data(), d_transitions.data());
    LossRows<double> call = b.call();
    call.predictions = in_place.data();
    EXPECT_EQ(crf()->loss(kOne, call, reduction, in_place.data(), d_transitions.data()), value);
    EXPECT_EQ(in_place, d);
    const auto numeric = [&](double& x) {
      const double at = x, h = 1e-3;
      const auto f = [&](double offset) {
        x = at + offset;
        return crf()->loss(kOne, b.call(), reduction);
      };
      const double slope = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
      x = at;
      return slope;
    };
    for (std::size_t i = 0; i < d.size(); ++i) {
      if (std::isnan(b.x[i])) {
        EXPECT_EQ(d[i], 0) << i;  // the padding
      } else {
        EXPECT_NEAR(d[i], numeric(b.x[i]), 1e-10) << i;
      }
    }
    for (std::size_t i = 0; i < d_transitions.size(); ++i) {
      EXPECT_NEAR(d_transitions[i], numeric(b.transitions[i]), 1e-10) << i;
    }
  }
}

TEST(Crf, ASequenceWithoutAKnownLabelHasNoLoss) {
  Batch<double> b(3, {4});
  std::fill(b.mask.begin(), b.mask.end(), 0.);
  Numbers d(b.x.size(), 7), d_transitions(b.transitions.size(), 7);
  EXPECT_EQ(crf()->loss(kOne, b.call(), Reduction::kMean, d.data(), d_transitions.data()), 0);
  EXPECT_EQ(d, Numbers(d.size()));
  EXPECT_EQ(d_transitions, Numbers(d_transitions.size()));
}

TEST(Crf, ThreadsChangeNoBit) {
  std::vector<std::size_t> lengths;
  for (std::size_t n = 0; n < 53; ++n) lengths.push_back(n * 5 % 11);
  const Batch<float> b(7, lengths);
  std::vector<float> one(b.x.size()), many(one), a_one(b.transitions.size()), a_many(a_one);
  const double value = crf()->loss(kOne, b.call(), Reduction::kMean, one.data(), a_one.data());
  for (const int threads : {2, 3, 4}) {
    EXPECT_EQ(
        crf()->loss(ThreadTeam(threads), b.call(), Reduction::kMean, many.data(), a_many.data()),
        value);
    EXPECT_EQ(one, many);
    EXPECT_EQ(a_one, a_many);
  }
}

// 10,000 steps whose scores exp() could not hold; and a NaN is not lost.
TEST(Crf, NeitherOverflowsNorHidesANaN) {
  Batch<double> b(2, {10000});
  for (double& x : b.x) x *= 300;
  Numbers d(b.x.size());
  EXPECT_TRUE(std::isfinite(crf()->loss(kOne, b.call(), Reduction::kMean, d.data())));
  for (const double x : d) ASSERT_TRUE(std::isfinite(x));
  b.x[50] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(crf()->loss(kOne, b.call(), Reduction::kMean)));
}

TEST(Crf, Refusals) {
  const auto refusal = [](const Batch<double>& b, const LossRows<double>& call) {
    static_cast<void>(b);
    return message_of<ValueError>([&] { crf()->loss(kOne, call, Reduction::kMean); });
  };
  Batch<double> b(3, {2, 1});
  LossRows<double> call = b.call();
  call.parameter = {};
  EXPECT_EQ(refusal(b, call), "the loss 'crf' has 0 transitions; wanted (K+2) K = 15");
  call = b.call(), call.lengths = {};
  EXPECT_EQ(refusal(b, call), "row 0 of the loss 'crf' counts, and is in no sequence");
  call = b.call(), call.stride = 1;
  EXPECT_EQ(refusal(b, call),
            "step 0 of sequence 1 of the loss 'crf' is row 1, which is none of its own");
  b.mask[0] = 0.5;
  EXPECT_EQ(refusal(b, b.call()), "row 0 of the loss 'crf' has a weight; wanted a mask of 0 or 1");
  b.mask[0] = 1, b.classes[0] = 3;
  EXPECT_EQ(refusal(b, b.call()), "row 0 of the loss 'crf' has the target class 3; wanted 0 to 2");
}

}  // namespace
}  // namespace unroll
