// Columns as the shared tasks of CoNLL have them: a token a line, its tag in the last column, an
// empty line between sentences.
#include <string_view>
#include <vector>

#include "data/number.h"
#include "data/readers/readers.h"
#include "data/readers/tokens.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

// At tabs where the line has one, else at white space.
void split(std::string_view line, std::vector<std::string_view>& columns) {
  constexpr std::string_view kSpace = " \v\f\r";
  columns.clear();
  const bool tabs = line.find('\t') != line.npos;
  std::string_view rest = tabs ? line : trim(line);
  for (;;) {
    const std::size_t end = tabs ? rest.find('\t') : rest.find_first_of(kSpace);
    columns.push_back(trim(rest.substr(0, end)));
    if (end == rest.npos) return;
    rest.remove_prefix(end + 1);
    if (!tabs) rest = trim(rest);
  }
}

}  // namespace

void read_conll(LineReader& lines, const SequenceReaderOptions&, Sequences& out) {
  if (out.target != TargetKind::kStepLabel && out.target != TargetKind::kNone) {
    throw ValueError(lines.name() + ": CoNLL columns have a label a step, and nothing else");
  }
  const bool tagged = out.target == TargetKind::kStepLabel;
  std::vector<std::string_view> columns;
  std::size_t count = 0;  // of columns
  std::uint64_t first_line = 0;
  std::size_t steps = 0;
  const auto end_sentence = [&] {
    if (steps > 0) end_sequence(out, steps);
    steps = 0;
  };
  std::string_view line;
  while (lines.next(line)) {
    if (trim(line).empty()) {
      end_sentence();
      continue;
    }
    split(line, columns);
    if (columns[0] == "-DOCSTART-") {
      end_sentence();
      continue;
    }
    if (count == 0) {
      count = columns.size();
      first_line = lines.line();
      if (tagged && count < 2) {
        lines.fail("has 1 column; wanted a token in the first and its tag in the last");
      }
    }
    if (columns.size() != count) {
      lines.fail("has " + counted(columns.size(), "column") + ", line " +
                 std::to_string(first_line) + " has " + std::to_string(count));
    }
    if (const char* problem = token_problem(columns[0], Level::kWord)) {
      lines.fail_at(line.data(),
                    "the token " + quote(columns[0]) + ", in the first column, " + problem);
    }
    out.tokens.emplace_back(columns[0]);
    if (tagged) {
      if (columns.back().empty()) {
        lines.fail_at(line.data() + line.size(), "the tag, in the last column, is empty");
      }
      out.labels.emplace_back(columns.back());
    }
    ++steps;
  }
  end_sentence();
}

}  // namespace unroll::detail
