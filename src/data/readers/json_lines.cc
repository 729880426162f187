// One JSON object a line:
//   {"id": "a", "x": [[1, 2], [3, null]], "label": "up"}
// x        a list of steps, each a list of I numbers, or, for I = 1, of numbers; null: missing
// text     in place of x: a text, cut by options.level; or tokens, a list of strings
// label    for kLabel: a string or an integer; labels, a list of them, for kStepLabel
// y        for kValue a number or a list of W; for kStepValue a list of them, one a step
// id       a string or an integer; in all lines or in none
// Keys of options.ignored_columns are left out.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "data/number.h"
#include "data/readers/readers.h"
#include "data/readers/tokens.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys = {"id",    "x",      "text", "tokens",
                                                "label", "labels", "y"};
  return keys;
}

class ObjectReader {
 public:
  ObjectReader(LineReader& lines, const SequenceReaderOptions& options, Sequences& out)
      : lines_(lines), level_(options.level), ignored_(options.ignored_columns), out_(out) {
    for (const std::string& key : ignored_) out_.reading.left_out.push_back({key, "ignored"});
  }

  // Whether the lines so far have x.
  bool of_numbers() const { return first_line_ > 0 && numbers_; }

  void read(std::string_view line) {
    parse(line);
    const std::size_t steps = read_input();
    read_id();
    end_sequence(out_, steps);
    switch (out_.target) {
      case TargetKind::kNone:
        break;
      case TargetKind::kLabel:
        out_.labels.push_back(label(wanted("label"), "label"));
        break;
      case TargetKind::kStepLabel: {
        const Json& labels = list_of_steps("labels", steps);
        for (std::size_t t = 0; t < steps; ++t) {
          out_.labels.push_back(label(labels[t], item("labels", t)));
        }
        break;
      }
      case TargetKind::kValue:
        read_targets(wanted("y"), "y");
        break;
      case TargetKind::kStepValue: {
        const Json& targets = list_of_steps("y", steps);
        for (std::size_t t = 0; t < steps; ++t) read_targets(targets[t], item("y", t));
        break;
      }
    }
  }

 private:
  // "x[3]"
  static std::string item(std::string list, std::size_t i) {
    list += '[';
    list += std::to_string(i);
    list += ']';
    return list;
  }
  static std::string shown(const Json& value) {
    if (value.is_array()) return "a list";
    if (value.is_object()) return "an object";
    return printable(value.dump());
  }

  void parse(std::string_view line) {
    try {
      object_ = Json::parse(line, 3);  // the object, a list, a list in it: nothing is deeper
    } catch (const JsonError& error) {
      if (!error.offset) lines_.fail(error.what());
      const std::size_t at = std::min(*error.offset, line.size());
      lines_.fail_at(line.data() + at, "not valid JSON, near " + quote(line.substr(at, 20)) +
                                           "; a missing value is null");
    }
    if (!object_.is_object()) lines_.fail("is " + shown(object_) + "; wanted a JSON object");
    for (const std::string& key : ignored_) object_.erase(key);
    for (const auto& [key, value] : object_.members()) {
      if (std::find(known_keys().begin(), known_keys().end(), key) == known_keys().end()) {
        lines_.fail(unknown_name_message("key", key, known_keys()) + "; leave it out: --ignore " +
                    printable(key));
      }
    }
  }

  const Json& wanted(const char* key) const {
    const Json* found = object_.find(key);
    if (found == nullptr) lines_.fail("has no key " + quote(key));
    return *found;
  }

  // A list with an item a step.
  const Json& list_of_steps(const char* key, std::size_t steps) const {
    const Json& list = wanted(key);
    if (!list.is_array()) lines_.fail(std::string(key) + " is " + shown(list) + "; wanted a list");
    if (list.size() != steps) {
      lines_.fail(std::string(key) + " has " + counted(list.size(), "item") +
                  ", the sequence has " + counted(steps, "step"));
    }
    return list;
  }

  // `where` makes the name of the value for a message.
  double number(const Json& value, auto&& where) const {
    if (!value.is_number()) lines_.fail(where() + " is " + shown(value) + "; wanted a number");
    return value.get<double>();
  }

  std::string label(const Json& value, const std::string& where) const {
    std::string text;
    if (value.is_string()) text = trim(value.text());
    if (value.is_number_integer() || value.is_boolean()) text = value.dump();
    if (text.empty()) {
      lines_.fail(where + " is " + shown(value) + "; wanted a string, not empty, or an integer");
    }
    return text;
  }

