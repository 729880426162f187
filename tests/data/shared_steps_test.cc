// Sequences that share steps: everything has the bits of sequences with steps of their own, and the
// steps are stored once.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "data/forecast_cases.h"
#include "data/unshared.h"
#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/data/sequence_batches.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Steps = std::vector<std::size_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class T>
void expect_same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    ASSERT_EQ(std::bit_cast<Bits>(a[i]), std::bit_cast<Bits>(b[i])) << i;
  }
}

template <class T>
void expect_same_batches(const EncodedSequences& a, const EncodedSequences& b) {
  ASSERT_EQ(a.size(), b.size());
  PaddedBatch<T> one, other;
  for (std::size_t first = 0; first < a.size(); first += 3) {
    Steps indices(std::min<std::size_t>(3, a.size() - first));
    std::iota(indices.rbegin(), indices.rend(), first);
    for (const StepRange range : {StepRange{}, StepRange{1, 3}}) {
      one.assign(a, indices, {}, range), other.assign(b, indices, {}, range);
      EXPECT_EQ(one.lengths, other.lengths);
      EXPECT_EQ(one.tokens, other.tokens);
      expect_same_bits(one.values, other.values);
      expect_same_bits(one.targets, other.targets);
      expect_same_bits(one.weights, other.weights);
    }
  }
}

// A step in nine is missing, and the first ones are.
Series with_gaps(std::size_t steps, std::size_t columns, bool gaps) {
  const Random random(7, RandomUse::kCheck);
  Numbers values;
  for (std::size_t i = 0; i < steps * columns; ++i) {
    const bool missing = gaps && (i < columns || random.below(2 * i, 9) == 0);
    values.push_back(missing ? kNan : 3 + random.uniform(2 * i + 1));
  }
  return series_of(values, columns);
}

TEST(SharedSteps, OfWindowsOfASeries) {
  for (const Missing missing :
       {Missing::kRefuse, Missing::kZero, Missing::kMean, Missing::kPrevious}) {
    for (const ForecastInput input : {ForecastInput::kLevel, ForecastInput::kChange}) {
      ForecastOptions options = plain(4, 2, Transform::kSqrt, input);
      options.missing = missing;
      const Series series = with_gaps(60, 2, missing != Missing::kRefuse);
      const auto scheme = ForecastScheme::learn(series, 50, options);
      Steps origins;
      const Sequences shared = scheme.windows(series, 0, 60, true, origins);
      ASSERT_GT(origins.size(), 5u);
      EXPECT_EQ(shared.steps(), 4 * origins.size());
      EXPECT_EQ(shared.values.size(), 2 * (origins.back() - origins.front() + 4));
      const Sequences apart = unshared(shared);
      EXPECT_EQ(apart.values.size(), 2 * 4 * origins.size());
      const Preprocessing p = Preprocessing::learn(shared, {});
      EXPECT_EQ(p.to_json(), Preprocessing::learn(apart, {}).to_json());
      const EncodedSequences encoded = p.encode(shared);
      EXPECT_EQ(encoded.values.size(), shared.values.size());
      expect_same_batches<float>(encoded, p.encode(apart));
      expect_same_batches<double>(encoded, p.encode(apart));
      // What follows the series, and windows far apart.
      Steps next;
      const Sequences last = scheme.windows(series, 60, 61, false, next);
      EXPECT_EQ(last.values.size(), 2u * 4);
      expect_same_batches<double>(p.encode(last), p.encode(unshared(last)));
      const Sequences some = select(shared, {5, 0, 5});
      EXPECT_EQ(some.begin, (Steps{0, 4, 8, 12}));
      expect_same_batches<double>(p.encode(some), p.encode(select(apart, {5, 0, 5})));
    }
  }
}

