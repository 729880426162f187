#include "data/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "data/file_kind.h"
#include "support/quote.h"
#include "support/utf8.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kChunkBytes = std::size_t{1} << 16;

}  // namespace

std::optional<TextProblem> text_problem(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0) return TextProblem{at, "a NUL byte: this is a binary file, wanted text"};
    if (byte < 0x80) {
      ++at;
      continue;
    }
    const Utf8Sequence sequence = utf8_sequence(text.substr(at));
    if (sequence.problem) {
      return TextProblem{at, "not UTF-8: " + hexadecimal(text.substr(at, sequence.length)) +
                                 " is " + sequence.problem +
                                 "; of sequences say --encoding latin-1; or convert the text "
                                 "(iconv -f ENCODING -t UTF-8)"};
    }
    at += sequence.length;
  }
  return std::nullopt;
}

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::size_t max_line_bytes,
                       Encoding encoding)
    : source_(std::move(source)), max_line_bytes_(max_line_bytes), encoding_(encoding) {
  if (encoding_ == Encoding::kLatin1) decoder_ = std::make_unique<TextDecoder>("WINDOWS-1252");
  if (encoding_ == Encoding::kUtf16) {
    const std::string_view start = source_->peek(2);
    big_endian_ = start.starts_with("\xFE\xFF");
    if (big_endian_ || start.starts_with("\xFF\xFE")) source_->consume(2);
    decoder_ = std::make_unique<TextDecoder>(big_endian_ ? "UTF-16BE" : "UTF-16LE");
  } else if (source_->peek(kByteOrderMark.size()).starts_with(kByteOrderMark)) {
    source_->consume(kByteOrderMark.size());
  }
}

bool LineReader::next(std::string_view& line) {
  line_.clear();
  if (source_->peek(1).empty()) return false;
  ++number_;
  if (encoding_ == Encoding::kUtf16) {
    read_utf16();
  } else {
    read_bytes();
  }
  if (decoder_) decode();
  if (line_.ends_with('\r')) line_.pop_back();
  check_text();
  line = line_;
  return true;
}

// The bytes up to the end of the line, which is passed over.
void LineReader::read_bytes() {
  for (std::string_view bytes = source_->peek(1); !bytes.empty(); bytes = source_->peek(1)) {
    const std::size_t end = carriage_returns_ ? bytes.find_first_of("\r\n") : bytes.find('\n');
    const std::size_t count = std::min(end, bytes.size());
    if (count > max_line_bytes_ - line_.size()) {
      fail("is longer than " + std::to_string(max_line_bytes_) + " bytes; that is no text");
    }
    line_.append(bytes.substr(0, count));
    source_->consume(count);
    if (end == bytes.npos) continue;
    const bool carriage_return = bytes[end] == '\r';
    source_->consume(1);
    if (carriage_return && source_->peek(1).starts_with('\n')) source_->consume(1);
    break;
  }
}

// The next two bytes, which stay to be consumed; false at the end.
bool LineReader::next_unit(char16_t& unit) {
  const std::string_view bytes = source_->peek(2);
  if (bytes.empty()) return false;
  if (bytes.size() == 1) fail("ends inside a character; that is no UTF-16");
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned>(bytes[big_endian_ ? 1 - i : i] & 0xFF);
  };
  unit = static_cast<char16_t>(byte(0) | byte(1) << 8);
  return true;
}

void LineReader::read_utf16() {
  for (char16_t unit = 0; next_unit(unit);) {
    if (line_.size() + 2 > max_line_bytes_) {
      fail("is longer than " + std::to_string(max_line_bytes_) + " bytes; that is no text");
    }
    const bool ends = unit == u'\n' || (carriage_returns_ && unit == u'\r');
    if (!ends) line_.append(source_->peek(2).substr(0, 2));
    source_->consume(2);
    if (!ends) continue;
    if (unit == u'\r' && next_unit(unit) && unit == u'\n') source_->consume(2);
    return;
  }
}

void LineReader::decode() {
  encoded_.swap(line_);
  line_.clear();
  if (const auto problem = decoder_->append(encoded_, line_)) {
    fail("byte " + std::to_string(*problem + 1) + " of the line, " +
         hexadecimal(std::string_view(encoded_).substr(*problem, 2)) + ", is no character of " +
         (encoding_ == Encoding::kUtf16 ? "utf-16" : "latin-1"));
  }
}

void LineReader::check_text() const {
  if (const auto problem = text_problem(line_)) fail_at(line_.data() + problem->at, problem->what);
}

void LineReader::fail(const std::string& what) const {
  throw FormatError(name() + ": line " + std::to_string(number_) + ": " + what);
}

void LineReader::fail_at(const char* at, const std::string& what) const {
  const auto column = std::count_if(line_.data(), at, [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;  // the first byte of a character
  });
  throw FormatError(name() + ": line " + std::to_string(number_) + ", column " +
                    std::to_string(column + 1) + ": " + what);
}

LineReader open_text(const std::string& path, std::string_view wanted, Encoding encoding) {
  auto source = std::make_unique<ByteSource>(path, kChunkBytes);
  const std::string_view start = source->peek(1);
  if (start.empty()) throw FormatError(path + ": is empty; wanted " + std::string(wanted));
  if (encoding != Encoding::kUtf16) refuse_other_kind(path, start, wanted);
  return LineReader(std::move(source), LineReader::kMaxLineBytes, encoding);
}

}  // namespace unroll::detail
