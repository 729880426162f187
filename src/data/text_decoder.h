#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace unroll::detail {

// How the characters of a text are written in bytes. Latin 1 is Windows' (code page 1252), whose
// spreadsheets are the ones that still write it. UTF-16 begins with a byte-order mark, or has the
// lower byte first.
enum class Encoding { kUtf8, kLatin1, kUtf16 };

// "utf-8" or "" (the same), "latin-1", "utf-16"; throws ValueError.
Encoding parse_encoding(const std::string& name);

// Makes UTF-8 of other encodings, with iconv.
class TextDecoder {
 public:
  // `from` as iconv names it.
  explicit TextDecoder(const char* from);
  TextDecoder(const TextDecoder&) = delete;
  TextDecoder& operator=(const TextDecoder&) = delete;
  ~TextDecoder();

  // Appends `bytes` to `text`; the place of the first byte that is no character, where there is
  // one.
  std::optional<std::size_t> append(std::string_view bytes, std::string& text);

 private:
  void* converter_;
};

}  // namespace unroll::detail
