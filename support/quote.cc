#include "support/quote.h"

#include <cstddef>
#include <system_error>

#include "support/utf8.h"

namespace unroll {
namespace {

constexpr std::size_t kShownBytes = 100;

// Whether a terminal or a log shows the code point as one mark that stays in its place.
bool is_shown(std::uint32_t code_point) {
  const auto among = [&](std::uint32_t first, std::uint32_t last) {
    return code_point >= first && code_point <= last;
  };
  if (among(0x00, 0x1F) || among(0x7F, 0x9F)) return false;          // control characters
  if (among(0x200B, 0x200F) || among(0x2028, 0x202E)) return false;  // no width, line ends, order
  return !among(0x2060, 0x206F) && code_point != 0xFEFF;             // the same
}

std::string escaped(char character) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (character == '\n') return "\\n";
  if (character == '\r') return "\\r";
  if (character == '\t') return "\\t";
  const auto byte = static_cast<unsigned char>(character);
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  while (at < text.size() && at < kShownBytes) {
    const Utf8Sequence sequence = utf8_sequence(text.substr(at));
    const std::string_view bytes = text.substr(at, sequence.length);
    at += sequence.length;
    if (bytes == "\\") {
      shown += "\\\\";
    } else if (!sequence.problem && is_shown(sequence.code_point)) {
      shown += bytes;
    } else {
      for (const char byte : bytes) shown += escaped(byte);
    }
  }
  if (at < text.size()) shown += "...";
  return shown;
}

std::string quote(std::string_view text) { return '\'' + printable(text) + '\''; }

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (!text.empty()) text += ' ';
    text += kDigits[value >> 4];
    text += kDigits[value & 15];
  }
  return text;
}

std::string system_reason(int error) { return std::generic_category().message(error); }

}  // namespace unroll
