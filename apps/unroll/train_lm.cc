#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "log.h"
#include "output.h"
#include "progress.h"
#include "run_folder.h"
#include "shell.h"
#include "signals.h"
#include "train_lm_options.h"
#include "unroll/core/error.h"
#include "unroll/data/text.h"
#include "unroll/io/file.h"
#include "unroll/models/language_model_file.h"
#include "verbs.h"

namespace unroll::app {
namespace {

using Clock = std::chrono::steady_clock;

// What is said beside the table of options.
struct Command {
  Options options{train_lm_table()};
  std::string config, output, resume;
  bool overwrite = false, quiet = false, json = false;
  std::optional<RunFolder> folder = {};  // of a run that is continued
  Clock::time_point start = Clock::now();
};

struct Texts {
  Vocabulary vocabulary;
  EncodedText train = {}, valid = {}, test = {};
};

Texts read_texts(const Options& options) {
  const Level level = parse_level(options.text("level"));
  const VocabularyOptions vocabulary_options = app::vocabulary_options(options);
  TextReader first_pass(options.text("train"), level);
  Texts texts = {.vocabulary = Vocabulary::build(first_pass, vocabulary_options)};
  const auto encode = [&](const char* name, std::size_t max_tokens) {
    if (!options.has(name)) return EncodedText{};
    TextReader reader(options.text(name), level);
    return texts.vocabulary.encode(reader, max_tokens);
  };
  texts.train = encode("train", vocabulary_options.max_tokens);
  texts.valid = encode("valid", 0);
  texts.test = encode("test", 0);
  return texts;
}

// What a run comes to; a model without a file of that kind has no perplexity on it.
struct Result {
  double train_loss = 0;
  std::optional<double> valid_loss = {}, test_loss = {};
  std::uint64_t epochs = 0, tokens = 0, parameters = 0;
  double training_seconds = 0, seconds = 0;
  std::size_t vocabulary = 0;
  std::string model = {};
};

std::uint64_t peak_memory_bytes() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

double tokens_per_second(const Result& result) {
  return result.training_seconds > 0 ? static_cast<double>(result.tokens) / result.training_seconds
                                     : 0;
}

nlohmann::ordered_json to_json(const Result& result) {
  const auto perplexity = [](const std::optional<double>& loss) {
    return loss ? nlohmann::ordered_json(std::exp(*loss)) : nlohmann::ordered_json();
  };
  const double last = result.test_loss    ? *result.test_loss
                      : result.valid_loss ? *result.valid_loss
                                          : result.train_loss;
  return {{"train_perplexity", std::exp(result.train_loss)},
          {"valid_perplexity", perplexity(result.valid_loss)},
          {"test_perplexity", perplexity(result.test_loss)},
          {"bits_per_token", last / std::log(2.0)},
          {"epochs", result.epochs},
          {"tokens", result.tokens},
          {"tokens_per_second", tokens_per_second(result)},
          {"seconds", result.seconds},
          {"parameters", result.parameters},
          {"vocabulary", result.vocabulary},
          {"peak_memory_bytes", peak_memory_bytes()},
          {"model", result.model}};
}

std::string to_text(const Result& result) {
  std::string text = fmt::format("{:<10}{:>14}{:>14}\n", "", "perplexity", "bits/token");
  const auto row = [&](const char* name, const std::optional<double>& loss) {
    if (!loss) return;
    text += fmt::format("{:<10}{:>14.3f}{:>14.4f}\n", name, std::exp(*loss), *loss / std::log(2.0));
  };
  row("train", result.train_loss);
  row("valid", result.valid_loss);
  row("test", result.test_loss);
  text += fmt::format("\n{} epochs, {} tokens in {}, {} tokens/s\n", result.epochs,
                      thousands(result.tokens), duration(result.training_seconds),
                      thousands(static_cast<std::uint64_t>(tokens_per_second(result))));
  text += fmt::format("{} parameters, {} tokens in the vocabulary, {} MB at the most\n",
                      thousands(result.parameters), thousands(result.vocabulary),
                      thousands(peak_memory_bytes() / 1000000));
  return text + "model: " + result.model + "\n";
}

// Of the whole run, from its history, and of the model that it kept.
template <class T>
Result summarize(const std::vector<EpochRecord>& history, const RunFolder& folder,
                 const std::vector<std::uint32_t>& test, int threads) {
  Result result = {.model = TrainingLoop<T>::model_path(folder.path())};
  for (const EpochRecord& record : history) {
    result.tokens += record.items;
    result.training_seconds += record.seconds;
    result.train_loss = record.train_loss;
    result.epochs = record.epoch;
    // The model kept is the one that did best on the validation text.
    if (record.valid_loss && std::isfinite(*record.valid_loss)) {
      result.valid_loss =
          std::min(result.valid_loss.value_or(*record.valid_loss), *record.valid_loss);
    }
  }
  if (!test.empty()) {
    TextModel<T> kept = load_text_model<T>(result.model);
    const ThreadTeam team(threads);
    result.test_loss = text_loss(kept.model, team, test, start_token(kept.vocabulary)).mean();
  }
  return result;
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

template <class T>
int train(Command& command) {
  Options& options = command.options;
  // config.toml is there before anything else, so that a run can be continued whenever it is
  // killed. A run that --overwrite replaces stays until the texts are known to be good.
  const bool resumed = command.folder.has_value();
  if (!resumed && !command.overwrite) make_folder(command);
  DiscardUnlessBegun discard{!resumed && command.folder ? &*command.folder : nullptr};
  Texts texts = read_texts(options);
  const std::vector<std::uint32_t> test = std::move(texts.test.tokens);
  std::unique_ptr<LanguageModelTask<T>> task;
  try {
    task = std::make_unique<LanguageModelTask<T>>(
        task_options(options), std::move(texts.vocabulary), std::move(texts.train.tokens),
        std::move(texts.valid.tokens));
  } catch (const ValueError& error) {
    throw ValueError(options.text("train") + ": " + error.what());
  }
  const TrainingOptions training = training_options(options, task->updates_per_epoch());
  if (!command.folder) make_folder(command);
  const RunFolder& folder = *command.folder;
  TrainingLoop<T> loop(*task, training, folder.path());
  discard.folder = nullptr;
  const bool found = resumed && loop.resume();
  if (found) write_log(folder.log(), loop.history());

  catch_stop_signals();
  Progress progress(!command.quiet, training.epochs);
  bool finished = false;
  try {
    finished = loop.run({.after_update = [&](const TrainingProgress& p) { progress.update(p); },
                         .after_epoch =
                             [&](const EpochRecord& record) {
                               write_log(folder.log(), loop.history());
                               progress.epoch(record);
                             },
                         .stop = stop_requested});
  } catch (const NumericError& error) {
    progress.clear();
    throw NumericError(std::string(error.what()) + "; what the last checkpoint and model of " +
                       folder.path() + " hold is kept; try a smaller learning_rate or clip_norm");
  }
  progress.clear();
  if (!finished) {
    print_error(
        fmt::format("unroll: stopped after update {}; continue with: "
                    "unroll train lm --resume {}\n",
                    loop.updates(), shell_quoted(folder.path())));
    return kInterrupted;
  }
  Result result = summarize<T>(loop.history(), folder, test, training.threads);
  result.parameters = task->model().parameter_count();
  result.vocabulary = task->vocabulary().size();
  result.seconds = std::chrono::duration<double>(Clock::now() - command.start).count();
  if (command.json) {
    print_json(to_json(result));
  } else {
    print(to_text(result));
  }
  return kSuccess;
}

void read_options(Command& command) {
  Options& options = command.options;
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
  if (!options.has("train")) throw UsageError("--train is missing: the text to train on");
  if (command.resume.empty() && command.output.empty()) {
    throw UsageError("--output is missing: the folder for the model, its log and its checkpoints");
  }
  complete_train_lm_options(options);
  // Before anything is read, so that nobody waits for this answer.
  if (command.resume.empty() && !command.overwrite) RunFolder::require_no_run(command.output);
}

}  // namespace

std::function<int()> declare_train_lm(CLI::App& app) {
  auto command = std::make_shared<Command>();
  app.add_option("--output", command->output,
                 "folder for model.safetensors, checkpoint.safetensors, config.toml and log.jsonl")
      ->type_name("DIR");
  app.add_option("--resume", command->resume,
                 "continue the run in this folder where its last checkpoint left it")
      ->type_name("DIR");
  app.add_option("--config", command->config,
                 "read options from a TOML file, where --learning-rate is the key learning_rate; "
                 "flags win")
      ->type_name("FILE");
  app.add_flag("--overwrite", command->overwrite, "replace the run that --output holds");
  app.add_flag("--quiet", command->quiet, "no progress on standard error");
  app.add_flag("--json", command->json, "the result as one JSON object on standard output");
  command->options.add_flags(app);
  return [command] {
    read_options(*command);
    return command->options.text("dtype") == "f64" ? train<double>(*command)
                                                   : train<float>(*command);
  };
}

}  // namespace unroll::app
