#include "demo/count_model.h"

#include <cmath>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "unroll/data/text.h"

namespace unroll::app::demo {
namespace {

constexpr double kWeight = 10;

std::vector<std::string> characters(std::string_view text) {
  TextReader reader = TextReader::from_memory(text, Level::kCharacter);
  std::vector<std::string> list;
  for (std::string_view character; reader.next(character);) list.emplace_back(character);
  return list;
}

// The `count` characters before place `end`.
std::string before(const std::vector<std::string>& text, std::size_t end, std::size_t count) {
  std::string joined;
  for (std::size_t i = end - count; i < end; ++i) joined += text[i];
  return joined;
}

}  // namespace

double count_model_bits(std::string_view train, std::string_view test, std::size_t order) {
  const std::vector<std::string> known = characters(train), measured = characters(test);
  std::set<std::string> alphabet(known.begin(), known.end());
  alphabet.insert(measured.begin(), measured.end());

  // [k]: n(h) and n(h c) of contexts h of k characters.
  std::vector<std::unordered_map<std::string, double>> contexts(order + 1), counts(order + 1);
  for (std::size_t k = 0; k <= order; ++k) {
    for (std::size_t i = k; i < known.size(); ++i) {
      contexts[k][before(known, i, k)] += 1;
      counts[k][before(known, i + 1, k + 1)] += 1;
    }
  }
  const auto number = [](const auto& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? 0.0 : found->second;
  };
  double bits = 0;
  for (std::size_t i = order; i < measured.size(); ++i) {
    double p = 1 / static_cast<double>(alphabet.size());
    for (std::size_t k = 0; k <= order; ++k) {
      p = (number(counts[k], before(measured, i + 1, k + 1)) + kWeight * p) /
          (number(contexts[k], before(measured, i, k)) + kWeight);
    }
    bits -= std::log2(p);
  }
  return bits / static_cast<double>(measured.size() - order);
}

}  // namespace unroll::app::demo
