#include "demo/layout.h"

#include <fmt/format.h>

#include <sstream>

#include "output/shell.h"

namespace unroll::app::demo {
namespace {

constexpr std::size_t kWidth = 80;

// Appends `piece` to the text, or to a new line of it where it does not fit; `reserved` columns are
// kept free for what ends a line that is left.
void append(std::string& text, std::size_t& column, const std::string& piece, std::size_t reserved,
            const std::string& line_break) {
  if (column > 0 && column + 1 + piece.size() + reserved > kWidth) {
    text += line_break;
    column = line_break.size() - line_break.find('\n') - 1;
  } else if (column > 0) {
    text += ' ';
    ++column;
  }
  text += piece;
  column += piece.size();
}

}  // namespace

std::string paragraph(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string lines;
  std::size_t column = 0;
  for (std::string word; words >> word;) append(lines, column, word, 0, "\n");
  return lines + "\n";
}

std::string command_lines(const std::vector<std::string>& words) {
  std::string lines = "$ " + shell_quoted(words.at(0));
  std::size_t column = lines.size();
  for (std::size_t i = 1; i < words.size();) {
    const bool option = words[i].starts_with("--");
    std::string piece = shell_quoted(words[i++]);
    if (option && i < words.size() && !words[i].starts_with("--")) {
      piece += ' ';
      piece += shell_quoted(words[i++]);
    }
    append(lines, column, piece, 2, " \\\n    ");
  }
  return lines + "\n";
}

std::string folded(std::string_view text) {
  std::string lines, line;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (text[i] & 0xC0) != 0x80;  // of a character, in UTF-8
    if (begins && text[i] != '\n' && column == kWidth) {
      const std::size_t space = line.rfind(' ');
      std::string rest;
      if (space != line.npos && space > kWidth / 2) {
        rest = line.substr(space + 1);
        line.resize(space);
      }
      lines += line + "\n";
      line = rest;
      column = 0;
      for (const char c : line) column += (c & 0xC0) != 0x80 ? 1 : 0;
    }
    line += text[i];
    if (text[i] == '\n') {
      lines += line;
      line.clear();
      column = 0;
    } else {
      column += begins ? 1 : 0;
    }
  }
  return lines + line;
}

std::string score_table(std::string_view heading, const std::vector<Score>& scores, Better better,
                        const std::string& format) {
  std::string table = fmt::format("\n  {}\n", heading), lost;
  const Score& model = scores.front();
  for (const Score& score : scores) {
    table +=
        fmt::format("  {:<46}{:>10}\n", score.name, fmt::format(fmt::runtime(format), score.value));
    const bool worse =
        better == Better::kLess ? score.value > model.value : score.value < model.value;
    if (&score != &model && !worse) lost += (lost.empty() ? "" : ", ") + score.name;
  }
  if (lost.empty()) return table;
  return table + "\n" +
         paragraph("With this seed the model is no better than: " + lost +
                   ". Training starts from random numbers; another --seed gives another model.");
}

}  // namespace unroll::app::demo
