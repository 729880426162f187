#pragma once

#include <string>
#include <string_view>

#include "support/json.h"

namespace unroll::app {

// Writes to standard output at once. Throws FileError when that fails, as on a full disk, and
// ClosedOutput when the reader is gone.
void print(std::string_view text);

// One JSON object and a line end; bytes that are not UTF-8 become U+FFFD, numbers that are not
// finite become null.
std::string json_text(const Json& object);
void print_json(const Json& object);

// While it lives, print() writes nothing and hands over what it is given.
class CapturedOutput {
 public:
  CapturedOutput();
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;
  ~CapturedOutput();
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string* outer_;  // of the one that was there before
};

// Writes to standard error what a verb says beside its result; nothing while output is captured.
void print_note(std::string_view text) noexcept;

// Writes to standard error; a failure is passed over, because nothing is left to report it to.
void print_error(std::string_view text) noexcept;

}  // namespace unroll::app
