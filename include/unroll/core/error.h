#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#pragma GCC visibility push(default)

namespace unroll {

// Every exception that the library throws on purpose. what() is one line: what is wrong, where,
// what was wanted and found, and what to do about it.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument is out of its range or contradicts another one.
class ValueError : public Error {
 public:
  using Error::Error;
};

// An environment variable of this library, such as UNROLL_TARGET, has a value that it cannot have.
class EnvironmentError : public Error {
 public:
  using Error::Error;
};

// The value of one option, such as "valid_fraction", beside the data or the other options.
class OptionError : public ValueError {
 public:
  OptionError(std::string option, const std::string& what)
      : ValueError(option + ": " + what), option_(std::move(option)), reason_(what) {}

  const std::string& option() const { return option_; }  // the name of the member that has it
  const std::string& reason() const { return reason_; }  // what() without the name

 private:
  std::string option_, reason_;
};

// An array has another shape than the one that is wanted.
class ShapeError : public Error {
 public:
  using Error::Error;
};

// The operating system refused to open, read, write, sync or rename a file.
class FileError : public Error {
 public:
  using Error::Error;
};

// A file was read, but its contents are not what its format allows or what the caller needs.
class FormatError : public Error {
 public:
  using Error::Error;
};

// A loss, a gradient or a parameter became NaN or infinite.
class NumericError : public Error {
 public:
  using Error::Error;
};

}  // namespace unroll

#pragma GCC visibility pop