// Ten steps of I = 2, of which nine are in one of six windows; some begin with a missing value that
// the one before knows, one of them with a step that is missing altogether.
Sequences overlapping() {
  return {
      .source = "a.csv",
      .begin = {0, 4, 8, 8, 13, 14, 17},
      .offsets = {0, 1, 3, 2, 8, 5},
      .features = 2,
      .values = {1, 2, kNan, 3, 5, kNan, 7, 8, kNan, 9, kNan, kNan, 2, 4, 6, 1, 3, 1.5, 1e30, 1},
      .target = TargetKind::kStepValue,
      .target_width = 1,
      .targets = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}};
}

TEST(SharedSteps, MissingValuesAreThoseOfASequenceAlone) {
  const Sequences shared = overlapping(), apart = unshared(shared);
  ASSERT_EQ(apart.values.size(), 2u * 17);
  for (const Missing missing : {Missing::kZero, Missing::kMean, Missing::kPrevious}) {
    for (const bool mask : {false, true}) {
      const PreprocessingOptions options = {.missing = missing, .missing_mask = mask};
      const Preprocessing p = Preprocessing::learn(shared, options);
      EXPECT_EQ(p.to_json(), Preprocessing::learn(apart, options).to_json());
      const EncodedSequences a = p.encode(shared), b = p.encode(apart);
      expect_same_batches<double>(a, b);
      EXPECT_EQ(a.begin, b.begin);
      // Three of the windows begin with a missing value: 4, 5 and 3 steps.
      EXPECT_EQ(a.values.size() / a.features, missing == Missing::kPrevious ? 10u + 12 : 10u);
    }
  }
}

TEST(SharedSteps, MessagesNameTheFirstSequenceWithTheStep) {
  const Sequences shared = overlapping(), apart = unshared(shared);
  for (const Missing missing : {Missing::kRefuse, Missing::kMean, Missing::kPrevious}) {
    const Preprocessing p = Preprocessing::learn(shared, {.missing = missing});
    const auto message = [&](Sequences s, double value) {
      for (double& x : s.values) {
        if (x == 6) x = value;  // of stored step 7, in sequence 6
      }
      return message_of<FormatError>([&] { p.encode(s); });
    };
    EXPECT_EQ(message(shared, 1e30), message(apart, 1e30));
    if (missing == Missing::kRefuse) continue;
    EXPECT_EQ(message(shared, -1e30).find("a.csv: sequence 6, step 3: feature 1 is too far"), 0u);
  }
}

TEST(SharedSteps, OfTokens) {
  const Sequences shared = {.source = "a.jsonl",
                            .begin = {0, 3, 5, 5, 8},
                            .offsets = {1, 0, 4, 2},
                            .tokens = {"new", "b", "a", "c", "a", "b"},
                            .target = TargetKind::kLabel,
                            .labels = {"x", "y", "x", "y"}};
  const Sequences apart = unshared(shared);
  const Preprocessing p = Preprocessing::learn(shared, {.vocabulary = {.min_count = 2}});
  EXPECT_EQ(p.to_json(), Preprocessing::learn(apart, {.vocabulary = {.min_count = 2}}).to_json());
  const EncodedSequences a = p.encode(shared), b = p.encode(apart);
  EXPECT_EQ(a.tokens.size(), 6u);
  EXPECT_EQ(a.unknown_tokens, b.unknown_tokens);
  EXPECT_GT(a.unknown_tokens, 0u);
  expect_same_batches<float>(a, b);
  expect_same_batches<float>(p.encode(select(shared, {3, 1})), p.encode(select(apart, {3, 1})));
}

TEST(SharedSteps, RefusesStepsThatAreNotThere) {
  const Preprocessing p = Preprocessing::learn(overlapping(), {.missing = Missing::kMean});
  for (const Steps& offsets :
       {Steps{0, 1, 3, 2, 10, 5}, Steps{0, 1, 3, 2, 8}, Steps{0, 1, 3, 2, std::size_t(-1), 5}}) {
    Sequences s = overlapping();
    s.offsets = offsets;
    expect_error<ValueError>([&] { p.encode(s); }, {"a.csv", "share steps", "10 are stored"});
    expect_error<ValueError>([&] { Preprocessing::learn(s, {}); }, {"a.csv"});
  }
}

}  // namespace
}  // namespace unroll
