#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "errors.h"
#include "model_file.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string model, text;
  bool json = false;
  Options options{{{.name = "threads",
                    .kind = Kind::kCount,
                    .help = "change the speed, never the result",
                    .standard = static_cast<std::uint64_t>(available_threads()),
                    .low = 1,
                    .high = 1024}}};
};

template <class T>
int evaluate(const Command& command, TextModel<T>& model) {
  TextReader reader(command.text, model.vocabulary.level());
  const EncodedText text = model.vocabulary.encode(reader);
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const TextLoss loss = text_loss(model.model, team, text.tokens, start_token(model.vocabulary));
  if (loss.tokens == 0) {
    throw FormatError(command.text + ": has one token alone, and nothing to predict it from");
  }
  if (command.json) {
    print_json({{"perplexity", loss.perplexity()},
                {"bits_per_token", loss.bits_per_token()},
                {"tokens", loss.tokens},
                {"unknown_tokens", text.unknown_tokens}});
  } else {
    print(
        fmt::format("perplexity      {:.3f}\nbits per token  {:.4f}\ntokens          {}\n"
                    "unknown tokens  {}\n",
                    loss.perplexity(), loss.bits_per_token(), thousands(loss.tokens),
                    thousands(text.unknown_tokens)));
  }
  return kSuccess;
}

}  // namespace

std::function<int()> declare_eval(CLI::App& app) {
  auto command = std::make_shared<Command>();
  app.add_option("MODEL", command->model, "model file, or the folder of a run")->required();
  app.add_option("FILE", command->text, "text to predict")->required();
  app.add_flag("--json", command->json, "the result as one JSON object");
  command->options.add_flags(app);
  return [command] {
    command->options.read_flags();
    return with_model(command->model,
                      [&](auto& model, const std::string&) { return evaluate(*command, model); });
  };
}

}  // namespace unroll::app
