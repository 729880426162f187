#include "unroll/data/data_summary.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace unroll {
namespace {

std::vector<std::size_t> lengths_of(const Sequences& sequences) {
  std::vector<std::size_t> lengths(sequences.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = sequences.length(i);
  return lengths;
}

std::vector<std::pair<std::string, std::size_t>> counts_of(const std::vector<std::string>& labels) {
  std::unordered_map<std::string, std::size_t> counts;
  for (const std::string& label : labels) ++counts[label];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return sorted;
}

NumberRange range_of(const Sequences& sequences, std::size_t column) {
  NumberRange range;
  if (!sequences.target_names.empty()) range.name = sequences.target_names[column];
  std::size_t count = 0;
  for (std::size_t i = column; i < sequences.targets.size(); i += sequences.target_width) {
    const double x = sequences.targets[i];
    if (std::isnan(x)) continue;
    range.least = count == 0 ? x : std::min(range.least, x);
    range.most = count == 0 ? x : std::max(range.most, x);
    ++count;
    range.mean += (x - range.mean) / static_cast<double>(count);
  }
  return range;
}

}  // namespace

DataSummary summarize(const Sequences& sequences) {
  DataSummary summary;
  summary.source = sequences.source, summary.reading = sequences.reading;
  summary.sequences = sequences.size(), summary.steps = sequences.steps();
  std::vector<std::size_t> lengths = lengths_of(sequences);
  if (!lengths.empty()) {
    const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
    std::nth_element(lengths.begin(), middle, lengths.end());
    summary.median = *middle;
    const auto [least, most] = std::minmax_element(lengths.begin(), lengths.end());
    summary.shortest = *least, summary.longest = *most;
  }
  summary.features = sequences.features, summary.feature_names = sequences.feature_names;
  summary.missing_values =
      static_cast<std::size_t>(std::count_if(sequences.values.begin(), sequences.values.end(),
                                             [](double value) { return std::isnan(value); }));
  summary.target = sequences.target;
  const auto& table = sequences.reading.table;
  if (table && table->targets.size() == 1) summary.target_column = table->label(table->targets[0]);
  if (is_label(sequences.target)) summary.labels = counts_of(sequences.labels);
  for (std::size_t c = 0; is_value(sequences.target) && c < sequences.target_width; ++c) {
    summary.targets.push_back(range_of(sequences, c));
  }
  return summary;
}

}  // namespace unroll
