#include <algorithm>
#include <array>
#include <utility>

#include "support/json.h"
#include "support/quote.h"
#include "support/utf8.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"
#include "unroll/data/vocabulary.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 4> kKeys = {"level", "tokens", "unknown", "eos"};

Json index_json(std::optional<std::uint32_t> id) { return id ? Json(*id) : Json(nullptr); }

// An object with the keys of kKeys, each once.
Json parse(std::string_view text, const std::string& source) {
  Json json;
  try {
    json = Json::parse(text, 2);
  } catch (const JsonError& error) {
    throw FormatError(source + ": " + error.what());
  }
  if (!json.is_object()) throw FormatError(source + ": not a JSON object");
  for (const std::string_view key : kKeys) {
    if (!json.contains(key)) {
      throw FormatError(source + ": the key " + quote(key) + " is missing");
    }
  }
  for (const auto& [key, value] : json.members()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      throw FormatError(source + ": " +
                        unknown_name_message("key", key, {kKeys.begin(), kKeys.end()}));
    }
  }
  return json;
}

// Whether TextReader could yield `token`, well-formed UTF-8, at word or character level.
bool is_token(std::string_view token, Level level) {
  if (token.empty()) return false;
  if (level == Level::kCharacter) {
    return token[0] != '\0' && utf8_sequence(token).length == token.size();
  }
  using namespace std::string_view_literals;
  return token.size() <= kMaxWordBytes && token.find_first_of(" \t\v\f\r\n\0"sv) == token.npos;
}

}  // namespace

std::string Vocabulary::to_json() const {
  Json tokens = Json::array();
  for (const std::string& token : tokens_) {
    if (level_ == Level::kByte && token != kUnknownToken) {
      tokens.push_back(static_cast<unsigned char>(token[0]));
    } else {
      tokens.push_back(token);
    }
  }
  const Json json = {{"level", level_name(level_)},
                     {"tokens", std::move(tokens)},
                     {"unknown", index_json(unknown_)},
                     {"eos", index_json(eos_)}};
  return json.dump();
}

Vocabulary Vocabulary::from_json(std::string_view text, const std::string& source) {
  const Json json = parse(text, source);
  const Json& level = json["level"];
  if (!level.is_string()) throw FormatError(source + ": the key 'level' is not a string");
  Vocabulary vocabulary(Level::kWord);
  try {
    vocabulary.level_ = parse_level(level.get<std::string>());
  } catch (const ValueError& error) {
    throw FormatError(source + ": " + error.what());
  }

  const Json& tokens = json["tokens"];
  if (!tokens.is_array() || tokens.empty() || tokens.size() > kMaxVocabulary) {
    throw FormatError(source + ": the key 'tokens' is not an array of 1 to " +
                      std::to_string(kMaxVocabulary) + " tokens");
  }
  const bool bytes = vocabulary.level_ == Level::kByte;
  for (const Json& entry : tokens) {
    const auto fail = [&](const std::string& what) {
      throw FormatError(source + ": token " + std::to_string(vocabulary.size()) + " (" +
                        printable(entry.dump()) + ") " + what);
    };
    std::string token;
    if (entry.is_string()) {
      token = entry.get<std::string>();
      if (token != kUnknownToken && (bytes || !is_token(token, vocabulary.level_))) {
        fail("is no token of level " + std::string(level_name(vocabulary.level_)));
      }
    } else if (bytes && entry.is_number_unsigned() && entry.get<std::uint64_t>() <= 255) {
      token.push_back(static_cast<char>(entry.get<std::uint64_t>()));
    } else {
      fail(bytes ? "is no integer in 0 … 255" : "is not a string");
    }
    if (!vocabulary.append(std::move(token))) fail("stands twice");
  }

  for (const auto& [key, id] :
       {std::pair("unknown", vocabulary.unknown_), std::pair("eos", vocabulary.eos_)}) {
    const Json wanted = index_json(id);
    if (json[key] != wanted || json[key].is_number_float()) {
      throw FormatError(source + ": the key '" + key + "' is " + printable(json[key].dump()) +
                        ", but the tokens say " + wanted.dump());
    }
  }
  return vocabulary;
}

}  // namespace unroll
