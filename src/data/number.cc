#include "data/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace unroll::detail {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\v\f\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Number parse_number(std::string_view text) {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  text = trim(text);
  if (text.empty() || text == "NA" || text == "?" || equal_ignoring_case(text, "nan")) {
    return {kMissing, nullptr};
  }
  if (text.front() == '+' && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range && last == end) {
    return {0, "is out of the range of a double"};
  }
  if (error != std::errc() || last != end) return {0, "is not a number"};
  if (std::isinf(value)) return {0, "is infinite"};
  if (std::isnan(value)) return {0, "is not a number"};  // such as -nan and nan(1)
  return {value, nullptr};
}

}  // namespace unroll::detail
