#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "options/forecast_options.h"
#include "options/initial_state.h"
#include "options/options.h"
#include "options/sequence_options.h"
#include "options/threads.h"
#include "output/data_report.h"
#include "output/figures.h"
#include "output/print.h"
#include "output/progress.h"
#include "output/series_summary.h"
#include "support/json.h"
#include "support/quote.h"
#include "unroll/data/text.h"
#include "unroll/jobs/evaluate.h"
#include "unroll/jobs/forecast.h"
#include "unroll/models/model.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string model, file;
  bool json = false, quiet = false;
  Options options{eval_table()};

  ThreadTeam team() const { return thread_team(options); }
};

std::string text_of(const Json& result) {
  return fmt::format(
      "perplexity      {:.3f}\nbits per token  {:.4f}\ntokens          {}\nunknown tokens  {}\n",
      result["perplexity"].get<double>(), result["bits_per_token"].get<double>(),
      thousands(result["tokens"].get<std::uint64_t>()),
      thousands(result["unknown_tokens"].get<std::uint64_t>()));
}

// "3 targets have labels that the training data lack: 'x', 'y'", or nothing.
std::string unknown_labels_text(const Json& result) {
  if (!result.contains("unknown_labels")) return "";
  const auto count = result["unknown_labels"].get<std::uint64_t>();
  if (count == 0) return "";
  constexpr std::size_t kShown = 5;
  const auto all = result["unknown_label_names"].get<std::vector<std::string>>();
  std::string names;
  for (std::size_t i = 0; i < all.size() && i < kShown; ++i) {
    if (i > 0) names += ", ";
    names += quote(all[i]);
  }
  if (all.size() > kShown) names += ", …";
  return fmt::format("{} targets have labels that the training data lack, and count as wrong: {}\n",
                     count, names);
}

template <class T>
Json evaluate_file(const Command& command, TextModel<T>& model) {
  std::vector<std::string> others = command.options.given_flags();
  std::erase(others, "--threads");
  if (!others.empty()) {
    throw UsageError(fmt::format("{}: {} is a language model, which reads plain text",
                                 fmt::join(others, ", "), command.model));
  }
  TextReader reader(command.file, model.vocabulary.level());
  return to_json(evaluate(model, model.vocabulary.encode(reader), command.file, command.team()));
}

template <class T>
Json evaluate_file(const Command& command, TrainedSequenceModel<T>& model) {
  const SequenceModelDescription& description = model.description;
  set_initial_state(command.options, model.model);
  if (description.forecast) {
    require_series_options(command.options, command.model);
    SeriesReaderOptions reader = reader_for(description);
    set_times(command.options, reader);
    const Series series = read_series(command.file, reader);
    Json result = to_json(evaluate(model, series, command.team()));
    const SeriesSummary summary = summarize(series);
    if (!command.quiet) print_note(to_text(summary, *description.forecast));
    result["data"] = to_json(summary, *description.forecast);
    return result;
  }
  require_sequence_options(command.options, command.model);
  SequenceReaderOptions reader = reader_options(command.options, description.reader);
  reader.target = description.preprocessing.target();
  const Sequences sequences = read_sequences(command.file, reader);
  Json result = to_json(evaluate(model, sequences, command.team()));
  const DataSummary data = summarize(sequences);
  const std::string missing = missing_name(description.preprocessing.options().missing);
  result["data"] = data_json(data, missing);
  if (!command.quiet) print_note(data_text(data, missing));
  return result;
}

int evaluate_model(Command& command) {
  command.options.read_flags();
  print_error(threads_note(command.options));
  Model model = load_model(command.model);
  const Json result =
      std::visit([&](auto& loaded) { return evaluate_file(command, loaded); }, model);
  if (command.json) {
    print_json(result);
  } else if (result.contains("perplexity")) {
    print(text_of(result));
  } else {
    print(evaluation_text(result) + unknown_labels_text(result));
  }
  return kSuccess;
}

}  // namespace

std::function<int()> declare_eval(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.word("MODEL", command->model, "model file, or the folder of a run");
  line.word("FILE", command->file, "text, or labelled sequences, to predict");
  line.flag("--json", command->json, "the result as one JSON object");
  line.flag("--quiet", command->quiet, "do not say on standard error what was read");
  command->options.declare(line);
  return [command] { return evaluate_model(*command); };
}

}  // namespace unroll::app
