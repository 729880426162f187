#pragma once

#include <stdexcept>

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

// A loss or a gradient became NaN or infinite.
class NumericError : public Error {
 public:
  using Error::Error;
};

}  // namespace unroll

#pragma GCC visibility pop
