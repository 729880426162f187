#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
using T = TargetKind;

TEST(LabelledText, ReadsALineASequence) {
  const std::string text = "good\tthe  cat\tsat\r\n bad \t\ngood\th\xC3\xA9";
  const Sequences words = read_text("a.txt", text, {.target = T::kLabel});
  EXPECT_TRUE(words.of_tokens());
  EXPECT_EQ(words.begin, (Begins{0, 3, 3, 4}));
  EXPECT_EQ(words.tokens, (Names{"the", "cat", "sat", "h\xC3\xA9"}));
  EXPECT_EQ(words.labels, (Names{"good", "bad", "good"}));
  const Sequences characters = read_text("a.txt", "l\ta \xF0\x9F\x98\x80\n",
                                         {.target = T::kLabel, .level = Level::kCharacter});
  EXPECT_EQ(characters.tokens, (Names{"a", " ", "\xF0\x9F\x98\x80"}));
  const Sequences values = read_text("a.txt", "1.5\ta\n-2\tb\n", {.target = T::kValue});
  EXPECT_EQ(values.target_width, 1u);
  expect_values(values.targets, {1.5, -2});
}

TEST(LabelledText, TheFirstLineTellsWhetherThereAreLabels) {
  EXPECT_EQ(read_text("a.txt", "a b\n\nc\td\n").begin, (Begins{0, 2, 2, 4}));
  const Sequences s = read_text("a.txt", "l\ta\nm\tb c\n");
  EXPECT_EQ(s.tokens, (Names{"a", "b", "c"}));
  EXPECT_TRUE(s.labels.empty());
  EXPECT_TRUE(contains(refusal("a.txt", "l\ta\nb\n"), "a.txt: line 2: has no tab"));
}

TEST(LabelledText, RefusesAnythingElse) {
  const struct {
    std::string text, message;
    T target = T::kLabel;
  } cases[] = {
      {"", "a.txt: is empty; wanted labelled text"},
      {"l\ta\nhello\n", "a.txt: line 2: has no tab; wanted label<TAB>text, got 'hello'"},
      {"l\ta\n\n", "a.txt: line 2: has no tab"},
      {" \ta\n", "a.txt: line 1, column 1: the label before the tab is empty"},
      {"x\ta\n", "a.txt: line 1, column 1: 'x' before the tab is not a number", T::kValue},
      {"?\ta\n", "'?' before the tab is missing", T::kValue},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal("a.txt", refused.text, {.target = refused.target});
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
  EXPECT_TRUE(contains(refusal<ValueError>("a.txt", "l\ta\n", {.target = T::kStepValue}),
                       "a label or a number a line, none a step"));
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.txt", "l\ta\n", {.format = "text", .target = T::kStepLabel}),
               "format conll has a line a step"));
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.txt", "l\ta\n", {.target = T::kLabel, .level = Level::kByte}),
               "level is byte"));
}

TEST(LabelledText, ReadsAMillionCharactersInALine) {
  const Sequences s = read_text("a.txt", "l\t" + std::string(1000000, 'x') + " y\n",
                                {.target = T::kLabel, .level = Level::kCharacter});
  EXPECT_EQ(s.steps(), 1000002u);
}

TEST(Conll, ReadsATokenALine) {
  const std::string text =
      "-DOCSTART- -X- O\n\nEU NNP B-ORG\r\nrejects  VBZ O \n \n\nPeter NNP B-PER\n"
      "-DOCSTART- -X- O\nend . O";
  for (const char* name : {"a.conll", "a.bio", "a.iob", "a.txt"}) {
    const Sequences s = read_text(name, text, {.target = T::kStepLabel});
    EXPECT_EQ(s.begin, (Begins{0, 2, 3, 4}));
    EXPECT_EQ(s.tokens, (Names{"EU", "rejects", "Peter", "end"}));
    EXPECT_EQ(s.labels, (Names{"B-ORG", "O", "B-PER", "O"}));
  }
  const Sequences tabs = read_text("a.conll", "a\tB C\tX\nb\t\tY\n", {.target = T::kStepLabel});
  EXPECT_EQ(tabs.labels, (Names{"X", "Y"}));
  const Sequences bare = read_text("a.conll", "a X\nb Y\n");
  EXPECT_EQ(bare.tokens, (Names{"a", "b"}));
  EXPECT_TRUE(bare.labels.empty());
  EXPECT_EQ(read_text("a.conll", "a\nb\n").tokens, (Names{"a", "b"}));
}

TEST(Conll, RefusesAnythingElse) {
  const struct {
    std::string text, message;
  } cases[] = {
      {"", "a.conll: is empty; wanted CoNLL columns (text)"},
      {"\n-DOCSTART-\n", "a.conll: holds no sequence"},
      {"a\n", "a.conll: line 1: has 1 column; wanted a token in the first and its tag in the last"},
      {"a X\n\nb c Y\n", "a.conll: line 3: has 3 columns, line 1 has 2"},
      {"a X\nb\n", "a.conll: line 2: has 1 column, line 1 has 2"},
      {"a\tX\n\tY\n", "a.conll: line 2, column 1: the token '', in the first column, is empty"},
      {"New York\tX\n", "the token 'New York', in the first column, has white space"},
      {"a\tX\nb\t\n", "a.conll: line 2, column 3: the tag, in the last column, is empty"},
  };
  for (const auto& [text, message] : cases) {
    const std::string got = refusal("a.conll", text, {.target = T::kStepLabel});
    EXPECT_TRUE(contains(got, message)) << got << "\nwanted " << message;
  }
  for (const T target : {T::kLabel, T::kValue, T::kStepValue}) {
    EXPECT_TRUE(contains(refusal<ValueError>("a.conll", "a X\n", {.target = target}),
                         "a.conll: CoNLL columns have a label a step, and nothing else"));
  }
}

}  // namespace
}  // namespace unroll
