#include "unroll/data/vocabulary.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {

template <class Next, class Place>
Vocabulary::TokenMap<Vocabulary::Count> Vocabulary::count(const Next& next, const Place& place,
                                                          std::size_t max_tokens) {
  TokenMap<Count> counts;
  std::size_t bytes = 0;
  std::string_view token;
  for (std::uint64_t number = 0; max_tokens == 0 || number < max_tokens; ++number) {
    if (!next(token)) break;
    const auto found = counts.find(token);
    if (found != counts.end()) {
      ++found->second.count;
      continue;
    }
    bytes += token.size();
    if (counts.size() == kMaxVocabulary || bytes > kMaxVocabularyBytes) {
      throw FormatError(place() + ": more than " + std::to_string(kMaxVocabulary) +
                        " different tokens or " + std::to_string(kMaxVocabularyBytes) +
                        " bytes of them; set max_tokens, or use level char or byte");
    }
    counts.emplace(token, Count{1, number});
  }
  return counts;
}

Vocabulary Vocabulary::build(TextReader& reader, const VocabularyOptions& options) {
  const auto next = [&](std::string_view& token) { return reader.next(token); };
  const auto place = [&] { return reader.path() + ": line " + std::to_string(reader.line()); };
  return of_counts(reader.level(), count(next, place, options.max_tokens), options);
}

Vocabulary Vocabulary::build(std::span<const std::string> tokens, Level level,
                             const VocabularyOptions& options) {
  const auto next = [&](std::string_view& token) {
    if (tokens.empty()) return false;
    token = tokens.front();
    tokens = tokens.subspan(1);
    return true;
  };
  const auto place = [] { return std::string("the vocabulary"); };
  return of_counts(level, count(next, place, options.max_tokens), options);
}

Vocabulary Vocabulary::of_counts(Level level, const TokenMap<Count>& counts,
                                 const VocabularyOptions& options) {
  Vocabulary vocabulary(level);
  using Entry = std::pair<std::string_view, Count>;
  const auto more_frequent = [](const Entry& a, const Entry& b) {
    return std::tuple(b.second.count, a.second.first) < std::tuple(a.second.count, b.second.first);
  };

  // 1. Split what may be cut, in order, from what may not.
  std::vector<Entry> kept, ordinary;
  for (const auto& [token, count] : counts) {
    (vocabulary.is_special(token) ? kept : ordinary).emplace_back(token, count);
  }
  std::sort(ordinary.begin(), ordinary.end(), more_frequent);

  // 2. How many ordinary tokens stay: those frequent enough, as far as max_size goes. A cut needs a
  // place for <unk>.
  const auto rare = [&](const Entry& entry) { return entry.second.count < options.min_count; };
  auto stay = static_cast<std::size_t>(std::find_if(ordinary.begin(), ordinary.end(), rare) -
                                       ordinary.begin());
  const auto unknown = std::find_if(
      kept.begin(), kept.end(), [](const Entry& entry) { return entry.first == kUnknownToken; });
  const auto specials = [&](std::size_t staying) {
    return kept.size() + (unknown == kept.end() && staying < ordinary.size() ? 1 : 0);
  };
  if (options.max_size != 0 && stay + specials(stay) > options.max_size) {
    if (options.max_size <= specials(0)) {
      throw ValueError("max_size of the vocabulary is " + std::to_string(options.max_size) +
                       ", which leaves no place beside <unk> and <eos>; it must be at least " +
                       std::to_string(specials(0) + 1));
    }
    stay = options.max_size - specials(0);
  }

  // 3. The cut ones become <unk>.
  if (stay < ordinary.size()) {
    Count total = unknown != kept.end() ? unknown->second : Count{0, ordinary[stay].second.first};
    for (std::size_t i = stay; i < ordinary.size(); ++i) {
      total.count += ordinary[i].second.count;
      total.first = std::min(total.first, ordinary[i].second.first);
    }
    if (unknown != kept.end()) {
      unknown->second = total;
    } else {
      kept.emplace_back(kUnknownToken, total);
    }
  }

  // 4. Ids in order.
  kept.insert(kept.end(), ordinary.begin(), ordinary.begin() + static_cast<std::ptrdiff_t>(stay));
  std::sort(kept.begin(), kept.end(), more_frequent);
  for (const Entry& entry : kept) vocabulary.append(std::string(entry.first));
  return vocabulary;
}

bool Vocabulary::is_special(std::string_view token) const {
  return token == kUnknownToken || (level_ == Level::kWord && token == kEosToken);
}

bool Vocabulary::append(std::string token) {
  const auto id = static_cast<std::uint32_t>(tokens_.size());
  if (!ids_.emplace(token, id).second) return false;
  if (token == kUnknownToken) unknown_ = id;
  if (level_ == Level::kWord && token == kEosToken) eos_ = id;
  tokens_.push_back(std::move(token));
  return true;
}

std::optional<std::uint32_t> Vocabulary::id(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

const std::string& Vocabulary::token(std::uint32_t id) const {
  if (id >= size()) {
    throw ValueError("token id " + std::to_string(id) + " is not below the vocabulary's size, " +
                     std::to_string(size()));
  }
  return tokens_[id];
}

EncodedText Vocabulary::encode(TextReader& reader, std::size_t max_tokens) const {
  if (reader.level() != level_) {
    throw ValueError(reader.path() + ": is read at level " +
                     std::string(level_name(reader.level())) + ", but the vocabulary has level " +
                     std::string(level_name(level_)));
  }
  EncodedText text;
  std::string_view token;
  while ((max_tokens == 0 || text.tokens.size() < max_tokens) && reader.next(token)) {
    const auto found = ids_.find(token);
    if (found != ids_.end()) {
      text.tokens.push_back(found->second);
      continue;
    }
    if (!unknown_) {
      throw FormatError(reader.path() + ": line " + std::to_string(reader.line()) +
                        ", byte offset " + std::to_string(reader.byte_offset()) + ": the token " +
                        quote(token) +
                        " is not in the vocabulary, which has no <unk>; train with min_count 2 or "
                        "a smaller vocabulary_size, so that it gets one");
    }
    text.tokens.push_back(*unknown_);
    ++text.unknown_tokens;
  }
  return text;
}

std::string Vocabulary::decode(std::span<const std::uint32_t> ids) const {
  std::string text;
  bool in_line = false;
  for (const std::uint32_t id : ids) {
    const std::string& token = this->token(id);
    if (id == eos_) {
      text += '\n';
      in_line = false;
      continue;
    }
    if (level_ == Level::kWord && in_line) text += ' ';
    text += token;
    in_line = true;
  }
  return text;
}

}  // namespace unroll
