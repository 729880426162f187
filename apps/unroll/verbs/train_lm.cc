#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "options/train_lm_options.h"
#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/jobs/fit_language_model.h"
#include "verbs/train_command.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

template <class T>
std::unique_ptr<Fit<T>> make(const Options& options, DataReport&) {
  const auto path = [&](const char* name) {
    return options.has(name) ? options.text(name) : std::string();
  };
  EncodedTexts texts = read_texts({path("train"), path("valid"), path("test")},
                                  parse_level(options.text("level")), vocabulary_options(options));
  try {
    return std::make_unique<FitLanguageModel<T>>(std::move(texts), task_options(options));
  } catch (const ValueError& error) {
    throw ValueError(options.text("train") + ": " + error.what());
  }
}

std::string text(const Json& result) {
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

}  // namespace

std::function<int()> declare_train_lm(CommandLine& line) {
  TrainingVerb verb;
  verb.name = "train lm";
  verb.input = "train", verb.input_help = "the text to train on";
  verb.items = {.name = "tokens", .perplexity = true};
  verb.table = train_lm_table();
  verb.complete = complete_train_lm_options;
  verb.make_f32 = make<float>, verb.make_f64 = make<double>;
  verb.text = text;
  return declare_training(line, std::move(verb));
}

}  // namespace unroll::app
