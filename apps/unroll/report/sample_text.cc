#include "report/sample_text.h"

#include <vector>

#include "unroll/jobs/generate.h"
#include "unroll/models/model.h"

namespace unroll::app::report {
namespace {

constexpr std::size_t kTokens = 300;

template <class T>
SampleText sample_text(const TextModel<T>& model) {
  const Vocabulary& vocabulary = model.vocabulary;
  SampleText sample = {.tokens = kTokens};
  std::optional<std::uint32_t> first = start_token(vocabulary);
  if (!first) {
    // Tokens are in order of falling frequency.
    first = vocabulary.unknown() == 0 && vocabulary.size() > 1 ? 1 : 0;
    sample.text = vocabulary.token(*first);
    sample.begins_with_token = true;
  }
  TextGenerator generator(model, {*first}, sample.text, SamplerOptions{.seed = 1});
  for (std::size_t i = 0; i < kTokens; ++i) sample.text += generator.next();
  return sample;
}

}  // namespace

SampleText sample_text(const std::string& path) {
  const Model model = load_model(path);
  if (const auto* text = std::get_if<TextModel<float>>(&model)) return sample_text(*text);
  return sample_text(std::get<TextModel<double>>(model));
}

}  // namespace unroll::app::report
