#include "unroll/jobs/fit_language_model.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "unroll/data/text.h"
#include "unroll/evaluation/text_loss.h"

namespace unroll {

EncodedTexts read_texts(const TextFiles& files, Level level, const VocabularyOptions& options) {
  TextReader first_pass(files.train, level);
  EncodedTexts texts = {.vocabulary = Vocabulary::build(first_pass, options)};
  const auto encode = [&](const std::string& path, std::size_t max_tokens) {
    if (path.empty()) return EncodedText{};
    TextReader reader(path, level);
    return texts.vocabulary.encode(reader, max_tokens);
  };
  texts.train = encode(files.train, options.max_tokens);
  texts.valid = encode(files.valid, 0);
  texts.test = encode(files.test, 0);
  return texts;
}

template <class T>
FitLanguageModel<T>::FitLanguageModel(EncodedTexts texts, const LanguageModelTaskOptions& options)
    : test_(std::move(texts.test.tokens)),
      task_(std::make_unique<LanguageModelTask<T>>(options, std::move(texts.vocabulary),
                                                   std::move(texts.train.tokens),
                                                   std::move(texts.valid.tokens))) {}

template <class T>
TextModel<T> FitLanguageModel<T>::model(const RunStore& kept) const {
  return load_text_model<T>(read_model(kept));
}

template <class T>
FitReport FitLanguageModel<T>::report(const std::vector<EpochRecord>& history, const RunStore& kept,
                                      const ThreadTeam& team) const {
  const double train = history.back().train_loss;
  // The model kept is the one that did best on the validation text.
  std::optional<double> valid, test;
  for (const EpochRecord& record : history) {
    if (record.valid_loss && (!valid || *record.valid_loss < *valid)) valid = record.valid_loss;
  }
  if (!test_.empty()) {
    const TextModel<T> best = model(kept);
    test = text_loss(best.model, team, test_, start_token(best.vocabulary)).mean();
  }
  const auto perplexity = [](const std::optional<double>& loss) {
    return loss ? std::exp(*loss) : std::numeric_limits<double>::quiet_NaN();
  };
  return {.figures = {{"train_perplexity", std::exp(train)},
                      {"valid_perplexity", perplexity(valid)},
                      {"test_perplexity", perplexity(test)},
                      {"bits_per_token", test.value_or(valid.value_or(train)) / std::log(2.0)},
                      {"vocabulary", std::uint64_t{task_->vocabulary().size()}}}};
}

template class FitLanguageModel<float>;
template class FitLanguageModel<double>;

}  // namespace unroll
