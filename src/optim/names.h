#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace unroll::optim {

// The index of `name` in `names`; throws ValueError, naming `what`, the nearest and all names.
std::size_t find_name(std::string_view what, std::string_view name,
                      std::span<const std::string_view> names);

// The shortest text that reads back as `value`.
std::string number_text(double value);

// A set of numbers: from low to high, with or without the ends.
struct Range {
  double low, high;
  bool low_allowed, high_allowed;

  bool contains(double value) const;
  std::string text() const;  // "[0, 1)"
};

// Throws ValueError, naming `what`, unless `value` is in `range`.
void check_range(std::string_view what, double value, const Range& range);

}  // namespace unroll::optim
