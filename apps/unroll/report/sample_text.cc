#include "report/sample_text.h"

#include <vector>

#include "runs/model_file.h"
#include "runs/text_generator.h"

namespace unroll::app::report {
namespace {

constexpr std::size_t kTokens = 300;

}  // namespace

SampleText sample_text(const std::string& model) {
  return with_text_model(model, [](auto& loaded) {
    const Vocabulary& vocabulary = loaded.vocabulary;
    SampleText sample = {.tokens = kTokens};
    std::optional<std::uint32_t> first = start_token(vocabulary);
    if (!first) {
      // Tokens are in order of falling frequency.
      first = vocabulary.unknown() == 0 && vocabulary.size() > 1 ? 1 : 0;
      sample.text = vocabulary.token(*first);
      sample.begins_with_token = true;
    }
    TextGenerator generator(loaded, {*first}, sample.text, SamplerOptions{.seed = 1});
    for (std::size_t i = 0; i < kTokens; ++i) sample.text += generator.next();
    return sample;
  });
}

}  // namespace unroll::app::report
