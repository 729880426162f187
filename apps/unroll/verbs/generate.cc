#include <fmt/format.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "errors.h"
#include "options/options.h"
#include "output/print.h"
#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/jobs/generate.h"
#include "unroll/models/model.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

std::vector<OptionSpec> table() {
  return {
      {.name = "prompt", .help = "text to continue", .standard = std::string()},
      {.name = "length",
       .kind = Kind::kCount,
       .help = "tokens to generate",
       .standard = std::uint64_t{100},
       .high = 1e12},
      {.name = "temperature",
       .kind = Kind::kNumber,
       .help = "below 1 likelier tokens, above 1 more surprising ones; 0: always the likeliest",
       .standard = 1.0,
       .high = std::numeric_limits<double>::infinity()},
      {.name = "top_k",
       .kind = Kind::kCount,
       .help = "only the N likeliest tokens; 0: all",
       .standard = std::uint64_t{0},
       .high = 1e12},
      {.name = "top_p",
       .kind = Kind::kNumber,
       .help = "only the likeliest tokens that together have this probability",
       .standard = 1.0,
       .high = 1,
       .low_open = true},
      {.name = "seed",
       .kind = Kind::kCount,
       .help = "of the draws",
       .standard = std::uint64_t{1},
       .high = 1e15},
  };
}

struct Command {
  std::string model;
  bool json = false;
  Options options{table()};
};

std::vector<std::uint32_t> read_prompt(const std::string& prompt, const Vocabulary& vocabulary) {
  if (prompt.empty()) return {};
  TextReader reader =
      TextReader::from_memory(prompt, vocabulary.level(), {.finish_last_line = false}, "--prompt");
  EncodedText text = vocabulary.encode(reader);
  if (text.unknown_tokens > 0) {
    print_error(
        fmt::format("unroll: note: the model reads {} of {} tokens of the prompt as <unk>\n",
                    text.unknown_tokens, text.tokens.size()));
  }
  return std::move(text.tokens);
}

template <class T>
int generate(const Command& command, const TextModel<T>& model) {
  const Options& options = command.options;
  const Vocabulary& vocabulary = model.vocabulary;
  const std::string& prompt = options.text("prompt");
  std::vector<std::uint32_t> tokens = read_prompt(prompt, vocabulary);
  if (const auto start = start_token(vocabulary)) tokens.insert(tokens.begin(), *start);
  if (tokens.empty()) {
    throw UsageError("--prompt is missing: this model has no line end that it could begin after");
  }
  TextGenerator<T> generator(model, tokens, prompt,
                             {.temperature = options.number("temperature"),
                              .top_k = options.size("top_k"),
                              .top_p = options.number("top_p"),
                              .seed = options.count("seed")});
  std::string continuation;
  char last = prompt.empty() ? '\n' : prompt.back();
  if (!command.json) print(prompt);
  for (std::uint64_t i = 0; i < options.count("length"); ++i) {
    const std::string piece = generator.next();
    if (piece.empty()) continue;
    last = piece.back();
    if (command.json) {
      continuation += piece;
    } else {
      print(piece);
    }
  }
  if (command.json) {
    print_json({{"prompt", prompt},
                {"continuation", continuation},
                {"tokens", options.count("length")},
                {"seed", options.count("seed")},
                {"model", find_model(command.model)}});
  } else if (last != '\n') {
    print("\n");
  }
  return kSuccess;
}

template <class T>
int generate(const Command& command, const TrainedSequenceModel<T>&) {
  throw UsageError(command.model +
                   ": is no language model; `unroll predict` says what it makes of sequences");
}

}  // namespace

std::function<int()> declare_generate(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.word("MODEL", command->model, "model file, or the folder of a run");
  command->options.declare(line);
  line.flag("--json", command->json, "the text as one JSON object");
  return [command] {
    command->options.read_flags();
    const Model model = load_model(command->model);
    return std::visit([&](const auto& loaded) { return generate(*command, loaded); }, model);
  };
}

}  // namespace unroll::app
