#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "unroll/core/visibility.h"

namespace unroll::detail {
class ByteSource;
}

#pragma GCC visibility push(default)

namespace unroll {

// What one token of a text is.
enum class Level : std::uint8_t { kWord, kCharacter, kByte };

// "word", "char" or "byte".
std::string_view level_name(Level level);
// The inverse; throws ValueError, naming the nearest valid name.
Level parse_level(std::string_view name);

// The token at the end of each line, at word level.
inline constexpr std::string_view kEosToken = "<eos>";
// The longest word, in bytes; text without white space is not text in words.
inline constexpr std::size_t kMaxWordBytes = std::size_t{1} << 20;

struct TextReaderOptions {
  // Bytes that one read asks for, at least 1. Memory use is this and the longest word, however long
  // the text is.
  std::size_t buffer_bytes = std::size_t{1} << 16;
  // Whether a last line without a line end gets its <eos> too; a prompt that is to be continued
  // does not.
  bool finish_last_line = true;
};

// Yields the tokens of a text one after the other.
//   kWord       runs of bytes between ASCII white space (space, \t, \v, \f, and \r), and <eos> at
//               each line end (\n or \r\n); an empty line is one <eos>. A literal <eos> in the text
//               is the same token.
//   kCharacter  Unicode code points, as UTF-8; \r\n becomes \n, any other \r stays.
//   kByte       bytes, as they are.
// At word and character level the text must be well-formed UTF-8 without NUL; a byte-order mark at
// its start is dropped.
class TextReader {
 public:
  // Reads a file, decompressed where its name ends in .gz. Throws FileError where it is missing, a
  // directory or unreadable, and ValueError for buffer_bytes 0.
  TextReader(const std::string& path, Level level, const TextReaderOptions& options = {});
  // Reads `text`, which must outlive the reader; errors call it `name`.
  static TextReader from_memory(std::string_view text, Level level,
                                const TextReaderOptions& options = {},
                                const std::string& name = "the text");
  TextReader(TextReader&&) noexcept;
  TextReader& operator=(TextReader&&) noexcept;
  ~TextReader();

  // Sets `token`, which stays valid until the next call, or returns false at the end of the text.
  // Throws FormatError, naming line and byte offset, for NUL, malformed UTF-8 and a word longer
  // than kMaxWordBytes, for a text without a token and for damaged gzip; FileError where reading
  // fails.
  bool next(std::string_view& token);

  Level level() const { return level_; }
  const std::string& path() const;  // or the name of the text in memory
  // Where the last token starts: line from 1 (line ends are \n), byte offset from 0.
  std::uint64_t line() const { return token_line_; }
  std::uint64_t byte_offset() const { return token_offset_; }

 private:
  TextReader(std::unique_ptr<detail::ByteSource> source, Level level, bool finish_last_line);

  bool next_byte(std::string_view& token);
  bool next_character(std::string_view& token);
  bool next_word(std::string_view& token);
  void begin_token();
  std::size_t code_point(std::string_view bytes) const;
  [[noreturn]] void fail(std::uint64_t line, std::uint64_t offset, const std::string& what) const;

  std::unique_ptr<detail::ByteSource> source_;
  Level level_;
  bool finish_last_line_;
  bool in_line_ = false;  // the current line has a byte already
  bool any_token_ = false;
  std::string word_;
  std::uint64_t line_ = 1;
  std::uint64_t token_line_ = 1;
  std::uint64_t token_offset_ = 0;
};

}  // namespace unroll

#pragma GCC visibility pop
