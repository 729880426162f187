#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "errors.h"
#include "options/forecast_options.h"
#include "options/initial_state.h"
#include "options/options.h"
#include "options/sequence_options.h"
#include "options/threads.h"
#include "output/data_report.h"
#include "output/print.h"
#include "output/series_summary.h"
#include "output/table.h"
#include "unroll/io/file.h"
#include "unroll/jobs/forecast.h"
#include "unroll/jobs/predict.h"
#include "unroll/models/model.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string model, file, output, as;
  bool probabilities = false, labelled = false, quiet = false;
  Options options{eval_table()};
};

template <class T>
Table predict_file(const Command& command, TrainedSequenceModel<T>& model) {
  const SequenceModelDescription& description = model.description;
  if (command.probabilities && description.preprocessing.classes().empty()) {
    throw UsageError("--probabilities: " + command.model + " predicts numbers");
  }
  set_initial_state(command.options, model.model);
  const ThreadTeam team = thread_team(command.options);
  if (description.forecast) {
    require_series_options(command.options, command.model);
    SeriesReaderOptions reader = reader_for(description);
    set_times(command.options, reader);
    const Series series = read_series(command.file, reader);
    const ForecastSteps steps = command.labelled ? ForecastSteps::kAll : ForecastSteps::kNext;
    const Forecasts forecasts = forecast(model, series, steps, team);
    if (!command.quiet) print_note(to_text(summarize(series), *description.forecast));
    return forecast_table(description, series, forecasts);
  }
  require_sequence_options(command.options, command.model);
  SequenceReaderOptions reader = reader_options(command.options, description.reader);
  if (command.labelled) reader.target = description.preprocessing.target();
  const Sequences sequences = read_sequences(command.file, reader);
  Table table = predict(model, sequences, team, command.probabilities);
  if (!command.quiet) {
    print_note(
        data_text(summarize(sequences), missing_name(description.preprocessing.options().missing)));
  }
  return table;
}

template <class T>
Table predict_file(const Command& command, TextModel<T>&) {
  throw UsageError(command.model +
                   ": is a language model; `unroll generate` continues a text, `unroll eval` "
                   "measures one");
}

// The predictions take the place of neither the file that is read nor the model.
void require_another_file(const Command& command) {
  namespace fs = std::filesystem;
  if (command.output.empty()) return;
  for (const std::string& read :
       {command.file, command.model, command.model + "/model.safetensors"}) {
    std::error_code ignored;
    if (!fs::equivalent(command.output, read, ignored)) continue;
    throw UsageError("--output " + command.output + ": is " +
                     (read == command.file ? "FILE" : "the model") +
                     ", which is read; name another file");
  }
}

int predict_model(Command& command) {
  command.options.read_flags();
  require_another_file(command);
  print_error(threads_note(command.options));
  Model model = load_model(command.model);
  const Table table =
      std::visit([&](auto& loaded) { return predict_file(command, loaded); }, model);
  const std::string text = table_text(table, table_format(command.as, command.output));
  if (command.output.empty()) {
    print(text);
  } else {
    write_file_atomically(command.output, text);
  }
  return kSuccess;
}

}  // namespace

std::function<int()> declare_predict(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.word("MODEL", command->model, "model file, or the folder of a run");
  line.word("FILE", command->file, "sequences to predict for");
  line.text("--output", command->output, "FILE",
            "file for the predictions; standard output when not given");
  line.text("--as", command->as, "NAME", "csv or jsonl; from the ending of --output when not given",
            {"csv", "jsonl"});
  line.flag("--probabilities", command->probabilities, "a column for every label");
  line.flag("--labelled", command->labelled,
            "FILE has targets as the training file had, to be shown beside the predictions; of a "
            "series, forecast its own steps instead of the ones that follow");
  line.flag("--quiet", command->quiet, "do not say on standard error what was read");
  command->options.declare(line);
  return [command] { return predict_model(*command); };
}

}  // namespace unroll::app
