#pragma once

#include <string>

#include "options/options.h"
#include "unroll/core/threads.h"

namespace unroll::app {

// --threads: as many as there are processors to use when not given.
OptionSpec threads_option(const char* group);
ThreadTeam thread_team(const Options& options);

// A line for standard error where more threads are asked for than there are processors, else
// nothing.
std::string threads_note(const Options& options);

}  // namespace unroll::app
