#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "unroll/data/vocabulary.h"
#include "unroll/nn/language_model.h"

namespace unroll::benchmarks {

Vocabulary random_vocabulary(std::size_t words);
std::vector<std::uint32_t> random_text(std::size_t vocabulary, std::size_t tokens);

// Of a forward pass for one word: 2 for each weight of the network and of the output layer.
template <class T>
double operations_per_word(LanguageModel<T>& model) {
  const LanguageModelOptions& o = model.options();
  std::size_t weights = o.vocabulary_size * o.hidden_size;
  for (const Parameter<T>* parameter : model.parameters()) {
    if (parameter->name().rfind("rnn.weight", 0) == 0) weights += parameter->size();
  }
  return 2 * static_cast<double>(weights);
}

}  // namespace unroll::benchmarks
