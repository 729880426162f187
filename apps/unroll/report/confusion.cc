#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "output/progress.h"
#include "report/tables.h"
#include "unroll/core/error.h"

namespace unroll::app::report {
namespace {

constexpr std::size_t kMaxClasses = 50;
constexpr std::size_t kLongName = 4;  // characters, from which names stand upright

struct Confusion {
  std::vector<std::string> classes;
  std::vector<std::map<std::size_t, std::uint64_t>> counts;  // [true][predicted], without zeros

  std::uint64_t total(std::size_t row) const {
    std::uint64_t sum = 0;
    for (const auto& [column, count] : counts[row]) sum += count;
    return sum;
  }
  std::uint64_t count(std::size_t row, std::size_t column) const {
    const auto found = counts[row].find(column);
    return found == counts[row].end() ? 0 : found->second;
  }
};

Confusion read(const PageData& json, const std::string& where) {
  Confusion confusion;
  const bool by_pairs = json["pairs"].is_array();
  std::vector<std::vector<std::uint64_t>> rows;
  try {
    json.at("classes").get_to(confusion.classes);
    json.at(by_pairs ? "pairs" : "counts").get_to(rows);
  } catch (const JsonError&) {
    throw FormatError(where + ": wanted an object with classes and counts");
  }
  const std::size_t k = confusion.classes.size();
  confusion.counts.resize(k);
  for (std::size_t r = 0; by_pairs && r < rows.size(); ++r) {
    if (rows[r].size() != 3 || rows[r][0] >= k || rows[r][1] >= k) {
      throw FormatError(fmt::format("{}: wanted pairs of {} classes with their count", where, k));
    }
    confusion.counts[rows[r][0]][rows[r][1]] = rows[r][2];
  }
  if (by_pairs) return confusion;
  bool square = rows.size() == k;
  for (const auto& row : rows) square = square && row.size() == k;
  if (!square) throw FormatError(fmt::format("{}: wanted {} rows of {} counts", where, k, k));
  for (std::size_t r = 0; r < k; ++r) {
    for (std::size_t c = 0; c < k; ++c) {
      if (rows[r][c] > 0) confusion.counts[r][c] = rows[r][c];
    }
  }
  return confusion;
}

// The most frequent classes, in their order.
std::vector<std::size_t> shown_classes(const Confusion& confusion) {
  std::vector<std::size_t> order(confusion.classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (order.size() <= kMaxClasses) return order;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return confusion.total(a) > confusion.total(b);
  });
  order.resize(kMaxClasses);
  std::sort(order.begin(), order.end());
  return order;
}

PageData cell(std::uint64_t count, std::uint64_t total, bool right) {
  const double share = total == 0 ? 0 : static_cast<double>(count) / static_cast<double>(total);
  return {{"count", thousands(count)},
          {"share", fmt::format("{:.3f}", share)},
          {"kind", count == 0 ? "none"
                   : right    ? "right"
                              : "wrong"}};
}

}  // namespace

PageData confusion_table(const RunRecord& run) {
  const std::string key = judged_by(*run.result) + "confusion";
  if (!run.result->contains(key)) return {};
  const Confusion confusion = read((*run.result)[key], run.folder + "/result.json: " + key);
  const std::vector<std::size_t> shown = shown_classes(confusion);
  if (shown.empty()) return {};
  PageData labels = PageData::array(), rows = PageData::array();
  bool upright = false;
  for (const std::size_t r : shown) {
    const std::string& name = confusion.classes[r];
    labels.push_back(name);
    upright = upright || name.size() > kLongName;
    const std::uint64_t total = confusion.total(r);
    PageData cells = PageData::array();
    for (const std::size_t c : shown) cells.push_back(cell(confusion.count(r, c), total, r == c));
    rows.push_back({{"name", name}, {"cells", cells}});
  }
  PageData table = {{"labels", labels}, {"rows", rows}, {"upright", upright}};
  table["count"] = std::to_string(shown.size());
  table["left_out"] = shown.size() < confusion.classes.size()
                          ? fmt::format("The {} most frequent of {} labels.", shown.size(),
                                        thousands(confusion.classes.size()))
                          : "";
  return table;
}

}  // namespace unroll::app::report
