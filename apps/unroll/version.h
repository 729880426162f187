#pragma once

#include <string>

namespace unroll::app {

// "0.1.0"
std::string version();
// What `unroll --version` prints: the version, the instruction set in use, the libraries.
std::string version_text();

}  // namespace unroll::app
