#include "unroll/jobs/generate.h"

#include <cstddef>

namespace unroll {

template <class T>
TextGenerator<T>::TextGenerator(const TextModel<T>& model, const std::vector<std::uint32_t>& tokens,
                                std::string_view text, const SamplerOptions& options)
    : vocabulary_(model.vocabulary),
      session_(model.model),
      sampler_(options),
      forbidden_(vocabulary_.size(), false),
      token_(tokens.back()),
      word_follows_(!text.empty() &&
                    std::string_view(" \t\n\v\f\r").find(text.back()) == std::string_view::npos) {
  // <unk> stands for words that nobody knows; it is generated only where there is nothing else.
  if (vocabulary_.unknown() && vocabulary_.size() > 1) forbidden_[*vocabulary_.unknown()] = true;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) session_.step(tokens[i]);
}

template <class T>
std::string TextGenerator<T>::next() {
  token_ = sampler_.sample(session_.step(token_), &forbidden_);
  return written(token_);
}

template <class T>
std::string TextGenerator<T>::written(std::uint32_t token) {
  if (vocabulary_.level() != Level::kWord) return vocabulary_.token(token);
  const bool is_end = token == vocabulary_.eos();
  std::string text = is_end          ? "\n"
                     : word_follows_ ? " " + vocabulary_.token(token)
                                     : vocabulary_.token(token);
  word_follows_ = !is_end;
  return text;
}

template class TextGenerator<float>;
template class TextGenerator<double>;

}  // namespace unroll
