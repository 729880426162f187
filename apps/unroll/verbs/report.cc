#include <memory>
#include <optional>
#include <string>

#include "errors.h"
#include "output/print.h"
#include "report/page.h"
#include "report/prediction_file.h"
#include "report/run_record.h"
#include "report/sample_text.h"
#include "unroll/io/file.h"
#include "verbs/verbs.h"

namespace unroll::app {
namespace {

struct Command {
  std::string folder, output;
};

int write_report(const Command& command) {
  const report::RunRecord run = report::read_run(command.folder);
  const auto predictions = report::PredictionFile::read(report::predictions_path(command.folder));
  std::optional<report::SampleText> sample;
  if (run.is_language_model) {
    sample = report::sample_text(*run.model);
  }
  const std::string path =
      command.output.empty() ? command.folder + "/report.html" : command.output;
  write_file_atomically(path, report::report_page(run, predictions, sample));
  print("report: " + path + "\n");
  return kSuccess;
}

}  // namespace

std::function<int()> declare_report(CommandLine& line) {
  auto command = std::make_shared<Command>();
  line.word("DIR", command->folder, "folder of a run");
  line.text("--output", command->output, "FILE",
            "HTML file to write; DIR/report.html when not given");
  return [command] { return write_report(*command); };
}

}  // namespace unroll::app
