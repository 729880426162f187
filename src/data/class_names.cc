#include "data/class_names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace unroll::detail {
namespace {

std::optional<double> number_of(const std::string& label) {
  double number = 0;
  const auto result = std::from_chars(label.data(), label.data() + label.size(), number);
  if (result.ec != std::errc() || result.ptr != label.data() + label.size() || std::isnan(number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<std::vector<double>> label_numbers(const std::vector<std::string>& labels) {
  std::vector<double> numbers;
  for (const std::string& label : labels) {
    const std::optional<double> number = number_of(label);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

void sort_labels(std::vector<std::string>& labels) {
  const auto numbers = label_numbers(labels);
  if (!numbers) {
    std::sort(labels.begin(), labels.end());
    return;
  }
  std::vector<std::pair<double, std::string>> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) rows.emplace_back((*numbers)[i], labels[i]);
  std::sort(rows.begin(), rows.end());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = rows[i].second;
}

std::vector<std::string> parts_of(const std::string& labels) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < labels.size();) {
    const std::size_t end = std::min(labels.find('|', begin), labels.size());
    if (end > begin) parts.push_back(labels.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

ClassNumbers::ClassNumbers(const std::vector<std::string>& classes,
                           std::vector<std::string>& unknown)
    : unknown_(unknown) {
  for (const std::string& name : classes) index_[name] = next_++;
  const auto numbers = label_numbers(classes);
  for (std::uint32_t k = 0; numbers && k < classes.size(); ++k) {
    by_value_.emplace((*numbers)[k], k);
  }
}

std::uint32_t ClassNumbers::of(const std::string& label) {
  if (const auto found = index_.find(label); found != index_.end()) return found->second;
  const std::optional<double> number = by_value_.empty() ? std::nullopt : number_of(label);
  if (const auto same = number ? by_value_.find(*number) : by_value_.end();
      same != by_value_.end()) {
    return same->second;
  }
  unknown_.push_back(label);
  return index_[label] = next_++;
}

}  // namespace unroll::detail
