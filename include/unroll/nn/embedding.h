#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "unroll/core/parameter.h"
#include "unroll/core/threads.h"

#pragma GCC visibility push(default)

namespace unroll {

// A table of vectors, one a token: weight (V, D), named name.weight.
template <class T>
class Embedding {
 public:
  // Throws ValueError unless both sizes are at least 1. The gradient is sparse: it has the rows
  // that the tokens touched, so that an update costs those rows and not V. `dense` makes it dense,
  // for a table that is shared with an output layer.
  Embedding(std::size_t vocabulary_size, std::size_t embedding_size, const std::string& name,
            bool dense = false);

  Parameter<T>& weight() { return weight_; }
  const Parameter<T>& weight() const { return weight_; }
  std::size_t vocabulary_size() const { return weight_.shape()[0]; }
  std::size_t embedding_size() const { return weight_.shape()[1]; }

  // y (count, D): row i is the vector of tokens[i] < V.
  void forward(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t count, T* y) const;

  // dy (count, D): the gradient of a token's vector is the sum of its rows, in their order. Sparse:
  // written; dense: added to what the gradient holds.
  void backward(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t count,
                const T* dy);

 private:
  Parameter<T> weight_;
  std::vector<std::uint64_t> sorted_;  // token · 2^32 + position, ascending
  std::vector<std::size_t> first_;     // where each touched token begins in sorted_
};

// Throws ValueError for a token that is not below `vocabulary_size`.
void check_tokens(const std::uint32_t* tokens, std::size_t count, std::size_t vocabulary_size);

extern template class Embedding<float>;
extern template class Embedding<double>;

}  // namespace unroll

#pragma GCC visibility pop
