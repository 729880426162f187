#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "demo/job.h"
#include "demo/layout.h"
#include "errors.h"
#include "options/option_specs.h"
#include "options/threads.h"
#include "output/print.h"
#include "output/progress.h"
#include "output/shell.h"
#include "runs/run_folder.h"
#include "signals.h"
#include "unroll/core/error.h"
#include "unroll/version.h"
#include "verbs/verbs.h"

namespace unroll::app::demo {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
struct Command {
  std::string what, output = "unroll-demo";
  bool overwrite = false, quiet = false, json = false;
  Options options{
      {count_option("seed", "", "of the models' random numbers", 1, 0), threads_option("")}};
};

// The job that is named, or all of them, the shortest first.
std::vector<DemoJob> chosen_jobs(const std::string& what) {
  std::vector<DemoJob> jobs = {forecast_job(), classify_job(), lm_job()};
  if (!what.empty()) std::erase_if(jobs, [&](const DemoJob& job) { return job.name != what; });
  return jobs;
}

// Throws UsageError when there is something that the jobs would write over.
void require_no_demo(const std::string& folder, const std::vector<DemoJob>& jobs) {
  for (const DemoJob& job : jobs) {
    for (const std::string& file : job.files) {
      std::error_code ignored;
      if (!fs::exists(fs::symlink_status(folder + "/" + file, ignored))) continue;
      throw UsageError("--output " + folder + ": holds a demo already (" + file +
                       "); choose another folder, or replace it with --overwrite");
    }
    RunFolder::require_no_run(folder + "/" + job.name);
  }
}

void prepare_folder(const Command& command, const std::vector<DemoJob>& jobs) {
  if (!command.overwrite) require_no_demo(command.output, jobs);
  std::error_code error;
  fs::create_directories(command.output, error);
  if (error) throw FileError("cannot make the folder " + command.output + ": " + error.message());
  if (!command.overwrite) return;
  for (const DemoJob& job : jobs) RunFolder::create(command.output + "/" + job.name, true);
}

// --seed and --threads, where they were given.
std::vector<std::string> common_options(const Command& command) {
  std::vector<std::string> words;
  for (const char* name : {"seed", "threads"}) {
    if (!command.options.given(name)) continue;
    words.insert(words.end(), {Options::flag(name), std::to_string(command.options.count(name))});
  }
  return words;
}

std::string command_again(const Command& command) {
  std::string text = "unroll demo";
  if (!command.what.empty()) text += " " + command.what;
  text += " --output " + shell_quoted(command.output) + " --overwrite";
  for (const std::string& word : common_options(command)) text += " " + word;
  return text;
}

std::string introduction(const Command& command, const std::vector<DemoJob>& jobs) {
  std::string text = fmt::format("unroll {} shows what it does: ", version());
  for (const DemoJob& job : jobs) {
    if (&job != &jobs.front()) text += &job == &jobs.back() ? " and " : ", ";
    text += fmt::format("{} ({})", job.name, job.duration);
  }
  return paragraph(text + " on two cores. Data and models go to " + command.output + ".") + "\n";
}

int run_demo(Command& command) {
  command.options.read_flags();
  const std::vector<DemoJob> jobs = chosen_jobs(command.what);
  prepare_folder(command, jobs);
  const Clock::time_point start = Clock::now();
  const Guide guide(
      {.folder = command.output, .common = common_options(command), .shown = !command.json});
  catch_stop_signals();
  set_progress_style(command.quiet ? ProgressStyle::kNone : ProgressStyle::kBar);
  guide.print(introduction(command, jobs));
  Json result = {{"folder", command.output}};
  try {
    for (const DemoJob& job : jobs) result[job.name] = job.run(guide);
  } catch (const Interrupted&) {
    print_error(fmt::format("unroll: the demo ends here; begin it again with: {}\n",
                            command_again(command)));
    return kInterrupted;
  }
  result["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  if (command.json) print_json(result);
  guide.say(
      fmt::format("All this is in {}, and took {:.0f} seconds. The commands above can be "
                  "repeated; those that train then need --overwrite.",
                  command.output, result["seconds"].get<double>()));
  return kSuccess;
}

}  // namespace
}  // namespace unroll::app::demo

namespace unroll::app {

std::function<int()> declare_demo(CommandLine& line) {
  auto command = std::make_shared<demo::Command>();
  line.optional_word("WHAT", command->what, "forecast, classify or lm; all of them when not given",
                     {"forecast", "classify", "lm"});
  line.text("--output", command->output, "DIR", "folder for the data and the models");
  line.flag("--overwrite", command->overwrite, "replace the demo that --output holds");
  line.flag("--quiet", command->quiet, "no progress on standard error");
  line.flag("--json", command->json, "all figures as one JSON object");
  command->options.declare(line);
  return [command] { return demo::run_demo(*command); };
}

}  // namespace unroll::app
