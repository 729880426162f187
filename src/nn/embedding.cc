#include "unroll/nn/embedding.h"

#include <algorithm>
#include <cassert>

#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::size_t kRows = 64;  // rows a block of work

const Shape& checked(const Shape& shape) {
  if (shape[0] < 1 || shape[1] < 1 || shape[0] > 0xffffffffu) {
    throw ValueError("an embedding of shape " + shape.text() + "; wanted at least (1, 1)");
  }
  return shape;
}

}  // namespace

template <class T>
Embedding<T>::Embedding(std::size_t vocabulary_size, std::size_t embedding_size,
                        const std::string& name, bool dense)
    : weight_(name + ".weight", checked({vocabulary_size, embedding_size})) {
  weight_.sparse = !dense;
}

template <class T>
void Embedding<T>::forward(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t count,
                           T* y) const {
  const std::size_t width = embedding_size();
  assert(count == 0 || (tokens != nullptr && y != nullptr));
  assert(std::all_of(tokens, tokens + count, [&](auto t) { return t < vocabulary_size(); }));
  const T* table = weight_.value().data();
  team.for_each_block((count + kRows - 1) / kRows, [&](std::size_t block) {
    for (std::size_t i = block * kRows; i < std::min(count, (block + 1) * kRows); ++i) {
      std::copy_n(table + tokens[i] * width, width, y + i * width);
    }
  });
}

template <class T>
void Embedding<T>::backward(const ThreadTeam& team, const std::uint32_t* tokens, std::size_t count,
                            const T* dy) {
  const std::size_t width = embedding_size();
  assert(count == 0 || (tokens != nullptr && dy != nullptr));
  assert(std::all_of(tokens, tokens + count, [&](auto t) { return t < vocabulary_size(); }));
  // Positions in the order of their tokens; within a token in their own order.
  sorted_.resize(count);
  if (!weight_.sparse) {
    weight_.make_gradient();
  } else if (weight_.gradient.size() < count * width) {
    weight_.gradient = Tensor<T>({count, width});
  }
  for (std::size_t i = 0; i < count; ++i) sorted_[i] = (std::uint64_t{tokens[i]} << 32) | i;
  std::sort(sorted_.begin(), sorted_.end());
  first_.clear();
  weight_.rows.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const auto token = static_cast<std::uint32_t>(sorted_[i] >> 32);
    if (i > 0 && token == sorted_[i - 1] >> 32) continue;
    first_.push_back(i);
    weight_.rows.push_back(token);
  }
  const std::size_t touched = first_.size();
  team.for_each_block((touched + kRows - 1) / kRows, [&](std::size_t block) {
    for (std::size_t r = block * kRows; r < std::min(touched, (block + 1) * kRows); ++r) {
      T* to = weight_.gradient.data() + (weight_.sparse ? r : weight_.rows[r]) * width;
      if (weight_.sparse) std::fill_n(to, width, T(0));
      const std::size_t end = r + 1 < touched ? first_[r + 1] : count;
      for (std::size_t i = first_[r]; i < end; ++i) {
        const T* from = dy + (sorted_[i] & 0xffffffffu) * width;
        for (std::size_t c = 0; c < width; ++c) to[c] += from[c];
      }
    }
  });
}

void check_tokens(const std::uint32_t* tokens, std::size_t count, std::size_t vocabulary_size) {
  for (std::size_t i = 0; i < count; ++i) {
    if (tokens[i] < vocabulary_size) continue;
    throw ValueError("token " + std::to_string(tokens[i]) + " is not below the vocabulary's size " +
                     std::to_string(vocabulary_size));
  }
}

template class Embedding<float>;
template class Embedding<double>;

}  // namespace unroll
