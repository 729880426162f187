#include "unroll/data/text.h"

#include <array>

#include "core/names.h"
#include "data/byte_source.h"
#include "support/quote.h"
#include "support/utf8.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 3> kLevelNames = {"word", "char", "byte"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A byte of a word that needs no check: ASCII that is neither white space nor a control character.
bool is_plain(char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7F; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

}  // namespace

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

Level parse_level(std::string_view name) {
  return static_cast<Level>(find_name("level", name, kLevelNames));
}

TextReader::TextReader(const std::string& path, Level level, const TextReaderOptions& options)
    : TextReader(std::make_unique<detail::ByteSource>(path, options.buffer_bytes), level,
                 options.finish_last_line) {}

TextReader TextReader::from_memory(std::string_view text, Level level,
                                   const TextReaderOptions& options, const std::string& name) {
  return TextReader(std::make_unique<detail::ByteSource>(text, name, options.buffer_bytes), level,
                    options.finish_last_line);
}

TextReader::TextReader(std::unique_ptr<detail::ByteSource> source, Level level,
                       bool finish_last_line)
    : source_(std::move(source)), level_(level), finish_last_line_(finish_last_line) {
  if (level_ != Level::kByte &&
      source_->peek(kByteOrderMark.size()).substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    source_->consume(kByteOrderMark.size());
  }
}

TextReader::TextReader(TextReader&&) noexcept = default;
TextReader& TextReader::operator=(TextReader&&) noexcept = default;
TextReader::~TextReader() = default;

const std::string& TextReader::path() const { return source_->name(); }

bool TextReader::next(std::string_view& token) {
  const bool found = level_ == Level::kWord        ? next_word(token)
                     : level_ == Level::kCharacter ? next_character(token)
                                                   : next_byte(token);
  if (!found && !any_token_) {
    throw FormatError(path() + ": is empty; at least one token is wanted");
  }
  any_token_ = true;
  return found;
}

void TextReader::begin_token() {
  token_line_ = line_;
  token_offset_ = source_->offset();
}

bool TextReader::next_byte(std::string_view& token) {
  const std::string_view bytes = source_->peek(1);
  if (bytes.empty()) return false;
  begin_token();
  token = bytes.substr(0, 1);
  if (token[0] == '\n') ++line_;
  source_->consume(1);
  return true;
}

bool TextReader::next_character(std::string_view& token) {
  const std::string_view bytes = source_->peek(detail::ByteSource::kMaxPeek);
  if (bytes.empty()) return false;
  begin_token();
  const std::size_t dropped = bytes.substr(0, 2) == "\r\n" ? 1 : 0;
  token = bytes.substr(dropped, code_point(bytes.substr(dropped)));
  if (token[0] == '\n') ++line_;
  source_->consume(dropped + token.size());
  return true;
}

bool TextReader::next_word(std::string_view& token) {
  word_.clear();
  for (;;) {
    const std::string_view bytes = source_->peek(detail::ByteSource::kMaxPeek);
    const bool at_line_end = !bytes.empty() && bytes[0] == '\n';
    if (bytes.empty() || at_line_end) {
      if (!word_.empty()) break;
      if (!at_line_end && !(in_line_ && finish_last_line_)) return false;
      begin_token();
      in_line_ = false;
      if (at_line_end) {
        source_->consume(1);
        ++line_;
      }
      token = kEosToken;
      return true;
    }
    in_line_ = true;
    if (is_space(bytes[0])) {
      if (!word_.empty()) break;
      source_->consume(1);
      continue;
    }
    if (word_.empty()) begin_token();
    // Most text is ASCII: taken a run at a time.
    std::size_t length = 0;
    while (length < bytes.size() && is_plain(bytes[length])) ++length;
    if (length == 0) length = code_point(bytes);
    if (word_.size() + length > kMaxWordBytes) {
      fail(token_line_, token_offset_,
           "a word is longer than " + std::to_string(kMaxWordBytes) +
               " bytes; text without white space can be read with --level char or byte");
    }
    word_.append(bytes.substr(0, length));
    source_->consume(length);
  }
  token = word_;
  return true;
}

// The length of the code point at the start of `bytes`.
std::size_t TextReader::code_point(std::string_view bytes) const {
  if (bytes[0] == '\0') {
    fail(line_, source_->offset(), "a NUL byte: this is a binary file; read it with --level byte");
  }
  const Utf8Sequence sequence = utf8_sequence(bytes);
  if (sequence.problem) {
    fail(line_, source_->offset(),
         "not UTF-8: " + hexadecimal(bytes.substr(0, sequence.length)) + " is " + sequence.problem +
             "; convert the text (iconv -f ENCODING -t UTF-8) or read it with --level byte");
  }
  return sequence.length;
}

void TextReader::fail(std::uint64_t line, std::uint64_t offset, const std::string& what) const {
  throw FormatError(path() + ": line " + std::to_string(line) + ", byte offset " +
                    std::to_string(offset) + ": " + what);
}

}  // namespace unroll
