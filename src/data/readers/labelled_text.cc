// label<TAB>text, a sequence a line; or text<TAB>label, where label_column is 2.
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
  const bool label_is_last = options.label_column == "2";
  if (!label_is_last && !options.label_column.empty() && options.label_column != "1") {
    throw ValueError("label_column is " + quote(options.label_column) +
                     "; of text it is 1, before the tab, or 2, after it");
  }
  const std::string where = label_is_last ? "after the tab" : "before the tab";
  // Without a wanted target, the first line tells whether the lines begin with one.
  bool has_targets = out.target != TargetKind::kNone;
  std::string_view line;
  while (lines.next(line)) {
    const std::size_t tab = label_is_last ? line.rfind('\t') : line.find('\t');
    if (lines.line() == 1 && tab != line.npos) has_targets = true;
    std::string_view text = line;
    if (has_targets) {
      if (tab == line.npos) {
        lines.fail(std::string("has no tab; wanted ") +
                   (label_is_last ? "text<TAB>label" : "label<TAB>text") + ", got " + quote(line));
      }
      const std::string_view before = line.substr(0, tab), after = line.substr(tab + 1);
      const std::string_view target = trim(label_is_last ? after : before);
      text = label_is_last ? before : after;
      if (target.empty()) {
        lines.fail_at(label_is_last ? after.data() : line.data(),
                      "the label " + where + " is empty");
      }
      if (out.target == TargetKind::kLabel) out.labels.emplace_back(target);
      if (out.target == TargetKind::kValue) {
        const Number number = parse_number(target);
        if (number.problem || std::isnan(number.value)) {
          lines.fail_at(target.data(), quote(target) + " " + where + " " +
                                           (number.problem ? number.problem : "is missing"));
        }
        out.targets.push_back(number.value);
      }
    }
    end_sequence(out, append_tokens(text, options.level, out.tokens));
  }
}

}  // namespace unroll::detail
