#include "apps/unroll/demo/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "messages.h"

namespace unroll::app::demo {
namespace {

// The longest line, in bytes.
std::size_t width(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

TEST(Layout, AParagraphFillsLinesOf80Columns) {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "abc ";
  const std::string text = paragraph(words);
  EXPECT_EQ(width(text), 79u);  // 20 · 4 - 1
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
  EXPECT_EQ(paragraph("one\n  two"), "one two\n");
}

TEST(Layout, ACommandKeepsOptionsAndValuesTogether) {
  std::vector<std::string> words = {"unroll", "train", "lm"};
  for (int i = 0; i < 10; ++i) words.insert(words.end(), {"--option", "a value"});
  const std::string text = command_lines(words);
  EXPECT_EQ(text.rfind("$ unroll train lm --option 'a value' ", 0), 0u) << text;
  EXPECT_LE(width(text), 80u);
  std::istringstream lines(text);
  std::string line, joined;
  std::getline(lines, joined);
  while (std::getline(lines, line)) {
    EXPECT_EQ(line.rfind("    --option ", 0), 0u) << line;
    ASSERT_TRUE(joined.ends_with(" \\"));
    joined.pop_back();
    joined += line.substr(4);
  }
  std::string expected = "$ unroll train lm";
  for (int i = 0; i < 10; ++i) expected += " --option 'a value'";
  EXPECT_EQ(joined, expected);
  const std::string file(40, 'f');
  EXPECT_EQ(command_lines({"unroll", "predict", file, file, "--json"}),
            "$ unroll predict " + file + " \\\n    " + file + " --json\n");
}

TEST(Layout, LongLinesAreFoldedBetweenCharacters) {
  EXPECT_EQ(folded("short\n"), "short\n");
  EXPECT_EQ(folded(std::string(200, 'x')),
            std::string(80, 'x') + "\n" + std::string(80, 'x') + "\n" + std::string(40, 'x'));
  const std::string word(45, 'x');
  EXPECT_EQ(folded(word + " " + word + "\n"), word + "\n" + word + "\n");
  const std::string full = std::string(79, 'x') + "\xC3\xA4";
  EXPECT_EQ(folded(full + "\n"), full + "\n");
  EXPECT_EQ(folded(full + "\xC3\xA4"), full + "\n\xC3\xA4");
}

TEST(Layout, ScoresThatTheModelLosesAreNamed) {
  const std::vector<Score> scores = {{"this model", 2}, {"worse", 3}, {"better", 1}, {"equal", 2}};
  const std::string less = score_table("error", scores, Better::kLess, "{:.1f}");
  EXPECT_TRUE(contains(less, "no better than: better, equal.")) << less;
  EXPECT_LE(width(less), 80u);
  const std::string more = score_table("accuracy", scores, Better::kMore, "{:.1f}");
  EXPECT_TRUE(contains(more, "no better than: worse, equal.")) << more;
  EXPECT_FALSE(
      contains(score_table("error", {{"this model", 1}, {"other", 2}}, Better::kLess, "{:.1f}"),
               "no better"));
}

}  // namespace
}  // namespace unroll::app::demo
