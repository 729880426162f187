#include <string_view>

#include "unroll/core/error.h"
#include "unroll/evaluation/metrics.h"

namespace unroll {
namespace {

struct Tag {
  char part = 'O';  // 'B', 'I' or 'O'
  std::string_view type = {};

  bool outside() const { return part == 'O'; }
};

// "B-PER" is B of PER, "B" is B without a type; all that is no BIO label is O.
Tag parse(std::string_view label) {
  const bool inside = !label.empty() && (label[0] == 'B' || label[0] == 'I');
  if (!inside || (label.size() > 1 && label[1] != '-') || label.size() == 2) return {};
  return {label[0], label.substr(label.size() > 1 ? 2 : 1)};
}

bool begins_span(const Tag& before, const Tag& tag) {
  if (tag.outside()) return false;
  return tag.part == 'B' || before.outside() || before.type != tag.type;
}

// Whether a span that reaches up to `tag` is over after it.
bool ends_span(const Tag& tag, const Tag& after) {
  return !tag.outside() && (after.outside() || begins_span(tag, after));
}

}  // namespace

bool is_bio(std::span<const std::string> labels) {
  bool any_span = false;
  for (const std::string& label : labels) {
    const bool outside = parse(label).outside();
    if (outside && label != "O") return false;
    any_span = any_span || !outside;
  }
  return any_span;
}

void SpanMetrics::add(std::span<const std::string> truth, std::span<const std::string> predicted) {
  if (truth.size() != predicted.size()) {
    throw ValueError("metrics got " + std::to_string(predicted.size()) +
                     " predicted labels; wanted " + std::to_string(truth.size()));
  }
  const auto at = [](std::span<const std::string> labels, std::size_t i) {
    return i < labels.size() ? parse(labels[i]) : Tag();  // outside before and after
  };
  bool same = false;  // a true and a predicted span began at one step, of one type, and go on
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const Tag t = at(truth, i), p = at(predicted, i);
    const bool t_begins = begins_span(at(truth, i - 1), t);
    const bool p_begins = begins_span(at(predicted, i - 1), p);
    truth_ += t_begins;
    predicted_ += p_begins;
    if (t_begins || p_begins) same = t_begins && p_begins && t.type == p.type;
    const bool t_ends = ends_span(t, at(truth, i + 1)), p_ends = ends_span(p, at(predicted, i + 1));
    right_ += same && t_ends && p_ends;
    if (t_ends || p_ends) same = false;
  }
}

double SpanMetrics::precision() const {
  return predicted_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(predicted_);
}
double SpanMetrics::recall() const {
  return truth_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(truth_);
}
double SpanMetrics::f1() const {
  const std::size_t seen = truth_ + predicted_;
  return seen == 0 ? 0 : 2 * static_cast<double>(right_) / static_cast<double>(seen);
}

}  // namespace unroll
