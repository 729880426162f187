#include "optim/names.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>
#include <vector>

#include "unroll/core/error.h"

namespace unroll::optim {
namespace {

// Levenshtein's distance, one row of its table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::size_t find_name(std::string_view what, std::string_view name,
                      std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string_view nearest =
      *std::min_element(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
        return edit_distance(name, a) < edit_distance(name, b);
      });
  std::string message = "unknown " + std::string(what) + " '" + std::string(name) +
                        "'; the nearest is '" + std::string(nearest) + "' (valid:";
  for (const std::string_view valid : names) {
    message += (valid == names.front() ? " " : ", ") + std::string(valid);
  }
  throw ValueError(message + ")");
}

std::string number_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

bool Range::contains(double value) const {
  return (low_allowed ? value >= low : value > low) &&
         (high_allowed ? value <= high : value < high);
}

std::string Range::text() const {
  return std::string(1, low_allowed ? '[' : '(') + number_text(low) + ", " + number_text(high) +
         (high_allowed ? "]" : ")");
}

void check_range(std::string_view what, double value, const Range& range) {
  if (range.contains(value)) return;
  throw ValueError(std::string(what) + " is " + number_text(value) + "; wanted a number in " +
                   range.text());
}

}  // namespace unroll::optim
