#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "options/initial_state.h"
#include "options/options.h"
#include "options/sequence_options.h"
#include "output/print.h"
#include "runs/forecasts.h"
#include "runs/model_file.h"
#include "runs/predictions.h"
#include "unroll/io/file.h"
#include "unroll/models/sequence_predictions.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string model, file, output, as;
  bool probabilities = false, labelled = false;
  Options options{eval_table()};
};

int write(const Command& command, const std::string& table) {
  if (command.output.empty()) {
    print(table);
  } else {
    write_file_atomically(command.output, table);
  }
  return kSuccess;
}

template <class T>
int predict_series(const Command& command, TrainedSequenceModel<T>& trained) {
  const SequenceModelDescription& description = trained.description;
  const SequenceReaderOptions reader = reader_options(command.options, description.reader);
  const Series series = read_series_for(description, command.file, reader.time_column);
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const Forecasts forecasts = forecast(
      trained, series, command.labelled ? ForecastSteps::kAll : ForecastSteps::kNext, team);
  return write(command, forecast_table(*description.forecast, series, forecasts.origins,
                                       forecasts.values, description.options.head.quantiles,
                                       table_format(command.as, command.output)));
}

template <class T>
int predict_sequences(const Command& command, TrainedSequenceModel<T>& trained) {
  const SequenceModelDescription& description = trained.description;
  SequenceReaderOptions reader = reader_options(command.options, description.reader);
  if (command.labelled) reader.target = description.preprocessing.target();
  const Sequences sequences = read_sequences(command.file, reader);
  const ThreadTeam team(static_cast<int>(command.options.count("threads")));
  const std::vector<T> predictions =
      predict(trained.model, description.preprocessing.encode(sequences), team);
  const std::string table =
      prediction_table<T>(description, sequences, predictions, trained.model.head_values(),
                          command.probabilities, table_format(command.as, command.output));
  return write(command, table);
}

int predict_file(Command& command) {
  command.options.read_flags();
  const std::string path = find_model(command.model);
  if (!is_sequence_model(path)) {
    throw UsageError(command.model +
                     ": is a language model; `unroll generate` continues a text, `unroll eval` "
                     "measures one");
  }
  return with_sequence_model(path, [&](auto& model) {
    if (command.probabilities && model.description.preprocessing.classes().empty()) {
      throw UsageError("--probabilities: " + command.model + " predicts numbers");
    }
    if (model.description.forecast) require_series_options(command.options, command.model);
    set_initial_state(command.options, model.model);
    return model.description.forecast ? predict_series(command, model)
                                      : predict_sequences(command, model);
  });
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
  command->options.declare(line);
  return [command] { return predict_file(*command); };
}

}  // namespace unroll::app
