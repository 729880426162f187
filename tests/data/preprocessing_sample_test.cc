// One sequence without a file: the bits and the messages are those of a file that holds it alone.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "data/readers/reader_testing.h"
#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/data/preprocessing.h"

namespace unroll {
namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

std::vector<std::uint64_t> bits_of(std::span<const double> numbers) {
  std::vector<std::uint64_t> bits;
  for (const double x : numbers) bits.push_back(std::bit_cast<std::uint64_t>(x));
  return bits;
}

// Three sequences with I = 2 whose means and scales are no round numbers.
const Sequences kTrain = {.source = "train",
                          .begin = {0, 2, 2, 5},
                          .features = 2,
                          .values = {0.1, 10, kNan, 11.7, 5, 10.2, 7.3, kNan, 9, 10},
                          .target = TargetKind::kLabel,
                          .labels = {"a", "b", "a"}};
const char* const kFile =
    "{\"x\": [[null, 3.1], [0.7, null], [null, null], [1e17, -2], [null, 5]]}\n";
const Numbers kValues = {kNan, 3.1, 0.7, kNan, kNan, kNan, 1e17, -2, kNan, 5};

TEST(PreprocessingSample, NumbersHaveTheBitsOfAFile) {
  const Sequences file = read_text("a.jsonl", kFile);
  for (const Missing missing : {Missing::kZero, Missing::kMean, Missing::kPrevious}) {
    for (const bool mask : {false, true}) {
      for (const bool standardize : {false, true}) {
        const Preprocessing p = Preprocessing::learn(
            kTrain, {.standardize = standardize, .missing = missing, .missing_mask = mask});
        const EncodedSequences wanted = p.encode(file), got = p.encode_values(kValues);
        EXPECT_EQ(bits_of(got.values), bits_of(wanted.values)) << missing_name(missing);
        EXPECT_EQ(got.begin, wanted.begin);
        EXPECT_EQ(got.features, wanted.features);
        // Step by step, twice: nothing stays of the sequence before.
        for (int pass = 0; pass < 2; ++pass) {
          Numbers all, previous, to(p.input_size());
          for (std::size_t t = 0; t < 5; ++t) {
            p.encode_step(std::span(kValues).subspan(2 * t, 2), previous, to);
            all.insert(all.end(), to.begin(), to.end());
          }
          EXPECT_EQ(bits_of(all), bits_of(wanted.values)) << missing_name(missing);
        }
      }
    }
  }
}

TEST(PreprocessingSample, MeansAndScalesAreTheFeatures) {
  const Preprocessing p = Preprocessing::learn(kTrain, {.missing = Missing::kMean});
  EXPECT_EQ(p.features(), 2u);
  EXPECT_TRUE(p.feature_names().empty());
  EXPECT_DOUBLE_EQ(p.feature_mean(0), (0.1 + 5 + 7.3 + 9) / 4);
  const Numbers x = {4, 10.5};
  const EncodedSequences e = p.encode_values(x);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(e.values[c], (x[c] - p.feature_mean(c)) / p.feature_scale(c));
  }
  EXPECT_EQ(Preprocessing::learn({.source = "a",
                                  .begin = {0, 2},
                                  .features = 1,
                                  .values = {3, 3},
                                  .target = TargetKind::kValue,
                                  .target_width = 1,
                                  .targets = {1}},
                                 {})
                .feature_scale(0),
            1);  // constant
}

