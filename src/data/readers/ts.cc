// The format of the time-series archive (timeseriesclassification.com), as its "aeon/sktime" files
// have it: a header of @keys, @data, and one case a line: dimensions separated by colons, each its
// values separated by commas; the last field is the class label or the target, where there is one.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "data/number.h"
#include "data/readers/readers.h"
#include "data/readers/ts_header.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

class CaseReader {
 public:
  CaseReader(LineReader& lines, const TsHeader& header, Sequences& out)
      : lines_(lines), header_(header), out_(out) {}

  void read(std::string_view line) {
    split(line);
    std::string_view last;
    if (header_.has_last_field()) {
      last = fields_.back();
      fields_.pop_back();
      if (fields_.empty()) {
        lines_.fail(std::string("has no colon; wanted values, a colon and the ") +
                    (header_.class_label.value_or(false) ? "class label" : "target"));
      }
    }
    check_dimensions();
    dimensions_.resize(fields_.size());
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      dimension_ = i;
      if (header_.time_stamps.value_or(false)) {
        read_tuples(fields_[i]);
      } else {
        read_values(fields_[i]);
      }
      if (dimensions_[i].size() != dimensions_[0].size()) {
        lines_.fail_at(fields_[i].data(),
                       "dimension " + std::to_string(i + 1) + " has " +
                           counted(dimensions_[i].size(), "value") + ", dimension 1 has " +
                           std::to_string(dimensions_[0].size()) +
                           "; the dimensions of a case must have the same length");
      }
    }
    check_length(dimensions_[0].size());
    append(last);
  }

 private:
  // At colons outside of parentheses: a time may have colons.
  void split(std::string_view line) {
    fields_.clear();
    bool inside = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '(') inside = true;
      if (line[i] == ')') inside = false;
      if (line[i] == ':' && !inside) {
        fields_.push_back(line.substr(begin, i - begin));
        begin = i + 1;
      }
    }
    fields_.push_back(line.substr(begin));
  }

  void check_dimensions() {
    const std::size_t got = fields_.size();
    const std::string has = "has " + counted(got, "dimension") + ", ";
    if (header_.dimensions && got != *header_.dimensions) {
      lines_.fail(has + "but the header says @dimensions " + std::to_string(*header_.dimensions));
    }
    if (header_.univariate.value_or(false) && got != 1) {
      lines_.fail(has + "but the header says @univariate true (1)");
    }
    if (out_.features == 0) {
      out_.features = got;
      first_line_ = lines_.line();
    }
    if (got != out_.features) {
      lines_.fail(has + "but line " + std::to_string(first_line_) + " has " +
                  std::to_string(out_.features));
    }
  }

  void check_length(std::size_t got) {
    const std::string has = "has " + counted(got, "step") + ", ";
    const bool equal = header_.equal_length.value_or(false);
    if (header_.series_length) {
      // Where the lengths differ, some files say the longest, and some say 0.
      const std::size_t said = *header_.series_length;
      const bool fits =
          header_.equal_length.value_or(true) ? got == said : said == 0 || got <= said;
      if (!fits) lines_.fail(has + "but the header says @seriesLength " + std::to_string(said));
    }
    if (equal && out_.size() > 0 && got != out_.length(0)) {
      lines_.fail(has + "but line " + std::to_string(first_line_) + " has " +
                  std::to_string(out_.length(0)) + ", and the header says @equalLength true");
    }
  }

  void read_values(std::string_view field) {
    std::vector<double>& values = dimensions_[dimension_];
    values.clear();
    if (trim(field).empty()) return;
    for (;;) {
      const std::size_t comma = field.find(',');
      values.push_back(value(field.substr(0, comma)));
      if (comma == field.npos) return;
      field.remove_prefix(comma + 1);
    }
  }

  // (time,value),(time,value): the times are left out.
  void read_tuples(std::string_view field) {
    std::vector<double>& values = dimensions_[dimension_];
    values.clear();
    std::string_view rest = trim(field);
    while (!rest.empty()) {
      const std::size_t close = rest.find(')');
      if (rest[0] != '(' || close == rest.npos) {
        lines_.fail_at(rest.data(), "wanted a tuple (time,value), as @timeStamps true says, got " +
                                        quote(rest.substr(0, rest.find(','))));
      }
      const std::string_view tuple = rest.substr(1, close - 1);
      const std::size_t comma = tuple.rfind(',');
      if (comma == tuple.npos || trim(tuple.substr(0, comma)).empty()) {
        lines_.fail_at(tuple.data(), "the tuple " + quote(tuple) + " is no (time,value)");
      }
      values.push_back(value(tuple.substr(comma + 1)));
      rest = trim(rest.substr(close + 1));
      if (rest.empty()) return;
      if (rest[0] != ',' || trim(rest.substr(1)).empty()) {
        lines_.fail_at(rest.data(), "wanted a comma and another tuple, got " + quote(rest));
      }
      rest = trim(rest.substr(1));
    }
  }

  double value(std::string_view text) const {
    const std::string_view shown = trim(text);
    if (shown.empty()) lines_.fail_at(text.data(), "a value is empty; a missing one is ?");
    const Number number = parse_number(shown);
    if (number.problem) {
      const bool tuple = shown[0] == '(' && !header_.time_stamps.value_or(false);
      lines_.fail_at(shown.data(), quote(shown) + " " + number.problem +
                                       (tuple ? "; tuples need @timeStamps true" : ""));
    }
    if (std::isnan(number.value) && !header_.missing.value_or(true)) {
      lines_.fail_at(shown.data(),
                     quote(shown) + " is a missing value, but the header says @missing false");
    }
    return number.value;
  }

  void append(std::string_view last) {
    const std::size_t steps = dimensions_[0].size();
    for (std::size_t t = 0; t < steps; ++t) {
      for (const std::vector<double>& dimension : dimensions_) out_.values.push_back(dimension[t]);
    }
    end_sequence(out_, steps);
    if (!header_.has_last_field()) return;
    const std::string_view text = trim(last);
    if (text.empty()) lines_.fail_at(last.data(), "the last field, a label or target, is empty");
    if (header_.class_label.value_or(false)) {
      if (!header_.labels.empty() && !header_.labels.contains(text)) {
        lines_.fail_at(text.data(), "the class label " + quote(text) + " is not among the " +
                                        std::to_string(header_.labels.size()) +
                                        " that @classLabel lists");
      }
      if (out_.target == TargetKind::kLabel) out_.labels.emplace_back(text);
      return;
    }
    const Number target = parse_number(text);
    if (target.problem || std::isnan(target.value)) {
      lines_.fail_at(text.data(), "the target " + quote(text) + " " +
                                      (target.problem ? target.problem : "is missing"));
    }
    if (out_.target == TargetKind::kValue) out_.targets.push_back(target.value);
  }

  LineReader& lines_;
  const TsHeader& header_;
  Sequences& out_;
  std::vector<std::string_view> fields_;
  std::vector<std::vector<double>> dimensions_;
  std::size_t dimension_ = 0;
  std::uint64_t first_line_ = 0;  // of the first case
};

}  // namespace

void read_ts(LineReader& lines, const SequenceReaderOptions&, Sequences& out) {
  if (is_of_steps(out.target)) {
    throw FormatError(lines.name() +
                      ": a .ts file has a label or a target a sequence, none a step");
  }
  const TsHeader header = read_ts_header(lines);
  if (out.target == TargetKind::kLabel && !header.class_label.value_or(false)) {
    lines.fail("labels are wanted, but the header has no @classLabel true");
  }
  if (out.target == TargetKind::kValue) {
    if (!header.target_label.value_or(false)) {
      lines.fail("targets are wanted, but the header has no @targetLabel true");
    }
    out.target_width = 1;
  }
  CaseReader cases(lines, header, out);
  std::string_view line;
  while (lines.next(line)) {
    const std::string_view text = trim(line);
    if (!text.empty() && text[0] != '#') cases.read(line);
  }
}

}  // namespace unroll::detail
