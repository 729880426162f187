#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "core/quote.h"
#include "errors.h"
#include "io/json.h"
#include "options/initial_state.h"
#include "options/options.h"
#include "options/sequence_options.h"
#include "output/print.h"
#include "output/progress.h"
#include "runs/forecasts.h"
#include "runs/model_file.h"
#include "runs/sequence_result.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/models/sequence_predictions.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string model, file;
  bool json = false;
  Options options{eval_table()};
};

template <class T>
int evaluate_text(const Command& command, TextModel<T>& model) {
  TextReader reader(command.file, model.vocabulary.level());
  const EncodedText text = model.vocabulary.encode(reader);
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const TextLoss loss = text_loss(model.model, team, text.tokens, start_token(model.vocabulary));
  if (loss.tokens == 0) {
    throw FormatError(command.file + ": has one token alone, and nothing to predict it from");
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

// "3 targets have labels that the training data lack: 'x', 'y'", or nothing.
std::string unknown_labels_text(const EncodedSequences& data) {
  if (data.unknown_label_count == 0) return "";
  constexpr std::size_t kShown = 5;
  std::string names;
  for (std::size_t i = 0; i < data.unknown_labels.size() && i < kShown; ++i) {
    if (i > 0) names += ", ";
    names += quote(data.unknown_labels[i]);
  }
  if (data.unknown_labels.size() > kShown) names += ", …";
  return fmt::format("{} targets have labels that the training data lack, and count as wrong: {}\n",
                     data.unknown_label_count, names);
}

template <class T>
int evaluate_sequences(const Command& command, TrainedSequenceModel<T>& trained) {
  const Preprocessing& preprocessing = trained.description.preprocessing;
  SequenceReaderOptions reader = reader_options(command.options, trained.description.reader);
  reader.target = preprocessing.target();
  const EncodedSequences data = preprocessing.encode(read_sequences(command.file, reader));
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const std::vector<T> predictions = predict(trained.model, data, team);
  Json result = Json::object();
  add_evaluation(result, "",
                 evaluate<T>(trained.description, data, predictions, trained.model.head_values()),
                 preprocessing);
  result["sequences"] = data.size();
  result["steps"] = data.begin.back();
  if (!preprocessing.classes().empty()) {
    result["unknown_labels"] = data.unknown_label_count;
    result["unknown_label_names"] = data.unknown_labels;
  }
  if (preprocessing.vocabulary_size() > 0) result["unknown_tokens"] = data.unknown_tokens;
  if (command.json) {
    print_json(result);
  } else {
    print(evaluation_text(result, {""}) + unknown_labels_text(data));
  }
  return kSuccess;
}

template <class T>
int evaluate_series(const Command& command, TrainedSequenceModel<T>& trained) {
  const SequenceModelDescription& description = trained.description;
  const SequenceReaderOptions reader = reader_options(command.options, description.reader);
  const Series series = read_series_for(description, command.file, reader.time_column);
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const Forecasts forecasts = forecast(trained, series, ForecastSteps::kAll, team);
  Json result = Json::object();
  for (const auto& [name, value] :
       evaluate_forecasts(*description.forecast, series, forecasts.origins, forecasts.values,
                          description.options.head.quantiles)) {
    result[name] = value;
  }
  result["forecasts"] = forecasts.origins.size();
  if (command.json) {
    print_json(result);
  } else {
    print(evaluation_text(result, {""}));
  }
  return kSuccess;
}

int evaluate_file(Command& command) {
  command.options.read_flags();
  const std::string path = find_model(command.model);
  if (is_sequence_model(path)) {
    return with_sequence_model(path, [&](auto& model) {
      if (model.description.forecast) require_series_options(command.options, command.model);
      set_initial_state(command.options, model.model);
      return model.description.forecast ? evaluate_series(command, model)
                                        : evaluate_sequences(command, model);
    });
  }
  std::vector<std::string> others = command.options.given_flags();
  std::erase(others, "--threads");
  if (!others.empty()) {
    throw UsageError(fmt::format("{}: {} is a language model, which reads plain text",
                                 fmt::join(others, ", "), command.model));
  }
  return with_text_model(path, [&](auto& model) { return evaluate_text(command, model); });
}

}  // namespace

std::function<int()> declare_eval(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.word("MODEL", command->model, "model file, or the folder of a run");
  line.word("FILE", command->file, "text, or labelled sequences, to predict");
  line.flag("--json", command->json, "the result as one JSON object");
  command->options.declare(line);
  return [command] { return evaluate_file(*command); };
}

}  // namespace unroll::app
