#pragma once

namespace unroll::app {

// Lets writes to a closed pipe fail with EPIPE instead of killing the process.
void ignore_closed_pipes();

// From now on the first SIGINT or SIGTERM sets stop_requested(); the second ends the process at
// once with exit code 130.
void catch_stop_signals();
bool stop_requested();

}  // namespace unroll::app
