#pragma once

#include <string>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// The manual page unroll(1), as troff with the macros of man(7).
std::string manual_page(const std::vector<DeclaredVerb>& verbs);

}  // namespace unroll::app
