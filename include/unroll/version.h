#pragma once

#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

// The version of these headers, MAJOR.MINOR.PATCH. Before 1.0 a new minor version may change the
// interface; files of every released version open.
#define UNROLL_VERSION_MAJOR 0
#define UNROLL_VERSION_MINOR 1
#define UNROLL_VERSION_PATCH 0

namespace unroll {

// What the library that runs was built as; with a shared library it may be newer than the headers.
struct BuildOptions {
  int major, minor, patch;
  const char* compiler;  // "g++ 12.2.0"
  bool assertions;       // checks of preconditions: NDEBUG was not defined
};
const BuildOptions& build_options() noexcept;

// "0.1.0", of the library that runs.
const char* version() noexcept;

}  // namespace unroll

#pragma GCC visibility pop
