#pragma once

#include <memory>
#include <vector>

#include "nn/encoder.h"
#include "unroll/nn/linear.h"
#include "unroll/nn/sequence_model.h"

namespace unroll {

// What is behind a SequenceModel.
template <class T>
class SequenceModel<T>::Implementation {
 public:
  explicit Implementation(const SequenceModelOptions& options);

  std::vector<Shape> initial_shapes() const;
  void make_initial();

  SequenceModelOptions options;
  Encoder<T> encoder;
  std::vector<std::unique_ptr<Parameter<T>>> initial;  // [state] (L·D, H), or none
  Linear<T> head;
  std::unique_ptr<const Head> meaning;           // of the outputs of `head`
  std::unique_ptr<Parameter<T>> head_parameter;  // of `meaning`, or null
};

}  // namespace unroll
