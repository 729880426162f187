#pragma once

#include <functional>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// A new verb is its own file and two lines in verbs.cc.
const std::vector<Verb>& verbs();

}  // namespace unroll::app
