#pragma once

#include <stdexcept>

namespace unroll::app {

// What the program exits with.
inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;
inline constexpr int kInterrupted = 130;

// The command line or the configuration is wrong: exit 2. what() is one line.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Nobody reads the output any more, as after `| head`: the end, but no failure.
class ClosedOutput : public std::exception {};

}  // namespace unroll::app
