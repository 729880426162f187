// How the cells of a table are written.
#include <gtest/gtest.h>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
const SequenceReaderOptions kLabels{.target = TargetKind::kLabel};

TEST(CsvFormat, DecimalComma) {
  SequenceReaderOptions options{.target = TargetKind::kLabel, .decimal = ','};
  const Sequences s = read_text("a.csv", "p;q;label\n1,5;-2,25;a\n\"3,5\";1e1;b\n", options);
  expect_values(s.values, {1.5, -2.25, 3.5, 10});
  expect_values(read_text("a.csv", "1,5;2,5\n", {.decimal = ','}).values, {1.5, 2.5});
  expect_values(read_text("a.csv", "1,5\n2,5\n", {.decimal = ','}).values, {1.5, 2.5});
  EXPECT_TRUE(
      contains(refusal("a.csv", "p;q\n1.5;2,5\n", {.decimal = ','}), "'1.5' is not a number"));
  EXPECT_TRUE(contains(refusal("a.csv", "p;q\n1.234,5;2\n", {.decimal = ','}), "is not a number"));
  EXPECT_TRUE(contains(refusal<ValueError>("a.csv", "1\n", {.delimiter = ',', .decimal = ','}),
                       "delimiter and decimal are both ','"));
  EXPECT_TRUE(contains(refusal<ValueError>("a.csv", "1\n", {.decimal = '-'}), "decimal is '-'"));
}

TEST(CsvFormat, ADecimalCommaIsRecognised) {
  EXPECT_TRUE(contains(refusal("a.csv", "p;q\n1;2,5\n"),
                       "'2,5' is not a number; of a decimal comma say --decimal ,"));
}

TEST(CsvFormat, MissingValues) {
  const SequenceReaderOptions options{.missing_values = {"null", "-200", "N/A"}};
  expect_values(read_text("a.csv", "p,q,r\n1,null,-200\n-200.0,N/A,-20\n", options).values,
                {1, kNan, kNan, kNan, kNan, -20});
  EXPECT_TRUE(contains(refusal("a.csv", "p,q\n1,null\n"), "'null' is not a number"));
  // Of the first row too: it is no header.
  EXPECT_EQ(read_text("a.csv", "1,null\n2,3\n", options).size(), 2u);
}

TEST(CsvFormat, SkippedRows) {
  const std::string text = "Station 7, made by \"hand\"\n\np,q,label\n1,2,a\n";
  EXPECT_EQ(read_text("a.csv", text, {.target = TargetKind::kLabel, .skip_rows = 2}).labels,
            Names{"a"});
  EXPECT_EQ(read_text("a.csv", text, {.target = TargetKind::kLabel, .skip_rows = 1}).labels,
            Names{"a"});
  EXPECT_TRUE(contains(refusal("a.csv", "1\n2\n", {.skip_rows = 2}),
                       "a.csv: has 2 lines, and 2 are to be skipped"));
}

TEST(CsvFormat, Comments) {
  SequenceReaderOptions options = kLabels;
  options.comment = "#";
  const Sequences s = read_text("a.csv", "# a, b\np,label\n1,a\n#2,b\n3,\"x\n#y\"\n", options);
  expect_values(s.values, {1, 3});
  EXPECT_EQ(s.labels, (Names{"a", "x\n#y"}));
}

TEST(CsvFormat, AnyWhiteSpace) {
  SequenceReaderOptions options{.target = TargetKind::kLabel, .delimiter = ' '};
  const Sequences s =
      read_text("a.csv", "  p   q\tkind \n 1  -2 \"a  b\"\n\n3\t 4   c  \n", options);
  expect_values(s.values, {1, -2, 3, 4});
  EXPECT_EQ(s.labels, (Names{"a  b", "c"}));
}

TEST(CsvFormat, SpreadsheetsOwnFirstLine) {
  expect_values(read_text("a.csv", "sep=;\np;q\n1;2\n").values, {1, 2});
  expect_values(read_text("a.csv", "\xEF\xBB\xBFSEP=|\r\n1|2\r\n").values, {1, 2});
  EXPECT_TRUE(contains(refusal("a.csv", "sep=;\n"), "empty lines alone"));
}

