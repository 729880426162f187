#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "unroll/data/text.h"

#pragma GCC visibility push(default)

namespace unroll {

// What stands for every token that the vocabulary lacks.
inline constexpr std::string_view kUnknownToken = "<unk>";
// The most distinct tokens that a text may have, and the most bytes that they may have together.
inline constexpr std::size_t kMaxVocabulary = std::size_t{1} << 24;
inline constexpr std::size_t kMaxVocabularyBytes = std::size_t{1} << 30;

struct VocabularyOptions {
  std::size_t max_size = 0;    // the most tokens that are kept, <unk> counted; 0: no limit
  std::size_t min_count = 0;   // rarer tokens are cut
  std::size_t max_tokens = 0;  // only the first so many tokens of the text count; 0: all
};

struct EncodedText {
  std::vector<std::uint32_t> tokens;
  std::size_t unknown_tokens = 0;  // those encoded as <unk> without being a literal <unk>
};

// A one-to-one map between the tokens of a level and the ids 0 … size()-1.
//
// Ids go in order of falling frequency in the text, so that frequent words share cache lines of the
// embedding; equally frequent tokens go in order of first appearance, so that the order is total
// and depends on the text alone. Cut tokens count as <unk>, whose count and first appearance are
// those of all of them together.
//
// <unk> is there only where the text produces it, because no other <unk> would be trained: as a
// literal word, or because max_size or min_count cut a token. <eos> is there as word-level text has
// it; <unk> and <eos> are never cut.
class Vocabulary {
 public:
  // Reads `reader` up to its end, or up to max_tokens. Throws what TextReader::next throws;
  // ValueError where max_size leaves no token beside <unk> and <eos>; FormatError beyond
  // kMaxVocabulary or kMaxVocabularyBytes.
  static Vocabulary build(TextReader& reader, const VocabularyOptions& options = {});
  // The same of tokens that are in memory, such as those of labelled sequences.
  static Vocabulary build(std::span<const std::string> tokens, Level level,
                          const VocabularyOptions& options = {});

  // One JSON object, UTF-8, without line ends, part of the model file's format:
  //   {"level": "word", "tokens": ["the", "<unk>", "<eos>"], "unknown": 1, "eos": 2}
  // level    "word", "char" or "byte"
  // tokens   in order of id: strings; at byte level integers 0 … 255, because a byte above 127 is
  // no
  //          UTF-8 string, and the string "<unk>"
  // unknown  the id of "<unk>", or null
  // eos      the id of "<eos>", or null; null at other levels than word
  std::string to_json() const;
  // Throws FormatError, naming `source` and the token, for anything but what to_json writes (white
  // space and the order of keys aside).
  static Vocabulary from_json(std::string_view json, const std::string& source = "vocabulary");

  Level level() const { return level_; }
  std::size_t size() const { return tokens_.size(); }
  std::optional<std::uint32_t> id(std::string_view token) const;
  // Throws ValueError unless id < size().
  const std::string& token(std::uint32_t id) const;
  std::optional<std::uint32_t> unknown() const { return unknown_; }
  std::optional<std::uint32_t> eos() const { return eos_; }

  // The ids of the tokens of `reader` up to its end, or the first max_tokens of them (0: all).
  // Throws what TextReader::next throws; ValueError for a reader of another level; FormatError for
  // a token that the vocabulary lacks while it has no <unk>.
  EncodedText encode(TextReader& reader, std::size_t max_tokens = 0) const;

  // The text of `ids`: words are joined by single spaces, and <eos> is a line end; characters and
  // bytes are joined by nothing. Throws ValueError unless all ids are < size().
  std::string decode(std::span<const std::uint32_t> ids) const;

  friend bool operator==(const Vocabulary& a, const Vocabulary& b) {
    return a.level_ == b.level_ && a.tokens_ == b.tokens_;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const {
      return std::hash<std::string_view>()(token);
    }
  };
  template <class Value>
  using TokenMap = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  struct Count {
    std::uint64_t count;
    std::uint64_t first;  // number of the token where it appears first
  };

  explicit Vocabulary(Level level) : level_(level) {}

  template <class Next, class Place>
  static TokenMap<Count> count(const Next& next, const Place& place, std::size_t max_tokens);
  static Vocabulary of_counts(Level level, const TokenMap<Count>& counts,
                              const VocabularyOptions& options);
  bool is_special(std::string_view token) const;
  // Gives `token` the next id; false where it has one already.
  bool append(std::string token);

  Level level_;
  std::vector<std::string> tokens_;
  TokenMap<std::uint32_t> ids_;
  std::optional<std::uint32_t> unknown_;
  std::optional<std::uint32_t> eos_;
};

}  // namespace unroll

#pragma GCC visibility pop
