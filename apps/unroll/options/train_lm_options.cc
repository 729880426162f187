#include "options/train_lm_options.h"

#include "options/dtype.h"
#include "options/model_options.h"
#include "options/option_specs.h"
#include "options/training_options.h"

namespace unroll::app {

std::vector<OptionSpec> train_lm_table() {
  const char* group = "Data";
  std::vector<OptionSpec> table = {
      path_option("train", group, "text to train on"),
      path_option("valid", group, "text to choose the best epoch by"),
      path_option("test", group, "text to measure the finished model on"),
      choice_option("level", group, "what a token is: word, char, byte", "word",
                    {"word", "char", "byte"}),
      count_option("max_tokens", group, "train on the first N tokens only; 0: on all", 0, 0),
      count_option("vocabulary_size", group,
                   "keep the N most frequent tokens, the others become <unk>; 0: keep all", 10000,
                   0),
      count_option("min_count", group, "tokens that are rarer become <unk>", 1, 1),
  };
  append(table, language_model_option_table(200, 200, 1));
  group = "Back-propagation through time";
  append(table,
         {count_option("bptt", group, "time steps of a window", 35, 1, 1 << 20),
          count_option("batch", group, "lanes that the text is cut into", 20, 1, 1 << 20),
          shards_option(group),
          choice_option("cursor", group,
                        "epoch: lanes restart with a zero state each epoch; wrap: they run on "
                        "around the end of the text",
                        "epoch", {"epoch", "wrap"}),
          choice_option("reduction", group,
                        "the loss is a mean over the tokens of a window (mean), or over the lanes "
                        "and a sum over the time steps (batch)",
                        "mean", {"mean", "batch"})});
  append(table, optimization_table(2e-3));
  append(table, {count_option("epochs", "Run", "passes over the training text", 10, 1)});
  append(table, run_table());
  return table;
}

void complete_train_lm_options(Options& options) {
  complete_language_model_options(options);
  complete_training_options(options, options.has("valid"));
  check_shards(options);
}

VocabularyOptions vocabulary_options(const Options& options) {
  return {.max_size = options.size("vocabulary_size"),
          .min_count = options.size("min_count"),
          .max_tokens = options.size("max_tokens")};
}

LanguageModelTaskOptions task_options(const Options& options) {
  LanguageModelOptions model = language_model_options(options, 0);
  model.precision = precision(options);
  return {.model = model,
          .initialization = initialization_options(options),
          .bptt = {.batch = options.size("batch"),
                   .bptt = options.size("bptt"),
                   .cursor = parse_cursor(options.text("cursor"))},
          .reduction = parse_window_reduction(options.text("reduction")),
          .seed = options.count("seed"),
          .shards = options.size("shards")};
}

}  // namespace unroll::app
