#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "options/train_lm_options.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/models/language_model_file.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Texts {
  Vocabulary vocabulary;
  EncodedText train = {}, valid = {}, test = {};
};

Texts read_texts(const Options& options) {
  const Level level = parse_level(options.text("level"));
  const VocabularyOptions vocabulary_options = app::vocabulary_options(options);
  TextReader first_pass(options.text("train"), level);
  Texts texts = {.vocabulary = Vocabulary::build(first_pass, vocabulary_options)};
  const auto encode = [&](const char* name, std::size_t max_tokens) {
    if (!options.has(name)) return EncodedText{};
    TextReader reader(options.text(name), level);
    return texts.vocabulary.encode(reader, max_tokens);
  };
  texts.train = encode("train", vocabulary_options.max_tokens);
  texts.valid = encode("valid", 0);
  texts.test = encode("test", 0);
  return texts;
}

template <class T>
class LanguageModelJob : public TrainingJob<T> {
 public:
  explicit LanguageModelJob(const Options& options) {
    Texts texts = read_texts(options);
    test_ = std::move(texts.test.tokens);
    try {
      task_ = std::make_unique<LanguageModelTask<T>>(
          task_options(options), std::move(texts.vocabulary), std::move(texts.train.tokens),
          std::move(texts.valid.tokens));
    } catch (const ValueError& error) {
      throw ValueError(options.text("train") + ": " + error.what());
    }
  }

  TrainingTask<T>& task() override { return *task_; }

  Json result(const std::vector<EpochRecord>& history, const std::string& model,
              const ThreadTeam& team) override {
    std::optional<double> valid, test;
    const double train = history.back().train_loss;
    // The model kept is the one that did best on the validation text.
    for (const EpochRecord& record : history) {
      if (record.valid_loss && (!valid || *record.valid_loss < *valid)) valid = record.valid_loss;
    }
    if (!test_.empty()) {
      TextModel<T> kept = load_text_model<T>(model);
      test = text_loss(kept.model, team, test_, start_token(kept.vocabulary)).mean();
    }
    const double last = test.value_or(valid.value_or(train));
    const auto perplexity = [](const std::optional<double>& loss) {
      return loss ? Json(std::exp(*loss)) : Json();
    };
    return {{"train_perplexity", std::exp(train)},
            {"valid_perplexity", perplexity(valid)},
            {"test_perplexity", perplexity(test)},
            {"bits_per_token", last / std::log(2.0)},
            {"vocabulary", task_->vocabulary().size()}};
  }

  std::string text(const Json& result) const override {
    std::string text = fmt::format("{:<10}{:>14}{:>14}\n", "", "perplexity", "bits/token");
    for (const char* name : {"train", "valid", "test"}) {
      const Json& value = result[std::string(name) + "_perplexity"];
      if (value.is_null()) continue;
      const double perplexity = value.get<double>();
      text += fmt::format("{:<10}{:>14.3f}{:>14.4f}\n", name, perplexity, std::log2(perplexity));
    }
    return text + fmt::format("\n{} tokens in the vocabulary",
                              thousands(result["vocabulary"].get<std::uint64_t>()));
  }

 private:
  std::unique_ptr<LanguageModelTask<T>> task_;
  std::vector<std::uint32_t> test_;
};

template <class T>
std::unique_ptr<TrainingJob<T>> make(const Options& options) {
  return std::make_unique<LanguageModelJob<T>>(options);
}

}  // namespace

std::function<int()> declare_train_lm(CommandLine& line) {
  TrainingVerb verb;
  verb.name = "train lm";
  verb.input = "train", verb.input_help = "the text to train on";
  verb.items = {.name = "tokens", .perplexity = true};
  verb.table = train_lm_table();
  verb.complete = complete_train_lm_options;
  verb.make_f32 = make<float>, verb.make_f64 = make<double>;
  return declare_training(line, std::move(verb));
}

}  // namespace unroll::app
