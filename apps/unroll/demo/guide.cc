#include "demo/guide.h"

#include <errno.h>  // program_invocation_name

#include <sstream>
#include <stdexcept>

#include "command_line/parser.h"
#include "demo/layout.h"
#include "errors.h"
#include "output/print.h"
#include "signals.h"
#include "unroll/io/file.h"
#include "verbs/verbs.h"

namespace unroll::app::demo {
namespace {

// The words of `command`, every {} replaced by the next one of `values`.
std::vector<std::string> split(std::string_view command, const std::vector<std::string>& values) {
  std::istringstream stream{std::string(command)};
  std::vector<std::string> words;
  std::size_t used = 0;
  for (std::string word; stream >> word;) words.push_back(word == "{}" ? values.at(used++) : word);
  return words;
}

// The program as it was called, and then the words.
std::vector<std::string> as_typed(const std::vector<std::string>& command) {
  std::vector<std::string> words = {program_invocation_name};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

int run_verb(const std::vector<std::string>& command) {
  const std::vector<DeclaredVerb> declared = declare(verbs());
  return parse_command_line(command, declared).verb->run();
}

}  // namespace

void Guide::print(std::string_view lines) const {
  if (options_.shown) app::print(lines);
}

void Guide::say(std::string_view text) const { print(paragraph(text) + "\n"); }

void Guide::offer(std::string_view command) const {
  print("With a file of your own:\n" + command_lines(as_typed(split(command, {}))) + "\n");
}

std::string Guide::run(std::string_view command, const std::vector<std::string>& words) const {
  return run(split(command, words));
}

std::string Guide::run(const std::vector<std::string>& command) const {
  print(command_lines(as_typed(command)));
  const CapturedOutput output;
  const int code = run_verb(command);
  if (code == kInterrupted || stop_requested()) throw Interrupted();
  if (code != kSuccess) throw std::logic_error("unroll " + command.front() + " failed");
  return output.text();
}

Json Guide::train(std::string_view command, const std::vector<std::string>& words,
                  const std::string& output) const {
  std::vector<std::string> all = split(command, words);
  all.insert(all.end(), options_.common.begin(), options_.common.end());
  all.insert(all.end(), {"--output", output});
  run(all);
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  return Json::parse(read_file(output + "/result.json", kMaxBytes));
}

}  // namespace unroll::app::demo
