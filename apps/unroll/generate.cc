#include <fmt/format.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "errors.h"
#include "model_file.h"
#include "options.h"
#include "output.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/infer/session.h"
#include "verbs.h"

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

// Turns tokens into text, one at a time.
class Writer {
 public:
  Writer(const Vocabulary& vocabulary, std::string_view prompt)
      : vocabulary_(vocabulary),
        word_follows_(!prompt.empty() && std::string_view(" \t\n\v\f\r").find(prompt.back()) ==
                                             std::string_view::npos) {}

  std::string next(std::uint32_t token) {
    if (vocabulary_.level() != Level::kWord) return vocabulary_.token(token);
    const bool is_end = token == vocabulary_.eos();
    std::string text = is_end          ? "\n"
                       : word_follows_ ? " " + vocabulary_.token(token)
                                       : vocabulary_.token(token);
    word_follows_ = !is_end;
    return text;
  }

 private:
  const Vocabulary& vocabulary_;
  bool word_follows_;  // the text so far ends in a word, so a space comes before the next one
};

template <class T>
int generate(const Command& command, TextModel<T>& model, const std::string& path) {
  const Options& options = command.options;
  const Vocabulary& vocabulary = model.vocabulary;
  const std::string& prompt = options.text("prompt");
  std::vector<std::uint32_t> tokens = read_prompt(prompt, vocabulary);
  if (const auto start = start_token(vocabulary)) tokens.insert(tokens.begin(), *start);
  if (tokens.empty()) {
    throw UsageError("--prompt is missing: this model has no line end that it could begin after");
  }
  Sampler sampler({.temperature = options.number("temperature"),
                   .top_k = options.size("top_k"),
                   .top_p = options.number("top_p"),
                   .seed = options.count("seed")});
  // <unk> stands for words that nobody knows; it is generated only where there is nothing else.
  std::vector<bool> forbidden(vocabulary.size(), false);
  if (vocabulary.unknown() && vocabulary.size() > 1) forbidden[*vocabulary.unknown()] = true;

  Session<T> session(model.model);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) session.step(tokens[i]);
  std::uint32_t token = tokens.back();
  Writer writer(vocabulary, prompt);
  std::string continuation;
  char last = prompt.empty() ? '\n' : prompt.back();
  if (!command.json) print(prompt);
  for (std::uint64_t i = 0; i < options.count("length"); ++i) {
    token = sampler.sample(session.step(token), &forbidden);
    const std::string piece = writer.next(token);
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
                {"model", path}});
  } else if (last != '\n') {
    print("\n");
  }
  return kSuccess;
}

}  // namespace

std::function<int()> declare_generate(CLI::App& app) {
  auto command = std::make_shared<Command>();
  app.add_option("MODEL", command->model, "model file, or the folder of a run")->required();
  command->options.add_flags(app);
  app.add_flag("--json", command->json, "the text as one JSON object");
  return [command] {
    command->options.read_flags();
    const std::string path = find_model(command->model);
    return with_text_model(path, [&](auto& model) { return generate(*command, model, path); });
  };
}

}  // namespace unroll::app
