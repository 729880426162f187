#include "output/print.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "errors.h"
#include "support/json.h"
#include "unroll/core/error.h"

namespace unroll::app {
namespace {

std::string* captured = nullptr;

}  // namespace

CapturedOutput::CapturedOutput() : outer_(std::exchange(captured, &text_)) {}
CapturedOutput::~CapturedOutput() { captured = outer_; }

void print(std::string_view text) {
  if (captured != nullptr) {
    *captured += text;
    return;
  }
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      throw ClosedOutput();
    } else if (errno != EINTR) {
      throw FileError(std::string("cannot write to standard output: ") + std::strerror(errno));
    }
  }
}

std::string json_text(const Json& object) { return object.dump(2, Json::Utf8::kReplace) + "\n"; }

void print_json(const Json& object) { print(json_text(object)); }

void print_note(std::string_view text) noexcept {
  if (captured == nullptr) print_error(text);
}

void print_error(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace unroll::app
