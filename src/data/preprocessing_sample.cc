#include <algorithm>
#include <utility>

#include "data/line_reader.h"
#include "data/readers/tokens.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/data/preprocessing.h"

namespace unroll {
namespace {

void require_text(std::string_view text, const std::string& place) {
  if (const auto problem = detail::text_problem(text)) {
    throw FormatError(place + ": byte " + std::to_string(problem->at + 1) + ": " + problem->what);
  }
}

}  // namespace

EncodedSequences Preprocessing::encode_values(std::span<const double> values,
                                              const std::string& source) const {
  Sequences one = {.source = source, .features = std::max<std::size_t>(1, features_)};
  if (values.size() % one.features != 0) {
    throw FormatError(source + ": has " + std::to_string(values.size()) +
                      " numbers, which make no whole steps of " + std::to_string(features_) +
                      " features");
  }
  one.values.assign(values.begin(), values.end());
  one.begin.push_back(values.size() / one.features);
  return encode(one);
}

EncodedSequences Preprocessing::encode_tokens(std::span<const std::string> tokens,
                                              const std::string& source) const {
  for (std::size_t t = 0; vocabulary_ && t < tokens.size(); ++t) {
    const std::string place = source + ": token " + std::to_string(t + 1);
    require_text(tokens[t], place);
    if (const char* problem = detail::token_problem(tokens[t], options_.level)) {
      throw FormatError(place + ", " + quote(tokens[t]) + ", " + problem);
    }
  }
  return encode({.source = source,
                 .begin = {0, tokens.size()},
                 .tokens = std::vector<std::string>(tokens.begin(), tokens.end())});
}

EncodedSequences Preprocessing::encode_text(std::string_view text,
                                            const std::string& source) const {
  detail::check_token_level(options_.level);
  require_text(text, source);
  Sequences one = {.source = source};
  one.begin.push_back(detail::append_tokens(text, options_.level, one.tokens));
  return encode(one);
}

void Preprocessing::encode_step(std::span<const double> step, std::vector<double>& previous,
                                std::span<double> to, const std::string& source) const {
  if (vocabulary_) encode_values(step, source);  // says that it wants tokens
  require_features(step.size(), source);
  if (to.size() != input_size()) {
    throw ValueError(source + ": there is room for " + std::to_string(to.size()) +
                     " numbers; the model takes " + std::to_string(input_size()));
  }
  if (previous.empty()) previous = mean_;
  if (previous.size() != features_) {
    throw ValueError(source + ": the step before had " + std::to_string(previous.size()) +
                     " features; wanted " + std::to_string(features_));
  }
  encode_step(step.data(), previous.data(), to.data(), [&] { return source; });
}

}  // namespace unroll
