#include "data/text_decoder.h"

#include <iconv.h>

#include <array>
#include <cerrno>

#include "core/names.h"
#include "unroll/core/error.h"

namespace unroll::detail {

Encoding parse_encoding(const std::string& name) {
  constexpr std::array<std::string_view, 3> kNames = {"utf-8", "latin-1", "utf-16"};
  return name.empty() ? Encoding::kUtf8
                      : static_cast<Encoding>(find_name("encoding", name, kNames));
}

TextDecoder::TextDecoder(const char* from) : converter_(::iconv_open("UTF-8", from)) {
  if (converter_ == reinterpret_cast<void*>(-1)) {
    throw ValueError(std::string("this system does not know the encoding ") + from);
  }
}

TextDecoder::~TextDecoder() { ::iconv_close(converter_); }

std::optional<std::size_t> TextDecoder::append(std::string_view bytes, std::string& text) {
  std::array<char, 1024> buffer;
  char* from = const_cast<char*>(bytes.data());  // iconv does not write there
  std::size_t left = bytes.size();
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t result = ::iconv(converter_, &from, &left, &to, &room);
    text.append(buffer.data(), buffer.size() - room);
    if (result == static_cast<std::size_t>(-1) && errno != E2BIG) {
      ::iconv(converter_, nullptr, nullptr, nullptr, nullptr);
      return bytes.size() - left;
    }
  }
  return std::nullopt;
}

}  // namespace unroll::detail
