#include "support/utf8.h"

namespace unroll {

Utf8Sequence utf8_sequence(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::uint32_t lead = at(0);
  if (lead < 0x80) return {1, lead, nullptr};
  if (lead < 0xC0) return {1, 0, "a continuation byte without its start"};
  if (lead >= 0xF8) return {1, 0, "a byte that UTF-8 never uses"};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code_point = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= bytes.size() || (at(i) & 0xC0) != 0x80) return {i, 0, "a truncated sequence"};
    code_point = code_point << 6 | (at(i) & 0x3Fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code_point < kSmallest[length]) return {length, 0, "an overlong sequence"};
  if (code_point >= 0xD800 && code_point <= 0xDFFF) return {length, 0, "a surrogate"};
  if (code_point > 0x10FFFF) return {length, 0, "a code point above U+10FFFF"};
  return {length, code_point, nullptr};
}

}  // namespace unroll
