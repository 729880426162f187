#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace unroll {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The shortest text that reads back as `value`.
std::string number_text(double value);

// A set of numbers: from low to high, with or without the ends.
struct Interval {
  double low, high;
  bool low_allowed, high_allowed;

  bool contains(double value) const;
  std::string text() const;  // "[0, 1)"
};

// Throws ValueError, naming `what`, unless `value` is in `range`.
void check_range(std::string_view what, double value, const Interval& range);

}  // namespace unroll
