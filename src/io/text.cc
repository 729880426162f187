#include "io/text.h"

#include <cstddef>
#include <system_error>

namespace unroll {
namespace {

constexpr std::size_t kShownCharacters = 100;

}  // namespace

std::string printable(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string shown;
  for (const char character : text.substr(0, kShownCharacters)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += character;
    } else {
      shown += "\\x";
      shown += kDigits[byte >> 4];
      shown += kDigits[byte & 15];
    }
  }
  if (text.size() > kShownCharacters) shown += "...";
  return shown;
}

std::string quote(std::string_view text) { return '"' + printable(text) + '"'; }

std::string system_reason(int error) { return std::generic_category().message(error); }

}  // namespace unroll
