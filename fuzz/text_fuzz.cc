// Any bytes as text: TextReader yields tokens of its level or throws an Error, and the size of its
// reads changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/data/text.h"

namespace {

using unroll::Level;

struct Result {
  std::vector<std::string> tokens;
  std::string error;
  friend bool operator==(const Result&, const Result&) = default;
};

Result read(std::string_view text, Level level, std::size_t buffer_bytes) {
  Result result;
  try {
    unroll::TextReader reader =
        unroll::TextReader::from_memory(text, level, {.buffer_bytes = buffer_bytes});
    std::string_view token;
    while (reader.next(token)) result.tokens.emplace_back(token);
  } catch (const unroll::FormatError& error) {
    result.error = error.what();
  }
  return result;
}

void check(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto level = static_cast<Level>(data[0] % 3);
  const std::size_t buffer_bytes = data[0] / 3 % 16 + 1;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);

  const Result result = read(text, level, 1 << 16);
  check(result == read(text, level, buffer_bytes));
  check(!result.tokens.empty() || !result.error.empty());
  check(result.error.find('\n') == std::string::npos);
  std::string joined;
  for (const std::string& token : result.tokens) {
    check(!token.empty());
    check(level != Level::kByte || token.size() == 1);
    check(level != Level::kCharacter || token.size() <= 4);
    check(level != Level::kWord || token.find_first_of(" \t\v\f\r\n") == std::string::npos);
    joined += token;
  }
  check(level != Level::kByte || joined == text);
  return 0;
}
