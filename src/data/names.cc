#include "data/names.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>
#include <vector>

#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

// Levenshtein's distance, one row of the table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] != b[j] ? 1 : 0);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const bool cut = text.size() > kShown;
  const std::string shown(text.substr(0, kShown));
  return nlohmann::json(shown).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
         (cut ? "…" : "");
}

std::string quoted_token(std::string_view token) {
  if (token.size() != 1 || static_cast<unsigned char>(token[0]) < 0x80) return quoted(token);
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(token[0]);
  return std::string("byte 0x") + kDigits[value >> 4] + kDigits[value & 15];
}

std::size_t nearest_name(std::string_view name, std::span<const std::string_view> names) {
  std::size_t nearest = 0;
  std::size_t smallest = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t distance = edit_distance(name, names[i]);
    if (distance < smallest) {
      smallest = distance;
      nearest = i;
    }
  }
  return nearest;
}

std::size_t parse_name(std::string_view what, std::string_view name,
                       std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string all;
  for (const std::string_view valid : names) {
    all += (all.empty() ? "" : ", ") + std::string(valid);
  }
  throw ValueError("unknown " + std::string(what) + " " + quoted(name) + "; the nearest is " +
                   quoted(names[nearest_name(name, names)]) + " (valid: " + all + ")");
}

}  // namespace unroll::detail
