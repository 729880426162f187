#pragma once

#include <string>

namespace unroll::app::report {

// Runs gnuplot, found in PATH, without anybody's settings, on a script: what it writes to standard
// output. Throws FileError when there is no gnuplot, or when it fails.
std::string run_gnuplot(const std::string& script);

}  // namespace unroll::app::report