TEST(PreprocessingSample, TextsAreCutAsInAFile) {
  const Sequences train = {.source = "train",
                           .begin = {0, 2, 4},
                           .tokens = {"the", "cat", "ö", "t"},
                           .target = TargetKind::kLabel,
                           .labels = {"x", "y"}};
  for (const Level level : {Level::kWord, Level::kCharacter}) {
    const Preprocessing p = Preprocessing::learn(train, {.level = level});
    const std::string text = "  the cat\\tö\\nthen tö ";
    const Sequences file = read_text("a.jsonl", "{\"text\": \"" + text + "\"}\n", {.level = level});
    std::string plain = text;
    plain.replace(plain.find("\\t"), 2, "\t");
    plain.replace(plain.find("\\n"), 2, "\n");
    const EncodedSequences wanted = p.encode(file), got = p.encode_text(plain);
    EXPECT_EQ(got.tokens, wanted.tokens);
    EXPECT_EQ(got.begin, wanted.begin);
    EXPECT_EQ(got.unknown_tokens, wanted.unknown_tokens);
    EXPECT_EQ(p.encode_tokens(file.tokens).tokens, wanted.tokens);
    EXPECT_EQ(p.encode_text("").size(), 1u);
    EXPECT_EQ(p.encode_text("").length(0), 0u);
  }
}

TEST(PreprocessingSample, RefusesWhatAFileIsRefusedFor) {
  const auto same = [](const Preprocessing& p, std::string_view content, const Numbers& values) {
    const TemporaryFolder folder;
    const std::string path = folder.write("a.jsonl", content);
    const std::string wanted = message_of<FormatError>([&] { p.encode(read_sequences(path, {})); });
    EXPECT_EQ(message_of<FormatError>([&] { p.encode_values(values, path); }), wanted);
  };
  const Preprocessing refuses = Preprocessing::learn(kTrain, {});
  same(refuses, kFile, kValues);
  same(refuses, "{\"x\": [[1, 2], [1e30, 2]]}\n", {1, 2, 1e30, 2});
  Numbers previous, to(2);
  expect_error<FormatError>(
      [&] {
        refuses.encode_step(Numbers{1, kNan}, previous, to, "sensor");
      },
      {"sensor: feature 2 is missing"});
  expect_error<FormatError>(
      [&] {
        refuses.encode_step(Numbers{1, HUGE_VAL}, previous, to);
      },
      {"the input: feature 2 is too far"});
  expect_error<FormatError>(
      [&] {
        refuses.encode_step(Numbers{1, 2, 3}, previous, to);
      },
      {"the input: has 3 features a step", "have 2"});
  expect_error<ValueError>(
      [&] {
        refuses.encode_step(Numbers{1, 2}, previous, std::span(to).first(1));
      },
      {"room for 1", "takes 2"});
  previous = {1};
  expect_error<ValueError>(
      [&] {
        refuses.encode_step(Numbers{1, 2}, previous, to);
      },
      {"had 1 features"});
  expect_error<FormatError>(
      [&] {
        refuses.encode_values(Numbers{1, 2, 3});
      },
      {"the input: has 3 numbers", "steps of 2 features"});
  expect_error<FormatError>([&] { refuses.encode_text("a b"); }, {"tokens", "numbers"});

  const Preprocessing words = Preprocessing::learn({.source = "train",
                                                    .begin = {0, 1, 2},
                                                    .tokens = {"a", "b"},
                                                    .target = TargetKind::kLabel,
                                                    .labels = {"x", "y"}},
                                                   {});
  expect_error<FormatError>([&] { words.encode_values(Numbers{1, 2, 3}); }, {"numbers", "tokens"});
  expect_error<FormatError>([&] { words.encode_step(Numbers{1}, previous, to); },
                            {"numbers", "tokens"});
  expect_error<FormatError>([&] { words.encode_text(std::string_view("a\0b", 3)); },
                            {"the input: byte 2", "NUL"});
  expect_error<FormatError>([&] { words.encode_text("abc\xff", "form"); },
                            {"form: byte 4: not UTF-8: ff"});
  expect_error<FormatError>(
      [&] {
        words.encode_tokens(Words{"a", "b c"});
      },
      {"the input: token 2, 'b c', has white space"});
  expect_error<FormatError>([&] { words.encode_tokens(Words{""}); }, {"token 1", "is empty"});
  expect_error<FormatError>([&] { words.encode_tokens(Words{"\xc3"}); }, {"token 1", "not UTF-8"});
}

}  // namespace
}  // namespace unroll
