#include <cmath>
#include <map>

#include "baselines.h"
#include "unroll/data/text.h"

namespace unroll {
namespace {

struct Counts {
  std::map<std::string, std::uint64_t, std::less<>> of;
  std::uint64_t total = 0;
};

Counts count(const std::string& path) {
  Counts counts;
  TextReader reader(path, Level::kCharacter);
  for (std::string_view character; reader.next(character); ++counts.total) {
    const auto found = counts.of.find(character);
    if (found != counts.of.end()) {
      ++found->second;
    } else {
      counts.of.emplace(character, 1);
    }
  }
  return counts;
}

}  // namespace

std::uint64_t count_characters(const std::string& path) { return count(path).total; }

double unigram_bits(const std::string& train, const std::string& test) {
  Counts train_counts = count(train);
  const Counts test_counts = count(test);
  for (const auto& [character, times] : test_counts.of) train_counts.of.try_emplace(character, 0);

  const double denominator =
      static_cast<double>(train_counts.total) + static_cast<double>(train_counts.of.size());
  double bits = 0;
  for (const auto& [character, times] : test_counts.of) {
    const double numerator = static_cast<double>(train_counts.of.at(character)) + 1;
    bits -= static_cast<double>(times) * std::log2(numerator / denominator);
  }
  return bits / static_cast<double>(test_counts.total);
}

}  // namespace unroll
