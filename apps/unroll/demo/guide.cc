#include "guide.h"

#include <errno.h>  // program_invocation_name

#include <algorithm>
#include <stdexcept>

#include "../errors.h"
#include "../output.h"
#include "../parser.h"
#include "../signals.h"
#include "layout.h"
#include "unroll/io/file.h"

namespace unroll::app {
namespace {

// The program as it was called, and then the words.
std::vector<std::string> as_typed(const std::vector<std::string>& command) {
  std::vector<std::string> words = {program_invocation_name};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

int run_verb(const std::vector<std::string>& command) {
  const std::vector<DeclaredVerb> verbs = declare_verbs();
  return parse_command_line(command, verbs).verb->run();
}

}  // namespace

void Guide::print(std::string_view lines) const {
  if (options_.shown) app::print(lines);
}

void Guide::say(std::string_view text) const { print(paragraph(text) + "\n"); }

void Guide::offer(const std::vector<std::string>& command) const {
  print("With a file of your own:\n" + command_lines(as_typed(command)) + "\n");
}

std::string Guide::run(const std::vector<std::string>& command) const {
  print(command_lines(as_typed(command)));
  const CapturedOutput output;
  const int code = run_verb(command);
  if (code == kInterrupted || stop_requested()) throw Interrupted();
  if (code != kSuccess) throw std::logic_error("unroll " + command.front() + " failed");
  return output.text();
}

Json Guide::train(std::vector<std::string> command, const std::string& output) const {
  command.insert(command.end(), options_.common.begin(), options_.common.end());
  command.insert(command.end(), {"--output", output});
  run(command);
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  return Json::parse(read_file(output + "/result.json", kMaxBytes));
}

}  // namespace unroll::app
