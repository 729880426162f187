#pragma once

#include <string>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// The page, in at most 80 columns, of a verb, of a group of verbs such as "train", or of the whole
// program where `name` is empty.
std::string help_page(const std::vector<DeclaredVerb>& verbs, const std::string& name);

}  // namespace unroll::app
