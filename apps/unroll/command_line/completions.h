#pragma once

#include <string>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// A script that completes the words of a command line, for "bash", "zsh" or "fish".
std::string completions(const std::string& shell, const std::vector<DeclaredVerb>& verbs);

}  // namespace unroll::app
