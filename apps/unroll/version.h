#pragma once

#include <string>

namespace unroll::app {

// What `unroll --version` prints: the version, the instruction set in use, the libraries.
std::string version_text();

}  // namespace unroll::app
