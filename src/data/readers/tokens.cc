#include "data/readers/tokens.h"

#include <algorithm>

#include "support/utf8.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kSpace = " \t\v\f\r\n";

}  // namespace

const char* token_problem(std::string_view token, Level level) {
  if (token.empty()) return "is empty";
  if (token.find('\0') != token.npos) return "has a NUL character";
  if (level == Level::kCharacter) {
    return utf8_sequence(token).length == token.size() ? nullptr : "is not one character";
  }
  if (token.size() > kMaxWordBytes) return "is longer than 1048576 bytes";
  return token.find_first_of(kSpace) == token.npos ? nullptr : "has white space";
}

void check_token_level(Level level) {
  if (level == Level::kByte) {
    throw ValueError("level is byte; the tokens of labelled text are words or characters");
  }
}

std::size_t append_tokens(std::string_view line, Level level, std::vector<std::string>& tokens) {
  const std::size_t before = tokens.size();
  while (!line.empty()) {
    std::size_t length = 0;
    if (level == Level::kCharacter) {
      length = utf8_sequence(line).length;
    } else {
      line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
      length = std::min(line.find_first_of(kSpace), line.size());
    }
    if (length > 0) tokens.emplace_back(line.substr(0, length));
    line.remove_prefix(length);
  }
  return tokens.size() - before;
}

}  // namespace unroll::detail
