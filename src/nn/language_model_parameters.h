#pragma once

#include <memory>

#include "nn/encoder.h"
#include "unroll/nn/language_model.h"

namespace unroll {

// What is behind a LanguageModel.
template <class T>
class LanguageModel<T>::Implementation {
 public:
  explicit Implementation(const LanguageModelOptions& options);

  // W (V, H) of the output layer.
  Parameter<T>& output_weight() const {
    return options.tied ? encoder.embedding->weight() : *decoder_weight;
  }

  LanguageModelOptions options;
  Encoder<T> encoder;
  std::unique_ptr<Parameter<T>> decoder_weight, decoder_bias;  // no weight where it is tied
};

}  // namespace unroll
