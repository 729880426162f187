#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/infer/session.h"
#include "unroll/models/language_model_file.h"

#pragma GCC visibility push(default)

namespace unroll {

// Continues a text, token by token, with what a language model finds likely.
template <class T>
class TextGenerator {
 public:
  // The model, which must outlive the generator, reads `tokens`, of which there is at least one;
  // `text` is what they say, without a start token. Throws ValueError for options out of range.
  TextGenerator(const TextModel<T>& model, const std::vector<std::uint32_t>& tokens,
                std::string_view text, const SamplerOptions& options);

  // The text of the next token, with the space before it where one belongs there.
  std::string next();

 private:
  std::string written(std::uint32_t token);

  const Vocabulary& vocabulary_;
  Session<T> session_;
  Sampler sampler_;
  std::vector<bool> forbidden_;
  std::uint32_t token_;  // the last one, which the model has not read yet
  bool word_follows_;    // the text so far ends in a word, so a space comes before the next one
};

extern template class TextGenerator<float>;
extern template class TextGenerator<double>;

}  // namespace unroll

#pragma GCC visibility pop
