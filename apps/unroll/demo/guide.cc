#include "guide.h"

#include <errno.h>  // program_invocation_name

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>

#include "../errors.h"
#include "../output.h"
#include "../signals.h"
#include "../verbs.h"
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
  for (const Verb& verb : verbs()) {
    const std::size_t count = verb.name.find(' ') == std::string::npos ? 1 : 2;
    if (command.size() < count) continue;
    if (verb.name != (count == 1 ? command[0] : command[0] + " " + command[1])) continue;
    CLI::App app;
    const std::function<int()> run = verb.declare(app);
    // CLI11 takes the last word first.
    app.parse(std::vector<std::string>(command.rbegin(),
                                       command.rend() - static_cast<std::ptrdiff_t>(count)));
    return run();
  }
  throw std::logic_error("there is no verb " + command.front());
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

nlohmann::ordered_json Guide::train(std::vector<std::string> command,
                                    const std::string& output) const {
  command.insert(command.end(), options_.common.begin(), options_.common.end());
  command.insert(command.end(), {"--output", output});
  run(command);
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  return nlohmann::ordered_json::parse(read_file(output + "/result.json", kMaxBytes));
}

}  // namespace unroll::app
