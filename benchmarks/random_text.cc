#include "random_text.h"

#include <string>

#include "unroll/core/random.h"

namespace unroll::benchmarks {

Vocabulary random_vocabulary(std::size_t words) {
  std::vector<std::string> names = {"<eos>"};
  while (names.size() < words) {
    std::string name = "w";
    name += std::to_string(names.size());
    names.push_back(name);
  }
  return Vocabulary::build(names, Level::kWord);
}

std::vector<std::uint32_t> random_text(std::size_t vocabulary, std::size_t tokens) {
  const Random random(1, RandomUse::kShuffle);
  std::vector<std::uint32_t> text(tokens);
  for (std::size_t i = 0; i < tokens; ++i) {
    text[i] = static_cast<std::uint32_t>(random.below(i, vocabulary));
  }
  return text;
}

}  // namespace unroll::benchmarks
