#include "verbs/train_command.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <optional>
#include <utility>

#include "errors.h"
#include "options/dtype.h"
#include "options/threads.h"
#include "options/training_options.h"
#include "output/print.h"
#include "output/shell.h"
#include "output/table.h"
#include "runs/log.h"
#include "runs/run_folder.h"
#include "signals.h"
#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"

namespace unroll::app {
namespace {

using Clock = std::chrono::steady_clock;

// What is said beside the table of options.
struct Command {
  explicit Command(TrainingVerb v) : verb(std::move(v)), options(verb.table) {}

  TrainingVerb verb;
  Options options;
  std::string config, output, resume;
  bool overwrite = false, quiet = false, json = false;
  std::optional<RunFolder> folder = {};  // of a run that is continued
  Clock::time_point start = Clock::now();
};

std::uint64_t peak_memory_bytes() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// What every run comes to, over its whole history.
struct RunSummary {
  std::uint64_t epochs = 0, items = 0, parameters = 0;
  double training_seconds = 0, seconds = 0;
  std::string model = {};

  double items_per_second() const {
    return training_seconds > 0 ? static_cast<double>(items) / training_seconds : 0;
  }
};

template <class T>
RunSummary summarize(const std::vector<EpochRecord>& history, const Parameters<T>& parameters,
                     const Command& command) {
  RunSummary summary = {.model = command.folder->model()};
  for (const EpochRecord& record : history) {
    summary.items += record.items;
    summary.training_seconds += record.seconds;
    summary.epochs = record.epoch;
  }
  for (const Parameter<T>* p : parameters) summary.parameters += p->trainable ? p->size() : 0;
  summary.seconds = std::chrono::duration<double>(Clock::now() - command.start).count();
  return summary;
}

void add(Json& result, const RunSummary& summary, const ItemStyle& items) {
  result["epochs"] = summary.epochs;
  result[items.name] = summary.items;
  result[items.name + "_per_second"] = summary.items_per_second();
  result["seconds"] = summary.seconds;
  result["parameters"] = summary.parameters;
  result["peak_memory_bytes"] = peak_memory_bytes();
  result["model"] = summary.model;
}

std::string to_text(const RunSummary& summary, const ItemStyle& items) {
  return fmt::format("\n{} epochs, {} {} in {}, {} {}/s\n{} parameters, {} MB at the most\n",
                     summary.epochs, thousands(summary.items), items.name,
                     duration(summary.training_seconds),
                     thousands(static_cast<std::uint64_t>(summary.items_per_second())), items.name,
                     thousands(summary.parameters), thousands(peak_memory_bytes() / 1000000)) +
         "model: " + summary.model + "\n";
}

void make_folder(Command& command) {
  command.folder = RunFolder::create(command.output, command.overwrite);
  write_file_atomically(command.folder->config(), command.options.toml());
}

// Takes a folder away again that was made for a run that cannot begin.
struct DiscardUnlessBegun {
  RunFolder* folder;
  ~DiscardUnlessBegun() {
    if (folder != nullptr) folder->discard();
  }
};

// Brings the run back that --overwrite was to replace, where the new one fails before it has a
// model.
struct RestoreUnlessTrained {
  RunFolder* folder;
  bool restore() { return std::exchange(folder, nullptr)->restore_previous(); }
  ~RestoreUnlessTrained() {
    try {
      if (folder != nullptr) restore();
    } catch (...) {  // both are still there; memory may be what is lacking
    }
  }
};

// What make() makes; an option that does not suit the data is named as it was given.
template <class Make>
auto with_given_options(const Options& options, const Make& make) {
  try {
    return make();
  } catch (const OptionError& error) {
    options.fail(error.option(), error.reason());
  }
}

template <class T>
int train(Command& command, std::unique_ptr<Fit<T>> (*make)(const Options&, DataReport&)) {
  const Options& options = command.options;
  const ItemStyle& items = command.verb.items;
  // config.toml is there before anything else, so that a run can be continued whenever it is
  // killed. A run that --overwrite replaces stays until the data are known to be good.
  const bool resumed = command.folder.has_value();
  if (!resumed && !command.overwrite) make_folder(command);
  DiscardUnlessBegun discard{!resumed && command.folder ? &*command.folder : nullptr};
  DataReport data;
  const auto fit = with_given_options(options, [&] { return make(options, data); });
  const TrainingOptions training = with_given_options(
      options, [&] { return training_options(options, fit->task().updates_per_epoch()); });
  if (!command.quiet) print_note(data.text());
  if (!command.folder) make_folder(command);
  RunFolder& folder = *command.folder;
  RestoreUnlessTrained previous{&folder};
  TrainingLoop<T> loop(fit->task(), training, folder.store());
  discard.folder = nullptr;
  const bool found = resumed && loop.resume();
  RunLog log(folder.log(), items);
  if (found) log.write(loop.history());

  catch_stop_signals();
  Progress progress(!command.quiet, training.epochs, items);
  bool finished = false;
  try {
    finished = loop.run({.after_update = [&](const TrainingProgress& p) { progress.update(p); },
                         .after_epoch =
                             [&](const EpochRecord& record) {
                               log.write(loop.history());
                               progress.epoch(record);
                             },
                         .stop = stop_requested});
  } catch (const NumericError& error) {
    progress.clear();
    log.finish(loop.history());
    throw NumericError(
        error.what() +
        (previous.restore()
             ? "; the run that it was to replace is kept in " + folder.path()
             : "; what the last checkpoint and model of " + folder.path() + " hold is kept") +
        "; try a smaller learning_rate or clip_norm");
  }
  previous.folder = nullptr;
  progress.clear();
  log.finish(loop.history());
  if (!finished) {
    print_error(
        fmt::format("unroll: stopped after update {}; continue with: unroll {} --resume {}\n",
                    loop.updates(), command.verb.name, shell_quoted(folder.path())));
    return kInterrupted;
  }
  const ThreadTeam team(training.threads);
  const FitReport report = fit->report(loop.history(), folder.store(), team);
  Json result = to_json(report.figures);
  const RunSummary summary = summarize<T>(loop.history(), fit->task().parameters(), command);
  const std::string text = command.verb.text(result) + to_text(summary, items);
  add(result, summary, items);
  if (!data.json().empty()) result["data"] = data.json();
  write_file_atomically(folder.result(), json_text(result));
  if (report.predictions) {
    write_file_atomically(folder.predictions(), table_text(*report.predictions, TableFormat::kCsv));
  }
  print(command.json ? json_text(result) : text);
  return kSuccess;
}

void read_options(Command& command) {
  Options& options = command.options;
  const std::string input = Options::flag(command.verb.input);
  options.read_flags();
  if (!command.resume.empty()) {
    std::vector<std::string> others = options.given_flags();
    std::erase(others, "--threads");
    if (!command.config.empty()) others.push_back("--config");
    if (!command.output.empty()) others.push_back("--output");
    if (command.overwrite) others.push_back("--overwrite");
    if (!others.empty()) {
      throw UsageError(
          fmt::format("{}: a run is continued with the options it began with; beside "
                      "--resume only --threads, --quiet and --json can be given",
                      fmt::join(others, ", ")));
    }
    command.folder = RunFolder::open(command.resume);
    options.read_toml(command.folder->config());
  } else if (!command.config.empty()) {
    options.read_toml(command.config);
  }
  if (!options.has(command.verb.input)) {
    throw UsageError(input + " is missing: " + command.verb.input_help);
  }
  if (command.resume.empty() && command.output.empty()) {
    throw UsageError("--output is missing: the folder for the model, its log and its checkpoints");
  }
  command.verb.complete(options);
  // Before anything is read, so that nobody waits for this answer.
  if (command.resume.empty() && !command.overwrite) RunFolder::require_no_run(command.output);
}

}  // namespace

std::function<int()> declare_training(CommandLine& line, TrainingVerb verb) {
  auto command = std::make_shared<Command>(std::move(verb));
  line.text("--output", command->output, "DIR",
            "folder for model.safetensors, checkpoint.safetensors, config.toml and log.jsonl");
  line.text("--resume", command->resume, "DIR",
            "continue the run in this folder where its last checkpoint left it");
  line.text("--config", command->config, "FILE",
            "read options from a TOML file, where --learning-rate is the key learning_rate; "
            "flags win");
  line.flag("--overwrite", command->overwrite, "replace the run that --output holds");
  line.flag("--quiet", command->quiet, "no progress on standard error, nor what was read");
  line.flag("--json", command->json, "the result as one JSON object on standard output");
  command->options.declare(line);
  return [command] {
    read_options(*command);
    print_error(dtype_note(command->options) + threads_note(command->options));
    return is_f64(command->options) ? train<double>(*command, command->verb.make_f64)
                                    : train<float>(*command, command->verb.make_f32);
  };
}

}  // namespace unroll::app
