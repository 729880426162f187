#include "unroll/data/text.h"

#include <gtest/gtest.h>

#include "data/data_testing.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using namespace std::string_literals;
using Tokens = std::vector<std::string>;

// The tokens of `text`, the same for reads of 1 to 9 bytes, of 64 KiB, and through a file.
Tokens tokens_of(std::string_view text, Level level, bool finish_last_line = true) {
  const TextReaderOptions options{.finish_last_line = finish_last_line};
  const Tokens whole = read_all(TextReader::from_memory(text, level, options));
  for (std::size_t bytes = 1; bytes < 10; ++bytes) {
    const TextReaderOptions small{.buffer_bytes = bytes, .finish_last_line = finish_last_line};
    EXPECT_EQ(read_all(TextReader::from_memory(text, level, small)), whole) << bytes;
    const TemporaryFolder folder;
    EXPECT_EQ(read_all(TextReader(folder.write("text", text), level, small)), whole) << bytes;
  }
  return whole;
}

std::string refusal(std::string_view text, Level level, std::size_t buffer_bytes = 1 << 16) {
  return message_of<FormatError>([&] {
    read_all(TextReader::from_memory(text, level, {.buffer_bytes = buffer_bytes}, "a.txt"));
  });
}

TEST(Text, LevelsHaveNames) {
  for (const Level level : {Level::kWord, Level::kCharacter, Level::kByte}) {
    EXPECT_EQ(parse_level(level_name(level)), level);
  }
  EXPECT_EQ(level_name(Level::kCharacter), "char");
  EXPECT_EQ(message_of<ValueError>([] { parse_level("wrod"); }),
            "unknown level 'wrod'; did you mean 'word'? Known: word, char, byte");
  EXPECT_TRUE(contains(message_of<ValueError>([] { parse_level("character"); }), "'char'"));
  EXPECT_TRUE(contains(message_of<ValueError>([] { parse_level("bytes\n"); }), "'byte'"));
}

TEST(Text, WordsEndAtWhiteSpaceAndLines) {
  EXPECT_EQ(tokens_of("the cat\nsat\n", Level::kWord),
            (Tokens{"the", "cat", "<eos>", "sat", "<eos>"}));
  EXPECT_EQ(tokens_of("the cat\r\nsat\r\n", Level::kWord),
            (Tokens{"the", "cat", "<eos>", "sat", "<eos>"}));
  EXPECT_EQ(tokens_of("the cat\nsat", Level::kWord),
            (Tokens{"the", "cat", "<eos>", "sat", "<eos>"}));
  EXPECT_EQ(tokens_of(" \ta\v\fb \n\t\n", Level::kWord), (Tokens{"a", "b", "<eos>", "<eos>"}));
  EXPECT_EQ(tokens_of("\n\n", Level::kWord), (Tokens{"<eos>", "<eos>"}));
  EXPECT_EQ(tokens_of("\n ", Level::kWord), (Tokens{"<eos>", "<eos>"}));
  EXPECT_EQ(tokens_of("a\rb\r\r\n", Level::kWord), (Tokens{"a", "b", "<eos>"}));
  EXPECT_EQ(tokens_of("caf\xC3\xA9 \xF0\x9F\x98\x80x \x7F", Level::kWord),
            (Tokens{"caf\xC3\xA9", "\xF0\x9F\x98\x80x", "\x7F", "<eos>"}));
  EXPECT_EQ(tokens_of("\xEF\xBB\xBFword", Level::kWord), (Tokens{"word", "<eos>"}));
}

TEST(Text, APromptNeedNotEndItsLine) {
  EXPECT_EQ(tokens_of("a\nthe cat", Level::kWord, false), (Tokens{"a", "<eos>", "the", "cat"}));
  EXPECT_EQ(tokens_of("the cat \n", Level::kWord, false), (Tokens{"the", "cat", "<eos>"}));
}

