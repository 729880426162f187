// label<TAB>text, a sequence a line.
#include <cmath>
#include <string_view>

#include "data/number.h"
#include "data/readers/readers.h"
#include "data/readers/tokens.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {

void read_labelled_text(LineReader& lines, const SequenceReaderOptions& options, Sequences& out) {
  check_token_level(options.level);
  if (is_of_steps(out.target)) {
    throw ValueError(
        lines.name() +
        ": text has a label or a number a line, none a step; format conll has a line a "
        "step");
  }
  if (out.target == TargetKind::kValue) out.target_width = 1;
  // Without a wanted target, the first line tells whether the lines begin with one.
  bool has_targets = out.target != TargetKind::kNone;
  std::string_view line;
  while (lines.next(line)) {
    const std::size_t tab = line.find('\t');
    if (lines.line() == 1 && tab != line.npos) has_targets = true;
    std::string_view text = line;
    if (has_targets) {
      if (tab == line.npos) {
        lines.fail("has no tab; wanted label<TAB>text, got " + quote(line));
      }
      const std::string_view target = trim(line.substr(0, tab));
      text = line.substr(tab + 1);
      if (target.empty()) lines.fail_at(line.data(), "the label before the tab is empty");
      if (out.target == TargetKind::kLabel) out.labels.emplace_back(target);
      if (out.target == TargetKind::kValue) {
        const Number number = parse_number(target);
        if (number.problem || std::isnan(number.value)) {
          lines.fail_at(target.data(), quote(target) + " before the tab " +
                                           (number.problem ? number.problem : "is missing"));
        }
        out.targets.push_back(number.value);
      }
    }
    end_sequence(out, append_tokens(text, options.level, out.tokens));
  }
}

}  // namespace unroll::detail
