#pragma once

#include <functional>
#include <string>

#include "command_line/command_line.h"

namespace unroll::app {

// One thing that the program does.
struct Verb {
  std::string name;  // "eval", or two words, "train lm"
  std::string description;
  std::string example;  // shown under --help
  // Declares what it takes. What it returns runs the verb and gives the exit code.
  std::function<int()> (*declare)(CommandLine& line);
};

// A verb with what it takes and what it does.
struct DeclaredVerb {
  const Verb* verb;
  CommandLine line;
  std::function<int()> run;
};

}  // namespace unroll::app
