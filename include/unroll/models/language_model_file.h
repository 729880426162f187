#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "unroll/core/visibility.h"
#include "unroll/data/vocabulary.h"
#include "unroll/io/safetensors.h"
#include "unroll/nn/language_model.h"

#pragma GCC visibility push(default)

namespace unroll {

// A language model with the vocabulary that its tokens come from.
template <class T>
struct TextModel {
  LanguageModel<T> model;
  Vocabulary vocabulary;
  std::string training = "{}";  // one JSON object: how it was trained; shown by `unroll info`
};

// Writes a safetensors file: the parameters under their PyTorch names, in T's type; what is needed
// to rebuild the model under "__metadata__" (docs/file-format.md). The same model gives the same
// bytes. Throws FileError.
template <class T>
UNROLL_PUBLIC void save_text_model(const std::string& path, const LanguageModel<T>& model,
                                   const Vocabulary& vocabulary, const std::string& training);

// Adds the same to a file that is yet to be written. The parameters are not copied.
template <class T>
UNROLL_PUBLIC void add_text_model(SafetensorsWriter& file, const LanguageModel<T>& model,
                                  const Vocabulary& vocabulary, const std::string& training);

// Reads such a file, of any of the types F64, F32, BF16 and F16; of a folder, the model that a run
// left there. Throws FileError, or FormatError naming the file and what is wrong: another
// architecture, a newer format, a tensor that is missing, unknown or of another shape.
template <class T>
UNROLL_PUBLIC TextModel<T> load_text_model(const std::string& path);
template <class T>
UNROLL_PUBLIC TextModel<T> load_text_model(SafetensorsFile file);

// What a file says about itself, without its tensors; see read_model_info().
struct TextModelInfo {
  LanguageModelOptions options;
  Vocabulary vocabulary;
  std::string training;
  std::string dtype;             // of the first tensor, "F32"
  std::uint64_t parameters = 0;  // that are trained
};

// What the first token of a text is predicted from: <eos> at word level, else a line end, where the
// vocabulary has it; otherwise the first token is not predicted.
std::optional<std::uint32_t> start_token(const Vocabulary& vocabulary);

}  // namespace unroll

#pragma GCC visibility pop
