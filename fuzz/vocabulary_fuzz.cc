// Any bytes as a vocabulary's JSON, and any text as the source of one: what is accepted comes back
// unchanged from its own JSON, and encoding undoes decoding.
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/data/vocabulary.h"

namespace {

using unroll::Level;
using unroll::TextReader;
using unroll::Vocabulary;

void check(bool condition) {
  if (!condition) std::abort();
}

void check_vocabulary(const Vocabulary& vocabulary) {
  const Vocabulary again = Vocabulary::from_json(vocabulary.to_json());
  check(again == vocabulary && again.unknown() == vocabulary.unknown() &&
        again.eos() == vocabulary.eos());
  std::vector<std::uint32_t> ids(vocabulary.size());
  std::iota(ids.begin(), ids.end(), 0u);
  for (const std::uint32_t id : ids) check(again.id(vocabulary.token(id)) == id);
  vocabulary.decode(ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data + 3), size - 3);
  try {
    if (data[0] % 4 == 3) {
      check_vocabulary(Vocabulary::from_json(rest));
      return 0;
    }
    const auto level = static_cast<Level>(data[0] % 4);
    TextReader reader = TextReader::from_memory(rest, level);
    const Vocabulary vocabulary =
        Vocabulary::build(reader, {.max_size = data[1], .min_count = data[2]});
    check_vocabulary(vocabulary);
    TextReader again = TextReader::from_memory(rest, level);
    const unroll::EncodedText text = vocabulary.encode(again);
    // The reader drops a byte-order mark that decoding puts first.
    if (text.unknown_tokens == 0 && level == Level::kWord && rest.find('\xEF') == rest.npos) {
      const std::string decoded = vocabulary.decode(text.tokens);
      TextReader decoded_reader = TextReader::from_memory(decoded, level);
      check(vocabulary.encode(decoded_reader).tokens == text.tokens);
    }
  } catch (const unroll::FormatError&) {
  } catch (const unroll::ValueError&) {
  }
  return 0;
}
