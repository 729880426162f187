#include "unroll/data/vocabulary.h"

#include <gtest/gtest.h>

#include "data/data_testing.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Ids = std::vector<std::uint32_t>;
using Tokens = std::vector<std::string>;

Vocabulary build(std::string_view text, Level level, const VocabularyOptions& options = {}) {
  TextReader reader = TextReader::from_memory(text, level);
  return Vocabulary::build(reader, options);
}

EncodedText encode(const Vocabulary& vocabulary, std::string_view text,
                   std::size_t max_tokens = 0) {
  TextReader reader = TextReader::from_memory(text, vocabulary.level(), {}, "a.txt");
  return vocabulary.encode(reader, max_tokens);
}

Tokens tokens_of(const Vocabulary& vocabulary) {
  Tokens tokens;
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    tokens.push_back(vocabulary.token(id));
    EXPECT_EQ(vocabulary.id(tokens.back()), id);
  }
  return tokens;
}

TEST(Vocabulary, OrdersByFrequencyThenAppearance) {
  const Vocabulary words = build("z y x\nx y a\nb", Level::kWord);
  EXPECT_EQ(tokens_of(words), (Tokens{"<eos>", "y", "x", "z", "a", "b"}));
  EXPECT_EQ(words.eos(), 0u);
  EXPECT_EQ(words.unknown(), std::nullopt);
  EXPECT_EQ(words.id("c"), std::nullopt);
  EXPECT_EQ(tokens_of(build("hello\n", Level::kCharacter)), (Tokens{"l", "h", "e", "o", "\n"}));
  EXPECT_EQ(tokens_of(build("\xFF\xFF\x01", Level::kByte)), (Tokens{"\xFF", "\x01"}));
}

TEST(Vocabulary, CountsTheFirstTokensOnly) {
  EXPECT_EQ(tokens_of(build("b a a c c c", Level::kWord, {.max_tokens = 3})), (Tokens{"a", "b"}));
}

TEST(Vocabulary, KeepsALiteralUnknown) {
  const Vocabulary vocabulary = build("a a <unk>", Level::kWord);
  EXPECT_EQ(tokens_of(vocabulary), (Tokens{"a", "<unk>", "<eos>"}));
  EXPECT_EQ(vocabulary.unknown(), 1u);
  const EncodedText text = encode(vocabulary, "a <unk> b\n");
  EXPECT_EQ(text.tokens, (Ids{0, 1, 1, 2}));
  EXPECT_EQ(text.unknown_tokens, 1u);
  // Letters that spell it are letters.
  EXPECT_EQ(build("<unk>", Level::kCharacter).unknown(), std::nullopt);
  EXPECT_EQ(build("<eos>", Level::kByte).eos(), std::nullopt);
}

TEST(Vocabulary, CutsRareTokens) {
  // a 3, b 2; c, d and e once each become <unk>, 3, whose first appearance is after that of a.
  const Vocabulary vocabulary = build("a c d a b b e a", Level::kWord, {.min_count = 2});
  EXPECT_EQ(tokens_of(vocabulary), (Tokens{"a", "<unk>", "b", "<eos>"}));
  EXPECT_EQ(encode(vocabulary, "c a b").unknown_tokens, 1u);
  // A literal <unk> and the cut tokens are counted together, from where the first one appears.
  EXPECT_EQ(tokens_of(build("c a <unk> a", Level::kWord, {.min_count = 2})),
            (Tokens{"<unk>", "a", "<eos>"}));
  // Nothing rare: no <unk>.
  EXPECT_EQ(build("a a\n\n", Level::kWord, {.min_count = 2}).unknown(), std::nullopt);
  EXPECT_EQ(tokens_of(build("aab", Level::kCharacter, {.min_count = 2})), (Tokens{"a", "<unk>"}));
}

