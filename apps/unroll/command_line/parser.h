#pragma once

#include <string>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// Keeps pointers to `verbs`.
std::vector<DeclaredVerb> declare(const std::vector<Verb>& verbs);

// What a command line asks for.
struct Request {
  enum class Kind { kRun, kHelp, kVersion };
  Kind kind = Kind::kRun;
  const DeclaredVerb* verb = nullptr;  // to run
  std::string help_of = {};            // a verb, a group such as "train", or empty: the program
};

// Reads the words after the program's name, and hands the values to where `verbs` want them. Throws
// UsageError.
Request parse_command_line(const std::vector<std::string>& words,
                           const std::vector<DeclaredVerb>& verbs);

}  // namespace unroll::app