TEST(Text, CharactersAreCodePoints) {
  EXPECT_EQ(
      tokens_of("a\r\nb\n\r\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\r", Level::kCharacter),
      (Tokens{"a", "\n", "b", "\n", "\r", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\r"}));
  EXPECT_EQ(tokens_of("\r\r\n\n", Level::kCharacter), (Tokens{"\r", "\n", "\n"}));
  EXPECT_EQ(tokens_of("\xEF\xBB\xBF\xEF\xBB\xBFx", Level::kCharacter),
            (Tokens{"\xEF\xBB\xBF", "x"}));
  // The first and the last code points of each length and beside the surrogates.
  const Tokens edges = {
      "\x01",         "\x7F",         "\xC2\x80",     "\xDF\xBF",         "\xE0\xA0\x80",
      "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
  std::string text;
  for (const std::string& edge : edges) text += edge;
  EXPECT_EQ(tokens_of(text, Level::kCharacter), edges);
}

TEST(Text, BytesAreLeftAlone) {
  std::string text = "\xEF\xBB\xBF\r\n";
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  std::string joined;
  for (const std::string& token : tokens_of(text, Level::kByte)) {
    EXPECT_EQ(token.size(), 1u);
    joined += token;
  }
  EXPECT_EQ(joined, text);
}

TEST(Text, RefusesMalformedUtf8) {
  const struct {
    std::string bytes, shown, problem;
  } cases[] = {
      {"\x80", "80", "a continuation byte without its start"},
      {"\xBF"s + "a", "bf", "a continuation byte without its start"},
      {"\xC0\x80", "c0 80", "overlong"},
      {"\xC1\xBF", "c1 bf", "overlong"},
      {"\xE0\x80\x80", "e0 80 80", "overlong"},
      {"\xE0\x9F\xBF", "e0 9f bf", "overlong"},
      {"\xF0\x80\x80\x80", "f0 80 80 80", "overlong"},
      {"\xF0\x8F\xBF\xBF", "f0 8f bf bf", "overlong"},
      {"\xED\xA0\x80", "ed a0 80", "surrogate"},
      {"\xED\xBF\xBF", "ed bf bf", "surrogate"},
      {"\xF4\x90\x80\x80", "f4 90 80 80", "above U+10FFFF"},
      {"\xF7\xBF\xBF\xBF", "f7 bf bf bf", "above U+10FFFF"},
      {"\xF8\x88\x80\x80\x80", "f8", "never uses"},
      {"\xFE", "fe", "never uses"},
      {"\xFF", "ff", "never uses"},
      {"\xC3", "c3", "truncated"},
      {"\xC3"s + "a", "c3", "truncated"},
      {"\xE2\x82", "e2 82", "truncated"},
      {"\xE2\x82\n", "e2 82", "truncated"},
      {"\xF0\x9F\x98", "f0 9f 98", "truncated"},
      {"\xF0\x9F\x98\xF0\x9F\x98\x80", "f0 9f 98", "truncated"},
  };
  for (const auto& [bytes, shown, problem] : cases) {
    for (const Level level : {Level::kWord, Level::kCharacter}) {
      for (const std::size_t buffer_bytes : {1u, 2u, 3u, 4u, 5u, 100u}) {
        const std::string message = refusal("ab\r\nc\xC3\xA9" + bytes, level, buffer_bytes);
        EXPECT_TRUE(
            message.starts_with("a.txt: line 2, byte offset 7: not UTF-8: " + shown + " is"))
            << message;
        EXPECT_TRUE(contains(message, problem)) << message;
      }
    }
  }
}

TEST(Text, RefusesBinary) {
  for (const Level level : {Level::kWord, Level::kCharacter}) {
    EXPECT_EQ(refusal("a\nbc\0d"s, level),
              "a.txt: line 2, byte offset 4: a NUL byte: this is a binary file; read it with "
              "--level byte");
  }
}

TEST(Text, RefusesTextWithoutToken) {
  for (const Level level : {Level::kWord, Level::kCharacter, Level::kByte}) {
    EXPECT_TRUE(contains(refusal("", level), "a.txt: is empty"));
  }
  EXPECT_TRUE(contains(refusal("\xEF\xBB\xBF", Level::kWord), "is empty"));
  EXPECT_EQ(tokens_of("\xEF\xBB\xBF", Level::kByte).size(), 3u);
}

TEST(Text, RefusesAnEndlessWord) {
  const std::string longest(kMaxWordBytes, 'x');
  EXPECT_EQ(read_all(TextReader::from_memory("a " + longest, Level::kWord)),
            (Tokens{"a", longest, "<eos>"}));
  EXPECT_TRUE(refusal("a\nb " + longest + "x", Level::kWord)
                  .starts_with("a.txt: line 2, byte offset 4: a word is longer than 1048576"));
  EXPECT_EQ(read_all(TextReader::from_memory(longest + "x", Level::kCharacter)).size(),
            kMaxWordBytes + 1);
}

TEST(Text, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  const std::string missing = folder.path() + "/missing.txt";
  EXPECT_EQ(message_of<FileError>([&] { TextReader(missing, Level::kWord); }),
            missing + ": cannot be opened: No such file or directory");
  EXPECT_EQ(message_of<FileError>([&] { TextReader(folder.path(), Level::kByte); }),
            folder.path() + ": is a directory; name a file");
  if (std::filesystem::exists("/proc/self/mem")) {  // opens, but offset 0 cannot be read
    EXPECT_TRUE(contains(
        message_of<FileError>([] { read_all(TextReader("/proc/self/mem", Level::kByte)); }),
        "cannot be read at byte offset 0"));
  }
  const std::string secret = folder.write("secret", "x");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  if (::geteuid() != 0) {  // root may read everything
    EXPECT_THROW(TextReader(secret, Level::kWord), FileError);
  }
  EXPECT_THROW(TextReader::from_memory("a", Level::kWord, {.buffer_bytes = 0}), ValueError);
}

TEST(Text, TellsWhereATokenStarts) {
  const struct {
    Level level;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places;  // line, byte offset
  } cases[] = {
      {Level::kWord, {{1, 1}, {1, 5}, {2, 6}, {3, 7}, {3, 8}}},
      {Level::kCharacter, {{1, 0}, {1, 1}, {1, 3}, {1, 4}, {2, 6}, {3, 7}}},
      {Level::kByte, {{1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}, {2, 6}, {3, 7}}},
  };
  for (const auto& [level, places] : cases) {
    for (const std::size_t buffer_bytes : {1u, 2u, 64u}) {
      TextReader reader =
          TextReader::from_memory(" \xC3\xA9 \r\n\nb", level, {.buffer_bytes = buffer_bytes});
      std::vector<std::pair<std::uint64_t, std::uint64_t>> got;
      std::string_view token;
      while (reader.next(token)) got.emplace_back(reader.line(), reader.byte_offset());
      EXPECT_EQ(got, places);
      EXPECT_FALSE(reader.next(token));
    }
  }
}

}  // namespace
}  // namespace unroll
