#include "core/range.h"

#include <charconv>

#include "unroll/core/error.h"

namespace unroll {
std::string number_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

bool Interval::contains(double value) const {
  return (low_allowed ? value >= low : value > low) &&
         (high_allowed ? value <= high : value < high);
}

std::string Interval::text() const {
  return std::string(1, low_allowed ? '[' : '(') + number_text(low) + ", " + number_text(high) +
         (high_allowed ? "]" : ")");
}

void check_range(std::string_view what, double value, const Interval& range) {
  if (range.contains(value)) return;
  throw ValueError(std::string(what) + " is " + number_text(value) + "; wanted a number in " +
                   range.text());
}

}  // namespace unroll
