// CoNLL-U, and CoNLL columns other than the first and the last.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
using T = TargetKind;
const SequenceReaderOptions kTags{.target = T::kStepLabel};

std::string word(const std::string& id, const std::string& form, const std::string& upos,
                 const std::string& misc = "_") {
  return id + "\t" + form + "\tlemma\t" + upos + "\tX\t_\t0\troot\t_\t" + misc + "\n";
}
std::string text() {
  return "# sent_id = 1\n# text = vámonos al # mar\n" + word("1-2", "vámonos", "_") +
         word("1", "vamos", "VERB") + word("2", "nos", "PRON") + word("3", "#", "SYM") + "\n" +
         "# sent_id = 2\n" + word("1", "New York", "PROPN").replace(2, 8, "Oslo") +
         word("1.1", "likes", "VERB") + word("2", ".", "PUNCT", "SpaceAfter=No") + "\n";
}

TEST(Conllu, HasFormsAndPartsOfSpeech) {
  for (const char* const name : {"a.conllu", "a.conll", "a.txt"}) {
    const Sequences s = read_text(name, text(), kTags);
    EXPECT_EQ(s.begin, (Begins{0, 3, 5}));
    EXPECT_EQ(s.tokens, (Names{"vamos", "nos", "#", "Oslo", "."}));
    EXPECT_EQ(s.labels, (Names{"VERB", "PRON", "SYM", "PROPN", "PUNCT"}));
    const Names& notes = s.reading.notes;
    EXPECT_TRUE(
        contains(notes[notes.size() - 2], "tokens in column 2 (FORM), labels in column 4 (UPOS)"));
    EXPECT_EQ(notes.back(), "3 comments, 1 range, 1 empty word left out");
  }
  EXPECT_EQ(read_text("a.conllu", text()).tokens.size(), 5u);
}

TEST(Conllu, OtherColumns) {
  SequenceReaderOptions options = kTags;
  for (const char* const column : {"MISC", "misc", "10"}) {
    options.label_column = column;
    EXPECT_EQ(read_text("a.conllu", text(), options).labels,
              (Names{"_", "_", "_", "_", "SpaceAfter=No"}));
  }
  options.token_column = "UPOS", options.label_column = "HEAD";
  EXPECT_EQ(read_text("a.conllu", text(), options).tokens[0], "VERB");
  options.label_column = "POS";
  EXPECT_TRUE(contains(refusal<ValueError>("a.conllu", text(), options),
                       "unknown label_column 'POS'; did you mean 'UPOS'?"));
  options.label_column = "11";
  EXPECT_TRUE(contains(refusal<ValueError>("a.conllu", text(), options),
                       "label_column is 11; its columns have the numbers 1 to 10"));
}

TEST(Conllu, OfPlainColumns) {
  SequenceReaderOptions options = kTags;
  options.token_column = "2", options.label_column = "1";
  const Sequences s = read_text("a.conll", "# X a\nN dog b\n", options);
  EXPECT_EQ(s.tokens, (Names{"X", "dog"}));
  EXPECT_EQ(s.labels, (Names{"#", "N"}));  // without ten columns, # is a token
  options.label_column = "UPOS";
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.conll", "N dog b\n", options),
               "label_column is 'UPOS'; the columns have no names, but the numbers 1 to 3"));
}

TEST(Conllu, RefusesAnythingElse) {
  EXPECT_TRUE(contains(refusal("a.conllu", "1\ta\tb\n", kTags),
                       "a.conllu: line 1: has 3 columns; CoNLL-U has 10, separated by tabs"));
  EXPECT_TRUE(contains(refusal("a.conllu", word("1", "a", "X") + word("x", "b", "Y"), kTags),
                       "line 2: 'x' in the first column is no number of a word"));
  EXPECT_TRUE(contains(refusal("a.conllu", "# alone\n", kTags), "holds no sequence"));
}

TEST(Conll, NumbersOfTheTokensAreNoTokens) {
  std::string three;
  for (int i = 0; i < 3; ++i) three += "1 a X\n2 b Y\n3 c X\n\n";
  EXPECT_TRUE(contains(refusal("a.conll", three, kTags),
                       "a.conll: the tokens are 1, 2, 3, … in every sentence: the first column "
                       "numbers them; name the column of the tokens (--token-column 2)"));
  SequenceReaderOptions options = kTags;
  options.token_column = "2";
  EXPECT_EQ(read_text("a.conll", three, options).tokens[1], "b");
}

TEST(Conll, Comments) {
  std::string text;
  for (int i = 0; i < 3; ++i) text += "# id x domain=en\na _ _ O\nb _ _ B-X\n\n";
  EXPECT_TRUE(
      contains(refusal("a.conll", text, kTags),
               "a.conll: every sentence begins with #; are these lines comments? --comment '# "
               "' leaves them out, --comment '' reads them"));
  SequenceReaderOptions options = kTags;
  options.comment = "# ";
  const Sequences s = read_text("a.conll", text, options);
  EXPECT_EQ(s.tokens, (Names{"a", "b", "a", "b", "a", "b"}));
  EXPECT_EQ(s.reading.notes.back(), "3 comments left out");
  options.comment = "";
  EXPECT_EQ(read_text("a.conll", text, options).tokens[0], "#");
  EXPECT_TRUE(contains(refusal("a.conll", "# id x\na O\n", kTags),
                       "has 2 columns, line 2 has 3; comments are left out by --comment '# '"));
}

TEST(LabelledText, LabelAfterTheTab) {
  const SequenceReaderOptions options{.target = T::kLabel, .label_column = "2"};
  const Sequences s = read_text("a.txt", "good\tfilm\t1\nbad film\t 0 \n", options);
  EXPECT_EQ(s.labels, (Names{"1", "0"}));
  EXPECT_EQ(s.tokens, (Names{"good", "film", "bad", "film"}));
  EXPECT_TRUE(contains(refusal("a.txt", "good\n", options), "wanted text<TAB>label, got 'good'"));
  EXPECT_TRUE(contains(refusal("a.txt", "good\t\n", options),
                       "line 1, column 6: the label after the tab is empty"));
  EXPECT_TRUE(
      contains(refusal<ValueError>("a.txt", "a\tb\n", {.target = T::kLabel, .label_column = "3"}),
               "label_column is '3'; of text it is 1, before the tab, or 2, after it"));
}

}  // namespace
}  // namespace unroll
