#include "data/readers/ts_header.h"

#include <charconv>
#include <map>
#include <string_view>
#include <vector>

#include "data/number.h"
#include "support/quote.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

constexpr const char* kKeys[] = {"@problemName", "@timeStamps",  "@missing",     "@univariate",
                                 "@dimension",   "@dimensions",  "@equalLength", "@seriesLength",
                                 "@classLabel",  "@targetLabel", "@data"};
constexpr std::string_view kSpace = " \t\v\f\r";

// Cuts the first word off `text`.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return word;
}

class HeaderReader {
 public:
  explicit HeaderReader(LineReader& lines) : lines_(lines) {}

  TsHeader read() {
    std::string_view line;
    while (lines_.next(line)) {
      rest_ = trim(line);
      if (rest_.empty() || rest_[0] == '#') continue;
      if (rest_[0] != '@') {
        lines_.fail_at(rest_.data(),
                       "wanted a header key such as @problemName, or @data before the cases, got " +
                           quote(rest_));
      }
      word_ = take_word(rest_);
      key_ = known_key();
      const auto [first, is_new] = seen_.emplace(key_, lines_.line());
      if (!is_new) {
        lines_.fail(key_ + " stands twice, first in line " + std::to_string(first->second));
      }
      if (key_ == "@data") {
        nothing_more();
        check();
        return std::move(header_);
      }
      read_value();
    }
    lines_.fail("the file ends without @data");
  }

 private:
  std::string known_key() const {
    for (const char* key : kKeys) {
      if (equal_ignoring_case(word_, key))
        return key == std::string("@dimension") ? "@dimensions" : key;
    }
    lines_.fail_at(word_.data(),
                   unknown_name_message("header key", word_, {std::begin(kKeys), std::end(kKeys)}));
  }

  void read_value() {
    if (key_ == "@problemName") return;  // may have any text, or none
    if (key_ == "@timeStamps") header_.time_stamps = yes_or_no();
    if (key_ == "@missing") header_.missing = yes_or_no();
    if (key_ == "@univariate") header_.univariate = yes_or_no();
    if (key_ == "@equalLength") header_.equal_length = yes_or_no();
    if (key_ == "@targetLabel") header_.target_label = yes_or_no();
    if (key_ == "@dimensions") header_.dimensions = whole_number(1);
    if (key_ == "@seriesLength") header_.series_length = whole_number(0);
    if (key_ == "@classLabel") {
      header_.class_label = yes_or_no();
      for (std::string_view label = take_word(rest_); !label.empty(); label = take_word(rest_)) {
        if (!*header_.class_label) {
          lines_.fail_at(label.data(), "@classLabel is false, but labels follow");
        }
        if (!header_.labels.emplace(label).second) {
          lines_.fail_at(label.data(), "the class label " + quote(label) + " stands twice");
        }
      }
    }
    nothing_more();
  }

  void nothing_more() {
    if (const std::string_view word = take_word(rest_); !word.empty()) {
      lines_.fail_at(word.data(), quote(word) + " follows what " + key_ + " takes");
    }
  }

  std::string_view value(const char* wanted) {
    const std::string_view word = take_word(rest_);
    if (word.empty()) lines_.fail(key_ + " has no value; wanted " + wanted);
    return word;
  }

  bool yes_or_no() {
    const std::string_view word = value("true or false");
    if (equal_ignoring_case(word, "true")) return true;
    if (equal_ignoring_case(word, "false")) return false;
    lines_.fail_at(word.data(), key_ + " is " + quote(word) + "; wanted true or false");
  }

  std::size_t whole_number(std::size_t least) {
    const std::string_view word = value("a whole number");
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size() || number < least) {
      lines_.fail_at(word.data(), key_ + " is " + quote(word) +
                                      "; wanted a whole number of at least " +
                                      std::to_string(least));
    }
    return number;
  }

  // What the header says against itself.
  void check() const {
    const std::size_t dimensions = header_.dimensions.value_or(1);
    if (header_.univariate.value_or(false) && dimensions != 1) {
      lines_.fail("the header says @univariate true (1 dimension) and @dimensions " +
                  std::to_string(dimensions));
    }
    if (header_.class_label.value_or(false) && header_.target_label.value_or(false)) {
      lines_.fail("the header says both @classLabel true and @targetLabel true");
    }
  }

  LineReader& lines_;
  TsHeader header_;
  std::string_view rest_;  // of the line
  std::string_view word_;  // the key as the file has it
  std::string key_;
  std::map<std::string, std::uint64_t> seen_;  // key, line
};

}  // namespace

TsHeader read_ts_header(LineReader& lines) { return HeaderReader(lines).read(); }

}  // namespace unroll::detail
