#include "data/readers/npy_header.h"

#include <charconv>
#include <set>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::size_t kMaxRank = 32;  // NumPy's

class HeaderParser {
 public:
  HeaderParser(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  NpyHeader parse() {
    want('{');
    while (!found('}')) {
      const std::string key = string();
      if (!keys_.insert(key).second) fail("the key " + quote(key) + " stands twice");
      want(':');
      if (key == "descr") {
        if (peek() == '[') fail("a structured dtype; wanted an array of plain numbers");
        header_.descr = string();
      } else if (key == "fortran_order") {
        header_.fortran_order = truth();
      } else if (key == "shape") {
        shape();
      } else {
        fail("unknown key " + quote(key));
      }
      if (!found(',')) {
        want('}');
        break;
      }
    }
    if (peek() != '\0' || at_ != text_.size()) fail("more follows the dictionary");
    if (keys_.size() != 3) fail("wanted the keys descr, fortran_order and shape");
    return std::move(header_);
  }

 private:
  // The next character that is no white space; NUL at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool found(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!found(c)) fail(std::string("wanted ") + c);
  }

  std::string string() {
    const char delimiter = peek();
    if (delimiter != '\'' && delimiter != '"') fail("wanted a string");
    const std::size_t end = text_.find(delimiter, at_ + 1);
    if (end == text_.npos) fail("a string does not end");
    const std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  bool truth() {
    peek();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("wanted True or False");
  }

  void shape() {
    want('(');
    while (!found(')')) {
      peek();
      std::size_t extent = 0;
      const char* const begin = text_.data() + at_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), extent);
      if (error != std::errc()) fail("the shape is no tuple of whole numbers");
      at_ += static_cast<std::size_t>(end - begin);
      if (header_.shape.size() == kMaxRank) {
        fail("has more than " + std::to_string(kMaxRank) + " axes");
      }
      header_.shape.push_back(extent);
      if (!found(',')) {
        want(')');
        break;
      }
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(name_ + ": the header of the NumPy array, at its character " +
                      std::to_string(at_ + 1) + ": " + what);
  }

  const std::string& name_;
  std::string_view text_;
  std::size_t at_ = 0;
  NpyHeader header_;
  std::set<std::string> keys_;
};

}  // namespace

NpyHeader parse_npy_header(const std::string& name, std::string_view text) {
  return HeaderParser(name, text).parse();
}

}  // namespace unroll::detail
