#include "command_line/command_line.h"

#include <algorithm>
#include <utility>

#include "errors.h"
#include "unroll/core/suggest.h"

namespace unroll::app {
namespace {

// Puts what is given into `value`, if it is one of the choices.
std::function<void(const std::string&)> taker(const std::string& name, std::string& value,
                                              const std::vector<std::string>& choices) {
  return [&value, name, choices](const std::string& given) {
    if (!choices.empty() && std::find(choices.begin(), choices.end(), given) == choices.end()) {
      throw UsageError(name + ": " + unknown_name_message("name", given, choices));
    }
    value = given;
  };
}

}  // namespace

void CommandLine::word(std::string name, std::string& value, std::string help,
                       std::vector<std::string> choices) {
  optional_word(std::move(name), value, std::move(help), std::move(choices));
  words_.back().required = true;
}

void CommandLine::optional_word(std::string name, std::string& value, std::string help,
                                std::vector<std::string> choices) {
  const auto take = taker(name, value, choices);
  words_.push_back({.name = std::move(name),
                    .help = std::move(help),
                    .choices = std::move(choices),
                    .take = take});
}

void CommandLine::text(std::string name, std::string& value, std::string type, std::string help,
                       std::vector<std::string> choices) {
  const auto take = taker(name, value, choices);
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .type = std::move(type),
                      .standard = value,
                      .choices = std::move(choices),
                      .take = take});
}

void CommandLine::flag(std::string name, bool& value, std::string help) {
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .take = [&value](const std::string& given) { value = given == "true"; }});
}

}  // namespace unroll::app
