#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unroll::app::demo {

// How the demo's text is laid out: in lines of at most 80 columns.

// Words in lines that are as full as they can be.
std::string paragraph(std::string_view text);

// A command as it is typed, its words quoted for a POSIX shell: "$ " before it, further lines
// indented after a backslash. An option and its value stay together.
std::string command_lines(const std::vector<std::string>& words);

// Lines longer than the screen are broken, at a space in its right half or else where it ends.
std::string folded(std::string_view text);

// A figure of an answer to the same question.
struct Score {
  std::string name = {};
  double value = 0;
};
enum class Better { kLess, kMore };
// A heading and a line a score, that of the model first; where another one is as good, a line says
// so. `format` is fmt's, such as "{:.2f}".
std::string score_table(std::string_view heading, const std::vector<Score>& scores, Better better,
                        const std::string& format);

}  // namespace unroll::app::demo
