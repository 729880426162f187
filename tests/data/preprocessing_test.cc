// What is learnt from the training data, and what it does to these and to other data.

#include "unroll/data/preprocessing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Labels = std::vector<std::string>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Three sequences of 2, 0 and 3 steps with I = 2.
Sequences numbers(const Numbers& values) {
  return {.source = "a.csv", .begin = {0, 2, 2, 5}, .features = 2, .values = values};
}
const Numbers kValues = {1, 10, 3, 10, 5, 10, 7, 10, 9, 10};

Sequences labelled(const Labels& labels) {
  Sequences s = numbers(kValues);
  s.target = TargetKind::kLabel, s.labels = labels;
  return s;
}
Sequences with_targets(const Numbers& targets, std::size_t width, TargetKind kind) {
  Sequences s = numbers(kValues);
  s.target = kind, s.targets = targets, s.target_width = width;
  return s;
}
Sequences tokens(const Labels& words, const Labels& labels) {
  return {.source = "t.conll",
          .begin = {0, words.size()},
          .tokens = words,
          .target = TargetKind::kStepLabel,
          .labels = labels};
}

void expect_near(const Numbers& got, const Numbers& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-14) << i;
}

TEST(Preprocessing, StandardizesByTheTrainingDataAlone) {
  const Preprocessing p = Preprocessing::learn(labelled({"a", "b", "a"}), {});
  EXPECT_EQ(p.input_size(), 2u);
  EXPECT_EQ(p.vocabulary_size(), 0u);
  const double s = std::sqrt(8.0);  // of 1 3 5 7 9, about 5
  const EncodedSequences e = p.encode(labelled({"a", "b", "a"}));
  EXPECT_EQ(e.begin, (std::vector<std::size_t>{0, 2, 2, 5}));
  EXPECT_EQ(e.features, 2u);
  // The second feature is constant: it becomes 0.
  expect_near(e.values, {-4 / s, 0, -2 / s, 0, 0, 0, 2 / s, 0, 4 / s, 0});
  Sequences other = labelled({"b", "b", "b"});
  other.values = {5, 11, 5, 9, 5, 10, 5, 10, 5 + s, 10};
  expect_near(p.encode(other).values, {0, 1, 0, -1, 0, 0, 0, 0, 1, 0});
}

TEST(Preprocessing, LeavesNumbersAsTheyAreWhereAsked) {
  const Preprocessing p =
      Preprocessing::learn(with_targets({1, 2, 30}, 1, TargetKind::kValue), {.standardize = false});
  const EncodedSequences e = p.encode(with_targets({1, 2, 30}, 1, TargetKind::kValue));
  EXPECT_EQ(e.values, kValues);
  EXPECT_EQ(e.number_targets().values, (Numbers{1, 2, 30}));
  EXPECT_EQ(p.target_mean(0), 0);
  EXPECT_EQ(p.target_scale(0), 1);
  EXPECT_EQ(p.training_mean(0), 11);  // what an answer without a model says, all the same
}

// Rounding makes a constant column deviate by some units in the last place; it is constant still.
TEST(Preprocessing, ConstantColumnsOfAnySizeBecomeZero) {
  for (const double constant : {0.1, 1e9 / 3, 1e-300, -7e15 / 9}) {
    Sequences s = labelled({"a", "b", "a"});
    for (std::size_t i = 1; i < s.values.size(); i += 2) s.values[i] = constant;
    const EncodedSequences e = Preprocessing::learn(s, {}).encode(s);
    for (std::size_t i = 1; i < e.values.size(); i += 2) EXPECT_NEAR(e.values[i], 0, 2) << constant;
  }
}