  std::size_t read_input() {
    const char* input = nullptr;
    for (const char* key : {"x", "text", "tokens"}) {
      if (!object_.contains(key)) continue;
      if (input) lines_.fail("has both " + quote(input) + " and " + quote(key));
      input = key;
    }
    if (!input) lines_.fail("has none of the keys 'x', 'text' and 'tokens'");
    const bool numbers = input == std::string("x");
    if (out_.size() == 0) numbers_ = numbers;
    if (numbers != numbers_) {
      lines_.fail(std::string("has ") + quote(input) + ", but line " + std::to_string(first_line_) +
                  (numbers_ ? " has 'x'" : " has text"));
    }
    if (out_.size() == 0) first_line_ = lines_.line();
    const Json& value = object_[input];
    if (numbers) return read_steps(value);
    if (input == std::string("text")) {
      if (!value.is_string()) lines_.fail("text is " + shown(value) + "; wanted a string");
      const auto& text = value.text();
      if (text.find('\0') != text.npos) lines_.fail("text has a NUL character");
      return append_tokens(text, level_, out_.tokens);
    }
    if (!value.is_array()) lines_.fail("tokens is " + shown(value) + "; wanted a list of strings");
    for (std::size_t t = 0; t < value.size(); ++t) {
      const std::string where = item("tokens", t);
      if (!value[t].is_string()) {
        lines_.fail(where + " is " + shown(value[t]) + "; wanted a string");
      }
      const auto& token = value[t].text();
      if (const char* problem = token_problem(token, level_)) {
        lines_.fail(where + ", " + quote(token) + ", " + problem);
      }
      out_.tokens.push_back(token);
    }
    return value.size();
  }

  double value_of(const Json& value, auto&& where) const {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : number(value, where);
  }

  std::size_t read_steps(const Json& x) {
    if (!x.is_array()) lines_.fail("x is " + shown(x) + "; wanted a list of steps");
    for (std::size_t t = 0; t < x.size(); ++t) {
      const Json& step = x[t];
      if (step.is_array() != x[0].is_array()) {
        lines_.fail(item("x", t) + " is " + shown(step) + ", x[0] is " + shown(x[0]) +
                    "; wanted lists of numbers alone or numbers alone");
      }
      const std::size_t features = step.is_array() ? step.size() : 1;
      if (features == 0) lines_.fail(item("x", t) + " is an empty list; a step needs a feature");
      if (out_.features == 0) {
        out_.features = features;
        features_line_ = lines_.line();
      }
      if (features != out_.features) {
        lines_.fail(item("x", t) + " has " + counted(features, "number") + ", x[0] of line " +
                    std::to_string(features_line_) + " has " + std::to_string(out_.features));
      }
      if (!step.is_array()) {
        out_.values.push_back(value_of(step, [&] { return item("x", t); }));
        continue;
      }
      for (std::size_t i = 0; i < features; ++i) {
        out_.values.push_back(value_of(step[i], [&] { return item(item("x", t), i); }));
      }
    }
    return x.size();
  }

  void read_id() {
    const Json* found = object_.find("id");
    const bool has_id = found != nullptr;
    if (out_.size() > 0 && has_id == out_.ids.empty()) {
      lines_.fail(std::string(has_id ? "has an id, " : "has no id, ") + "line " +
                  std::to_string(first_line_) + (has_id ? " has none" : " has one"));
    }
    if (has_id) out_.ids.push_back(label(*found, "id"));
  }

  void read_targets(const Json& y, const std::string& where) {
    const std::size_t width = y.is_array() ? y.size() : 1;
    if (out_.target_width == 0) out_.target_width = width;
    if (width != out_.target_width || width == 0) {
      lines_.fail(where + " has " + counted(width, "number") + "; wanted " +
                  (width == 0 ? "at least 1" : std::to_string(out_.target_width) + " as before"));
    }
    if (!y.is_array()) return out_.targets.push_back(number(y, [&] { return where; }));
    for (std::size_t w = 0; w < width; ++w) {
      out_.targets.push_back(number(y[w], [&] { return item(where, w); }));
    }
  }

  LineReader& lines_;
  Level level_;
  const std::vector<std::string>& ignored_;
  Sequences& out_;
  Json object_;
  bool numbers_ = true;  // of the first line: x, not text
  std::uint64_t first_line_ = 0;
  std::uint64_t features_line_ = 0;
};

}  // namespace

void read_json_lines(LineReader& lines, const SequenceReaderOptions& options, Sequences& out) {
  check_token_level(options.level);
  ObjectReader reader(lines, options, out);
  std::string_view line;
  while (lines.next(line)) {
    if (!trim(line).empty()) reader.read(line);
  }
  // All of them are empty: one feature, so that they are not taken for tokens.
  if (reader.of_numbers() && out.features == 0) out.features = 1;
  if (is_value(out.target) && out.target_width == 0) out.target_width = 1;
}

}  // namespace unroll::detail
