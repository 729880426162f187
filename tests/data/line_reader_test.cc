#include "data/line_reader.h"

#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using namespace std::string_literals;
using detail::ByteSource;
using detail::LineReader;

std::vector<std::string> lines_of(std::string_view text, std::size_t chunk = 1 << 16,
                                  std::size_t longest = LineReader::kMaxLineBytes,
                                  const std::string& name = "a.txt") {
  LineReader reader(std::make_unique<ByteSource>(text, name, chunk), longest);
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.next(line)) {
    lines.emplace_back(line);
    EXPECT_EQ(reader.line(), lines.size());
  }
  EXPECT_FALSE(reader.next(line));
  return lines;
}

TEST(LineReader, CutsAtLineEnds) {
  using Lines = std::vector<std::string>;
  const struct {
    std::string text;
    Lines lines;
  } cases[] = {
      {"", {}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\r\nb\r\n", {"a", "b"}},
      {"\n\na", {"", "", "a"}},
      {"a\rb\r\r\n", {"a\rb\r"}},
      {"\xEF\xBB\xBFx\n\xEF\xBB\xBFy", {"x", "\xEF\xBB\xBFy"}},
      {"\xEF\xBB\xBF", {}},
      {"h\xC3\xA9\n\xF0\x9F\x98\x80", {"h\xC3\xA9", "\xF0\x9F\x98\x80"}},
  };
  for (const auto& [text, lines] : cases) {
    for (const std::size_t chunk : {1u, 2u, 3u, 4u, 5u, 100u}) {
      EXPECT_EQ(lines_of(text, chunk), lines) << text;
      EXPECT_EQ(lines_of(gzip(text), chunk, 100, "a.gz"), lines) << text;
    }
  }
}

TEST(LineReader, TellsWhereTextIsNone) {
  const struct {
    std::string text, message;
  } cases[] = {
      {"a\nbc\0d"s, "a.txt: line 2, column 3: a NUL byte: this is a binary file, wanted text"},
      {"\xC3\xA9\xC3\n",
       "a.txt: line 1, column 2: not UTF-8: c3 is a truncated sequence; of sequences say "
       "--encoding latin-1; or convert the text (iconv -f ENCODING -t UTF-8)"},
      {"ok\n\xFF", "a.txt: line 2, column 1: not UTF-8: ff is a byte that UTF-8 never uses"},
      {"12\n12345678", "a.txt: line 2: is longer than 7 bytes; that is no text"},
  };
  for (const auto& [text, message] : cases) {
    for (const std::size_t chunk : {1u, 3u, 100u}) {
      const std::string got =
          message_of<FormatError>([&, &text = text] { lines_of(text, chunk, 7); });
      EXPECT_TRUE(got.starts_with(message)) << got;
    }
  }
  EXPECT_EQ(lines_of("1234567\n1234567", 3, 7).size(), 2u);
}

TEST(LineReader, ReadsMillionsOfCharactersInALine) {
  const std::string longest(3000000, 'x');
  EXPECT_EQ(lines_of("a\n" + longest + "\nb"), (std::vector<std::string>{"a", longest, "b"}));
}

TEST(Gzip, ReadsMembersOneAfterTheOther) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i) + "\n";
  const std::string whole = gzip(text) + gzip("") + gzip("end");
  for (const std::size_t chunk : {1u, 1000u, 1u << 20}) {
    const auto lines = lines_of(whole, chunk, 100, "a.gz");
    ASSERT_EQ(lines.size(), 100001u);
    EXPECT_EQ(lines[99999], "99999");
    EXPECT_EQ(lines.back(), "end");
  }
}

TEST(Gzip, RefusesWhatIsDamaged) {
  const std::string good = gzip("hello\nworld\n");
  const auto message = [](const std::string& bytes) {
    return message_of<FormatError>([&] { lines_of(bytes, 1 << 16, 100, "a.gz"); });
  };
  for (std::size_t size = 2; size < good.size(); ++size) {
    EXPECT_TRUE(contains(message(good.substr(0, size)), "damaged gzip")) << size;
  }
  std::string changed = good;
  changed[good.size() - 7] = static_cast<char>(changed[good.size() - 7] ^ 1);
  EXPECT_TRUE(contains(message(changed), "incorrect data check"));
  EXPECT_TRUE(contains(message(good + "x"), "damaged gzip at compressed byte"));
  EXPECT_TRUE(contains(message(good + "x"), "bytes that are no gzip follow its end"));
  for (const std::string& other : {"hello"s, ""s, "\x1F"s}) {
    EXPECT_EQ(message(other),
              "a.gz: has a name that ends in .gz, but is not compressed by gzip; rename it");
  }
}

}  // namespace
}  // namespace unroll