TEST(Preprocessing, MissingValues) {
  Sequences s = labelled({"a", "b", "a"});
  s.values = {kNan, 1, 2, kNan, kNan, 3, 4, 5, kNan, kNan};  // means 3 and 3
  const auto encoded = [&](Missing missing, bool mask) {
    const PreprocessingOptions options = {
        .standardize = false, .missing = missing, .missing_mask = mask};
    return Preprocessing::learn(s, options).encode(s).values;
  };
  EXPECT_EQ(encoded(Missing::kZero, false), (Numbers{0, 1, 2, 0, 0, 3, 4, 5, 0, 0}));
  EXPECT_EQ(encoded(Missing::kMean, false), (Numbers{3, 1, 2, 3, 3, 3, 4, 5, 3, 3}));
  // Nothing is carried over from the sequence before.
  EXPECT_EQ(encoded(Missing::kPrevious, false), (Numbers{3, 1, 2, 1, 3, 3, 4, 5, 4, 5}));
  EXPECT_EQ(encoded(Missing::kZero, true),
            (Numbers{0, 1, 1, 0, 2, 0, 0, 1, 0, 3, 1, 0, 4, 5, 0, 0, 0, 0, 1, 1}));
  // 0 in the file's units, and the mean becomes 0.
  const auto standardized = [&](Missing missing) {
    return Preprocessing::learn(s, {.missing = missing}).encode(s).values[0];
  };
  EXPECT_DOUBLE_EQ(standardized(Missing::kZero), -3);
  EXPECT_DOUBLE_EQ(standardized(Missing::kMean), 0);
  s.ids = {"first", "second", "third"}, s.feature_names = {"x", "y"};
  expect_error<FormatError>([&] { encoded(Missing::kRefuse, false); },
                            {"a.csv: sequence 1 ('first'), step 1: feature 'x' is missing"});
  s.values = {0, 0, 0, 0, 0, 0, 0, kNan, 0, 0};
  expect_error<FormatError>([&] { encoded(Missing::kRefuse, false); },
                            {"sequence 3 ('third'), step 2: feature 'y' is missing"});
  for (const char* name : {"refuse", "zero", "mean", "previous"}) {
    EXPECT_EQ(missing_name(parse_missing(name)), name);
  }
  expect_error<ValueError>([] { parse_missing("men"); }, {"men", "mean"});
}

TEST(Preprocessing, AColumnThatIsAllMissing) {
  Sequences s = labelled({"a", "b", "a"});
  for (std::size_t i = 1; i < s.values.size(); i += 2) s.values[i] = kNan;
  for (const Missing missing : {Missing::kZero, Missing::kMean, Missing::kPrevious}) {
    const EncodedSequences e = Preprocessing::learn(s, {.missing = missing}).encode(s);
    for (std::size_t i = 1; i < e.values.size(); i += 2) EXPECT_EQ(e.values[i], 0);
  }
}

