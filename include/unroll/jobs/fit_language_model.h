#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "unroll/data/vocabulary.h"
#include "unroll/jobs/fit.h"
#include "unroll/models/language_model_file.h"
#include "unroll/train/language_model_task.h"

#pragma GCC visibility push(default)

namespace unroll {

// Texts in the tokens of a vocabulary, which is that of `train`.
struct EncodedTexts {
  Vocabulary vocabulary;
  EncodedText train = {}, valid = {}, test = {};  // the latter two may be empty
};

// The paths of texts; empty for none.
struct TextFiles {
  std::string train = {}, valid = {}, test = {};
};

// Throws FileError, and FormatError for text that is not UTF-8.
EncodedTexts read_texts(const TextFiles& files, Level level, const VocabularyOptions& options);

// Trains a language model. Its report has train_perplexity, valid_perplexity and test_perplexity
// (NaN without such a text), bits_per_token of the last of these, and vocabulary, its size.
template <class T>
class FitLanguageModel : public Fit<T> {
 public:
  using Number = T;
  using Model = TextModel<T>;

  // Throws ValueError, such as for a text too short for batch × bptt.
  FitLanguageModel(EncodedTexts texts, const LanguageModelTaskOptions& options);

  TrainingTask<T>& task() override { return *task_; }
  FitReport report(const std::vector<EpochRecord>& history, const RunStore& kept,
                   const ThreadTeam& team) const override;
  Model model(const RunStore& kept) const;

 private:
  std::vector<std::uint32_t> test_;
  std::unique_ptr<LanguageModelTask<T>> task_;
};

extern template class FitLanguageModel<float>;
extern template class FitLanguageModel<double>;

}  // namespace unroll

#pragma GCC visibility pop
