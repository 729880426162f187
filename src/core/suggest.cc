#include "unroll/core/suggest.h"

#include <algorithm>
#include <numeric>

#include "support/quote.h"

namespace unroll {
namespace {

// Levenshtein's distance, one row of the table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, (name.size() + 1) / 2) + 1;
  for (const std::string& candidate : known) {
    // The difference of the lengths is the least that the distance can be; a hostile name of many
    // megabytes stops here.
    const std::size_t least =
        std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    if (least >= best_distance) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) best_distance = distance, best = candidate;
  }
  return best;
}

std::string unknown_name_message(std::string_view what, std::string_view name,
                                 const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(name, known);
  std::string message = "unknown " + std::string(what) + " " + quote(name);
  if (!nearest.empty()) message += "; did you mean " + quote(nearest) + "?";
  message += nearest.empty() ? "; known: " : " Known: ";
  for (std::size_t i = 0; i < known.size(); ++i)
    message += (i > 0 ? ", " : "") + printable(known[i]);
  return message;
}

}  // namespace unroll
