#pragma once

#include <string_view>

namespace unroll::detail {

// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);
// In ASCII letters alone.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// A number as files write it: decimal, with a point, whatever the locale says.
struct Number {
  double value;
  const char* problem;  // null for a number; else what follows "'1x' …", such as "is not a number"
};
// White space at both ends is left out. NaN for what stands for a missing value: nothing, NA, ? and
// NaN in capitals or not.
Number parse_number(std::string_view text);

}  // namespace unroll::detail
