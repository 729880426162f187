#include "support/quote.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace unroll {
namespace {

using namespace std::string_literals;

TEST(Quote, KeepsWhatCanBeRead) {
  EXPECT_EQ(quote(""), "''");
  EXPECT_EQ(quote("rnn.weight_ih_l0 ~"), "'rnn.weight_ih_l0 ~'");
  EXPECT_EQ(quote("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "'caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80'");
}

TEST(Quote, EscapesWhatCouldBreakALineOrATerminal) {
  EXPECT_EQ(quote("a\nb\rc\td"), R"('a\nb\rc\td')");
  EXPECT_EQ(quote("\x1b[2J\0\x1f\x7f"s), R"('\x1b[2J\x00\x1f\x7f')");
  EXPECT_EQ(quote("\\n"), R"('\\n')");                    // not a line end
  EXPECT_EQ(quote("\xC2\x9B"), R"('\xc2\x9b')");          // U+009B, control sequence introducer
  EXPECT_EQ(quote("\xC2\xA0"), "'\xC2\xA0'");             // U+00A0 is the first that is none
  EXPECT_EQ(quote("\xE2\x80\xA8"), R"('\xe2\x80\xa8')");  // U+2028, line separator
  EXPECT_EQ(quote("\xE2\x80\xAE"), R"('\xe2\x80\xae')");  // U+202E, right-to-left override
  EXPECT_EQ(quote("\xE2\x81\xA6"), R"('\xe2\x81\xa6')");  // U+2066, left-to-right isolate
  EXPECT_EQ(quote("\xE2\x80\x8B"), R"('\xe2\x80\x8b')");  // U+200B, zero-width space
  EXPECT_EQ(quote("\xEF\xBB\xBF"), R"('\xef\xbb\xbf')");  // U+FEFF, byte order mark
}

TEST(Quote, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(quote("\xFF"), R"('\xff')");
  EXPECT_EQ(quote("a\xC3z"), R"('a\xc3z')");                // truncated
  EXPECT_EQ(quote("\xED\xA0\x80!"), R"('\xed\xa0\x80!')");  // a surrogate
  EXPECT_EQ(quote("\xC0\x80"), R"('\xc0\x80')");            // overlong
}

TEST(Quote, CutsLongText) {
  EXPECT_EQ(printable(std::string(100, 'n')), std::string(100, 'n'));
  EXPECT_EQ(printable(std::string(101, 'n')), std::string(100, 'n') + "...");
  // Never inside a code point.
  EXPECT_EQ(printable(std::string(99, 'n') + "\xE2\x82\xAC"),
            std::string(99, 'n') + "\xE2\x82\xAC");
  EXPECT_EQ(printable(std::string(99, 'n') + "\xE2\x82\xAC" + "n"),
            std::string(99, 'n') + "\xE2\x82\xAC" + "...");
}

TEST(SystemReason, NamesTheError) { EXPECT_EQ(system_reason(ENOENT), "No such file or directory"); }

}  // namespace
}  // namespace unroll