TEST(Preprocessing, ClassesAreInOrderAndCounted) {
  const Preprocessing words = Preprocessing::learn(labelled({"b", "a", "b"}), {});
  EXPECT_EQ(words.classes(), (Labels{"a", "b"}));
  EXPECT_EQ(words.class_counts(), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(words.encode(labelled({"b", "a", "b"})).class_targets().classes,
            (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(words.encode(labelled({"b", "a", "b"})).class_count(), 2u);
  // By value where all are numbers, else by bytes.
  EXPECT_EQ(Preprocessing::learn(labelled({"10", "9", "-1"}), {}).classes(),
            (Labels{"-1", "9", "10"}));
  EXPECT_EQ(Preprocessing::learn(labelled({"10", "9", "x"}), {}).classes(),
            (Labels{"10", "9", "x"}));
}

// With a search of all of them for each it would take minutes.
TEST(Preprocessing, ManyUnknownLabels) {
  const Preprocessing p = Preprocessing::learn(labelled({"a", "b", "a"}), {});
  constexpr std::size_t kCount = 200000;
  Sequences many = {.source = "a.csv", .features = 2, .target = TargetKind::kLabel};
  many.begin.assign(kCount + 1, 0);
  for (std::size_t i = 0; i < kCount; ++i) many.labels.push_back("x" + std::to_string(i / 2));
  const EncodedSequences e = p.encode(many);
  EXPECT_EQ(e.unknown_labels().count, kCount);
  ASSERT_EQ(e.unknown_labels().names.size(), kCount / 2);
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(e.class_targets().classes[i], 2 + i / 2);
    ASSERT_EQ(e.unknown_labels().names[i / 2], many.labels[i]);
  }
}

TEST(Preprocessing, UnknownLabelsGetNumbersOfTheirOwn) {
  const Preprocessing p = Preprocessing::learn(labelled({"a", "b", "a"}), {});
  const EncodedSequences e = p.encode(labelled({"z", "b", "y"}));
  EXPECT_EQ(e.class_targets().classes, (std::vector<std::uint32_t>{2, 1, 3}));
  EXPECT_EQ(e.unknown_labels().names, (Labels{"z", "y"}));
  EXPECT_EQ(e.unknown_labels().count, 2u);
  const EncodedSequences twice = p.encode(labelled({"z", "z", "a"}));
  EXPECT_EQ(twice.class_targets().classes, (std::vector<std::uint32_t>{2, 2, 0}));
  EXPECT_EQ(twice.unknown_labels().names, (Labels{"z"}));
  EXPECT_EQ(twice.unknown_labels().count, 2u);
}

TEST(Preprocessing, SetsOfLabels) {
  const Preprocessing p = Preprocessing::learn(labelled({"b|a", "", "a|c"}), {.multi_label = true});
  EXPECT_EQ(p.classes(), (Labels{"a", "b", "c"}));
  EXPECT_EQ(p.class_counts(), (std::vector<std::size_t>{2, 1, 1}));
  EXPECT_EQ(p.target_width(), 3u);
  const EncodedSequences e = p.encode(labelled({"c", "|", "y|b|z"}));
  EXPECT_EQ(e.class_set_targets().members, (std::vector<std::uint8_t>{0, 0, 1, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(e.target_width(), 3u);
  EXPECT_EQ(e.class_count(), 3u);
  EXPECT_EQ(e.unknown_labels().names, (Labels{"y", "z"}));
  EXPECT_EQ(e.unknown_labels().count, 1u);  // targets that have one
  EXPECT_EQ(Preprocessing::learn(labelled({"a", "a", ""}), {.multi_label = true}).classes(),
            (Labels{"a"}));
  expect_error<FormatError>(
      [] {
        Preprocessing::learn(labelled({"", "", ""}), {.multi_label = true});
      },
      {"a.csv", "0 different labels", "at least 1"});
}

TEST(Preprocessing, TargetsThatAreNumbers) {
  const Numbers targets = {1, 10, 2, 10, 6, 10};  // mean 3, deviations 2 1 3, variance 14/3
  const Preprocessing p = Preprocessing::learn(with_targets(targets, 2, TargetKind::kValue), {});
  const double s = std::sqrt(14. / 3);
  EXPECT_EQ(p.target_width(), 2u);
  EXPECT_DOUBLE_EQ(p.target_mean(0), 3);
  EXPECT_DOUBLE_EQ(p.target_scale(0), s);
  EXPECT_DOUBLE_EQ(p.training_mean(0), 3);
  EXPECT_DOUBLE_EQ(p.training_deviation(0), 2);
  EXPECT_EQ(p.target_scale(1), 1);  // constant
  EXPECT_EQ(p.training_deviation(1), 0);
  const Preprocessing tenths =
      Preprocessing::learn(with_targets({0.1, 0.1, 0.1}, 1, TargetKind::kValue), {});
  EXPECT_NE(tenths.training_mean(0), 0.1);  // rounded
  EXPECT_EQ(tenths.training_deviation(0), 0);
  const EncodedSequences e = p.encode(with_targets(targets, 2, TargetKind::kValue));
  expect_near(e.number_targets().values, {-2 / s, 0, -1 / s, 0, 3 / s, 0});
  EXPECT_FALSE(e.by_step);
  const Preprocessing steps =
      Preprocessing::learn(with_targets({1, 2, 3, 4, 5}, 1, TargetKind::kStepValue), {});
  EXPECT_TRUE(steps.encode(with_targets({1, 2, 3, 4, 5}, 1, TargetKind::kStepValue)).by_step);
}

TEST(Preprocessing, StepsWithoutATarget) {
  const double nan = std::nan("");
  Sequences s = {.source = "a.csv",
                 .begin = {0, 4},
                 .features = 1,
                 .values = {1, 2, 3, 4},
                 .target = TargetKind::kStepValue,
                 .target_width = 1,
                 .targets = {nan, 10, 30, nan}};
  EXPECT_THROW(Preprocessing::learn(s, {}), FormatError);
  s.targets_may_be_missing = true;
  const Preprocessing p = Preprocessing::learn(s, {});
  EXPECT_EQ(p.training_mean(0), 20);
  EXPECT_EQ(p.training_deviation(0), 10);
  const EncodedSequences encoded = p.encode(select(s, {0}));
  EXPECT_EQ(encoded.rows(), 4u);
  for (const std::size_t row : {0u, 3u}) EXPECT_FALSE(encoded.counts(row));
  for (const std::size_t row : {1u, 2u}) EXPECT_TRUE(encoded.counts(row));
  EXPECT_EQ(encoded.number_targets().values[1], -1);
  EXPECT_EQ(encoded.number_targets().values[2], 1);
  s.targets[1] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(p.encode(s), FormatError);
  EXPECT_THROW(Preprocessing::learn(s, {}), FormatError);
}

TEST(Preprocessing, Tokens) {
  const Sequences train = tokens({"a", "b", "a", "c"}, {"O", "B", "O", "O"});
  const Preprocessing all = Preprocessing::learn(train, {.vocabulary = {.max_size = 0}});
  EXPECT_EQ(all.input_size(), 0u);
  EXPECT_EQ(all.vocabulary_size(), 4u);  // a, b, c and a token for all others
  const EncodedSequences e = all.encode(tokens({"c", "new", "a"}, {"O", "O", "B"}));
  EXPECT_EQ(e.unknown_tokens, 1u);
  EXPECT_EQ(e.tokens[1], 3u);
  EXPECT_LT(e.tokens[0], 3u);
  EXPECT_TRUE(e.values.empty());
  // Rare tokens become the unknown one of the vocabulary.
  const Preprocessing cut = Preprocessing::learn(train, {.vocabulary = {.min_count = 2}});
  const EncodedSequences rare = cut.encode(train);
  EXPECT_EQ(rare.tokens[1], rare.tokens[3]);
  EXPECT_NE(rare.tokens[0], rare.tokens[1]);
  for (const std::uint32_t token : rare.tokens) EXPECT_LT(token, cut.vocabulary_size());
}

TEST(Preprocessing, FilesWithoutTargets) {
  const Preprocessing p = Preprocessing::learn(labelled({"a", "b", "a"}), {});
  const EncodedSequences e = p.encode(numbers(kValues));
  EXPECT_EQ(e.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(e.targets));
  EXPECT_FALSE(e.counts(0));
  EXPECT_EQ(e.target_width(), 0u);
  EXPECT_EQ(e.class_count(), 0u);
  EXPECT_TRUE(e.unknown_labels().names.empty());
  expect_error<ValueError>([&] { e.class_targets(); }, {"are none", "wanted classes"});
  const EncodedSequences known = p.encode(labelled({"a", "b", "a"}));
  expect_error<ValueError>([&] { known.number_targets(); }, {"are classes", "wanted numbers"});
  expect_error<ValueError>([&] { known.class_set_targets(); }, {"wanted sets of classes"});
}

TEST(Preprocessing, RefusesTrainingDataThatLackWhatIsNeeded) {
  const auto refused = [](const Sequences& train, const std::vector<std::string>& parts) {
    expect_error<FormatError>([&] { Preprocessing::learn(train, {}); }, parts);
  };
  Sequences none = {.source = "a.csv", .features = 1, .target = TargetKind::kLabel};
  refused(none, {"a.csv", "no sequence"});
  refused(labelled({"a", "a", "a"}), {"a.csv", "1 different labels", "'a'", "at least 2"});
  refused(with_targets({1, kNan, 3}, 1, TargetKind::kValue), {"a.csv", "target 2", "missing"});
  refused(with_targets({1, 2, HUGE_VAL}, 1, TargetKind::kValue), {"a.csv", "target 3"});
  refused(with_targets({}, 1, TargetKind::kStepValue), {"a.csv", "no target"});
  refused(with_targets({1e308, -1e308, 1e308}, 1, TargetKind::kValue), {"a.csv", "too large"});
  Sequences large = labelled({"a", "b", "a"});
  large.values[1] = 1e308, large.values[3] = 1e308;
  refused(large, {"a.csv", "feature 2", "too large"});
}

TEST(Preprocessing, RefusesDataOfAnotherKind) {
  const Preprocessing p = Preprocessing::learn(labelled({"a", "b", "a"}), {});
  const auto refused = [](const Preprocessing& by, const Sequences& s,
                          const std::vector<std::string>& parts) {
    expect_error<FormatError>([&] { by.encode(s); }, parts);
  };
  Sequences wide = {.source = "b.csv", .begin = {0, 1}, .features = 3, .values = {1, 2, 3}};
  refused(p, wide, {"b.csv", "3 features", "2"});
  refused(p, tokens({"x"}, {"O"}), {"t.conll", "tokens", "numbers"});
  refused(p, with_targets({1, 2, 3}, 1, TargetKind::kValue), {"a.csv", "another kind"});
  Sequences far = labelled({"a", "b", "a"});
  far.values[4] = 1e30;
  refused(p, far, {"a.csv: sequence 3, step 1: feature 1", "too far"});
  const Preprocessing q = Preprocessing::learn(with_targets({1, 2, 3}, 1, TargetKind::kValue), {});
  refused(q, with_targets({1, 2, 3, 4, 5, 6}, 2, TargetKind::kValue), {"2 target columns", "1"});
  refused(q, with_targets({1, kNan, 3}, 1, TargetKind::kValue), {"target 2", "missing"});
  Sequences named = labelled({"a", "b", "a"});
  named.feature_names = {"x", "y"};
  const Preprocessing r = Preprocessing::learn(named, {});
  named.feature_names = {"y", "x"};
  refused(r, named, {"'y'", "'x'"});
  named.feature_names = {};
  EXPECT_EQ(r.encode(named).size(), 3u);  // a file without names is taken by position
}

TEST(Preprocessing, SelectsSequences) {
  Sequences s = labelled({"a", "b", "c"});
  s.ids = {"1", "2", "3"}, s.feature_names = {"x", "y"};
  const Sequences some = select(s, {2, 1});
  EXPECT_EQ(some.source, "a.csv");
  EXPECT_EQ(some.begin, (std::vector<std::size_t>{0, 3, 3}));
  EXPECT_EQ(some.ids, (Labels{"3", "2"}));
  EXPECT_EQ(some.labels, (Labels{"c", "b"}));
  EXPECT_EQ(some.values, (Numbers{5, 10, 7, 10, 9, 10}));
  EXPECT_EQ(some.feature_names, s.feature_names);
  const Sequences steps =
      select(with_targets({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2, TargetKind::kStepValue), {2, 0});
  EXPECT_EQ(steps.targets, (Numbers{5, 6, 7, 8, 9, 10, 1, 2, 3, 4}));
  const Sequences values = select(with_targets({1, 2, 3}, 1, TargetKind::kValue), {1});
  EXPECT_EQ(values.targets, (Numbers{2}));
  EXPECT_EQ(values.steps(), 0u);
  const Sequences words = {.source = "w",
                           .begin = {0, 1, 3},
                           .tokens = {"p", "q", "r"},
                           .target = TargetKind::kStepLabel,
                           .labels = {"1", "2", "3"}};
  EXPECT_EQ(select(words, {1}).tokens, (Labels{"q", "r"}));
  EXPECT_EQ(select(words, {1}).labels, (Labels{"2", "3"}));
  EXPECT_EQ(select(words, {}).size(), 0u);
}

}  // namespace
}  // namespace unroll