TEST(Vocabulary, CutsToASize) {
  const std::string text = "a a a a b b b c c d";  // and <eos>: 5 distinct
  EXPECT_EQ(tokens_of(build(text, Level::kWord, {.max_size = 5})),
            (Tokens{"a", "b", "c", "d", "<eos>"}));
  EXPECT_EQ(tokens_of(build(text, Level::kWord, {.max_size = 4})),
            (Tokens{"a", "b", "<unk>", "<eos>"}));
  EXPECT_EQ(tokens_of(build(text, Level::kWord, {.max_size = 3})), (Tokens{"<unk>", "a", "<eos>"}));
  EXPECT_EQ(tokens_of(build(text + " <unk>", Level::kWord, {.max_size = 5})),
            (Tokens{"a", "b", "c", "<unk>", "<eos>"}));
  EXPECT_EQ(tokens_of(build(text, Level::kWord, {.max_size = 5, .min_count = 2})),
            (Tokens{"a", "b", "c", "<unk>", "<eos>"}));
  EXPECT_EQ(tokens_of(build(text, Level::kWord, {.max_size = 4, .min_count = 2})),
            (Tokens{"a", "b", "<unk>", "<eos>"}));
  EXPECT_EQ(tokens_of(build("aaabbc", Level::kByte, {.max_size = 2})), (Tokens{"a", "<unk>"}));
  const std::string message =
      message_of<ValueError>([&] { build(text, Level::kWord, {.max_size = 2}); });
  EXPECT_TRUE(contains(message, "is 2") && contains(message, "at least 3")) << message;
  EXPECT_THROW(build("ab", Level::kCharacter, {.max_size = 1}), ValueError);
  EXPECT_EQ(build("aa", Level::kCharacter, {.max_size = 1}).size(), 1u);
}

TEST(Vocabulary, EncodesAndDecodes) {
  const Vocabulary words = build("the cat\nthe mat\n", Level::kWord);
  const EncodedText text = encode(words, "cat  the\r\n\r\nmat");
  EXPECT_EQ(words.decode(text.tokens), "cat the\n\nmat\n");
  EXPECT_EQ(encode(words, words.decode(text.tokens)).tokens, text.tokens);
  EXPECT_EQ(words.decode({}), "");
  EXPECT_EQ(encode(words, "cat the mat", 2).tokens.size(), 2u);
  EXPECT_THROW(words.decode(Ids{0, 4}), ValueError);
  EXPECT_THROW(words.token(4), ValueError);

  const std::string euro = "10 \xE2\x82\xAC\n";
  const Vocabulary characters = build(euro, Level::kCharacter);
  EXPECT_EQ(characters.size(), 5u);
  EXPECT_EQ(characters.decode(encode(characters, euro).tokens), euro);
  const Vocabulary bytes = build(euro, Level::kByte);
  EXPECT_EQ(bytes.size(), 7u);
  EXPECT_EQ(bytes.decode(encode(bytes, euro).tokens), euro);
}

TEST(Vocabulary, RefusesAnUnknownTokenWithoutUnk) {
  EXPECT_TRUE(message_of<FormatError>([] {
                encode(build("a b", Level::kWord), "a\nb cat\n");
              }).starts_with("a.txt: line 2, byte offset 4: the token 'cat' is not in the"));
  EXPECT_TRUE(
      contains(message_of<FormatError>([] { encode(build("a", Level::kCharacter), "a\n"); }),
               R"(line 1, byte offset 1: the token '\n')"));
  EXPECT_TRUE(contains(message_of<FormatError>([] { encode(build("a", Level::kByte), "\xFE"); }),
                       R"(the token '\xfe' is)"));
  EXPECT_LT(message_of<FormatError>([] {
              encode(build("a", Level::kWord), std::string(100000, 'x'));
            }).size(),
            300u);
}

TEST(Vocabulary, RefusesAReaderOfAnotherLevel) {
  TextReader reader = TextReader::from_memory("a", Level::kByte);
  EXPECT_THROW(build("a", Level::kWord).encode(reader), ValueError);
}

}  // namespace
}  // namespace unroll
