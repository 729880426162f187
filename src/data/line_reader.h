#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/byte_source.h"
#include "data/text_decoder.h"

namespace unroll::detail {

// What in `text` is not UTF-8 without NUL: the place of the first such byte, and a message.
struct TextProblem {
  std::size_t at;
  std::string what;
};
std::optional<TextProblem> text_problem(std::string_view text);

// The lines of a text: UTF-8, or what becomes it, without NUL. \n and \r\n end a line; the last one
// needs none. A byte-order mark at the start is dropped.
class LineReader {
 public:
  // More in one line is no text.
  static constexpr std::size_t kMaxLineBytes = std::size_t{1} << 28;

  explicit LineReader(std::unique_ptr<ByteSource> source,
                      std::size_t max_line_bytes = kMaxLineBytes,
                      Encoding encoding = Encoding::kUtf8);

  // Makes a carriage return alone end a line too, as old spreadsheets write it.
  void end_at_carriage_returns() { carriage_returns_ = true; }

  // Sets `line`, without its end, valid until the next call; false at the end of the text. Throws
  // FormatError for what is no such text.
  bool next(std::string_view& line);

  const std::string& name() const { return source_->name(); }
  std::uint64_t line() const { return number_; }  // of the last line, from 1

  // Throw FormatError: "file: line 3: what", "file: line 3, column 14: what". Columns count
  // characters from 1; `at` points into the last line.
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_at(const char* at, const std::string& what) const;

 private:
  void read_bytes();
  void read_utf16();
  bool next_unit(char16_t& unit);
  void decode();
  void check_text() const;

  std::unique_ptr<ByteSource> source_;
  std::size_t max_line_bytes_;
  std::string line_;
  std::uint64_t number_ = 0;
  bool carriage_returns_ = false;
  Encoding encoding_;
  bool big_endian_ = false;               // of UTF-16
  std::unique_ptr<TextDecoder> decoder_;  // none of UTF-8
  std::string encoded_;                   // the line in the file's encoding
};

// A line reader for the file; throws FormatError, naming what it looks like, for a file that begins
// as some binary format does. `wanted` is what it should be, such as "a .ts file".
LineReader open_text(const std::string& path, std::string_view wanted,
                     Encoding encoding = Encoding::kUtf8);

}  // namespace unroll::detail