TEST(CsvFormat, LineEnds) {
  const std::string rows = "p,q,label|1,2,a|3,4,\"b|c\"|";
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const char c : rows) c == '|' ? void(text += end) : void(text += c);
    const Sequences s = read_text("a.csv", text, kLabels);
    expect_values(s.values, {1, 2, 3, 4});
    EXPECT_EQ(s.labels, (Names{"a", "b\nc"}));
  }
}

TEST(CsvFormat, DelimitersAtTheEndsOfRows) {
  for (const char* const text : {"p,q,label,\n1,2,a,\n3,4,b,\n", "p,q,label\n1,2,a,\n3,4,b,\n",
                                 "1,2,a,\n3,4,b,\n", "p,q,label,,\n1,2,a,,\n3,4,b,,\n"}) {
    const Sequences s = read_text("a.csv", text, kLabels);
    expect_values(s.values, {1, 2, 3, 4});
    EXPECT_EQ(s.labels, (Names{"a", "b"}));
  }
  EXPECT_TRUE(contains(refusal("a.csv", "p,q,\n1,2,\n3,4,5\n", kLabels), "is empty"));
  // Where no label is in the last column, empty cells are no steps, as far as the file goes.
  std::string longer;
  for (int i = 0; i < 2000; ++i) longer += "1,2,,\n";
  EXPECT_EQ(read_text("a.csv", longer + "1,2,3,4\n").steps(), 4004u);
}

std::string utf16(std::u16string_view text, bool big_endian) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

TEST(CsvFormat, Encodings) {
  SequenceReaderOptions options = kLabels;
  const std::string wanted = "caf\xC3\xA9 \xE2\x82\xAC";  // café €
  options.encoding = "latin-1";
  EXPECT_EQ(read_text("a.csv", "p,label\n1,caf\xE9 \x80\n", options).labels, Names{wanted});
  EXPECT_TRUE(contains(refusal("a.csv", "p,label\n1,caf\x81\n", options),
                       "a.csv: line 2: byte 6 of the line, 81, is no character of latin-1"));
  options.encoding = "utf-16";
  for (const char16_t* const end : {u"\n", u"\r\n", u"\r"}) {
    const std::u16string text =
        std::u16string(u"\uFEFFp,label") + end + u"1,caf\u00E9 \u20AC" + end + u"2,\u0A0D" + end;
    for (const bool big_endian : {false, true}) {
      const Sequences s = read_text("a.csv", utf16(text, big_endian), options);
      EXPECT_EQ(s.labels, (Names{wanted, "\xE0\xA8\x8D"}));  // bytes of a line end in a character
      expect_values(s.values, {1, 2});
    }
    EXPECT_EQ(read_text("a.csv", utf16(text.substr(1), false), options).labels[0], wanted);
  }
  EXPECT_TRUE(contains(refusal("a.csv", utf16(u"p,q\n1,2", false) + "x", options),
                       "a.csv: line 2: ends inside a character"));
  EXPECT_TRUE(contains(refusal("a.csv", utf16(u"p,q\n1,\xD800\n", false), options),
                       "line 2: byte 5 of the line, 00 d8, is no character of utf-16"));
  EXPECT_TRUE(contains(refusal("a.csv", "p,label\n1,caf\xE9\n", kLabels), "not UTF-8: e9"));
  EXPECT_TRUE(contains(refusal<ValueError>("a.csv", "1\n", {.encoding = "utf16"}),
                       "unknown encoding 'utf16'; did you mean 'utf-16'?"));
  EXPECT_TRUE(contains(refusal<ValueError>("a.npz", "1\n", {.encoding = "latin-1"}),
                       "the option encoding says nothing about format npz"));
}

TEST(CsvFormat, NumbersInQuotes) {
  expect_values(read_text("a.csv", "\"p\",\"q\"\n\"1.5\",\" 2 \"\n").values, {1.5, 2});
}

}  // namespace
}  // namespace unroll
