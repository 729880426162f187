#include "nn/pooling.h"

#include <algorithm>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {
namespace {

std::size_t length_of(std::span<const std::size_t> lengths, std::size_t row, std::size_t steps) {
  return lengths.empty() ? steps : lengths[row];
}

}  // namespace

std::string pooling_name(const Pooling& pooling) {
  if (pooling.steps) return "steps";
  std::string name;
  const auto add = [&](bool chosen, const char* part) {
    if (!chosen) return;
    if (!name.empty()) name += '+';
    name += part;
  };
  add(pooling.last, "last");
  add(pooling.mean, "mean");
  add(pooling.max, "max");
  return name;
}

Pooling parse_pooling(const std::string& name) {
  std::vector<std::string> known;
  for (int bits = 1; bits < 8; ++bits) {
    const Pooling pooling = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    known.push_back(pooling_name(pooling));
    if (known.back() == name) return pooling;
  }
  if (name == "steps") return {false, false, false, true};
  known.push_back("steps");
  throw ValueError(unknown_name_message("pooling", name, known));
}

template <class T>
void PooledOutputs<T>::layout(Arena& arena, std::size_t batch) {
  max_step_ = arena.take<std::uint32_t>(parts_.max ? batch * width_ : 0);
}

template <class T>
void PooledOutputs<T>::forward(const ThreadTeam& team, std::size_t steps, std::size_t batch,
                               std::span<const std::size_t> lengths, const T* y, T* pooled) {
  const ThreadTeam workers = team.for_elements(steps * batch * width_);
  workers.for_each_block(batch, [&](std::size_t row) {
    const std::size_t length = length_of(lengths, row, steps), stride = batch * width_;
    const T* first = y + row * width_;
    T* to = pooled + row * size();
    if (length == 0) {
      std::fill_n(to, size(), T(0));
      return;
    }
    if (parts_.last) {
      std::copy_n(first + (length - 1) * stride, forward_width_, to);
      std::copy_n(first + forward_width_, width_ - forward_width_, to + forward_width_);
      to += width_;
    }
    if (parts_.mean) {
      std::fill_n(to, width_, T(0));
      for (std::size_t t = 0; t < length; ++t) {
        for (std::size_t j = 0; j < width_; ++j) to[j] += first[t * stride + j];
      }
      for (std::size_t j = 0; j < width_; ++j) to[j] /= static_cast<T>(length);
      to += width_;
    }
    if (parts_.max) {
      std::uint32_t* at = max_step_ + row * width_;
      std::fill_n(at, width_, 0u);
      std::copy_n(first, width_, to);
      for (std::size_t t = 1; t < length; ++t) {
        for (std::size_t j = 0; j < width_; ++j) {
          const T value = first[t * stride + j];
          const bool larger = value > to[j] || value != value;  // a NaN stays
          at[j] = larger ? static_cast<std::uint32_t>(t) : at[j];
          to[j] = larger ? value : to[j];
        }
      }
    }
  });
}

template <class T>
void PooledOutputs<T>::backward(const ThreadTeam& team, std::size_t steps, std::size_t batch,
                                std::span<const std::size_t> lengths, const T* d_pooled,
                                T* dy) const {
  const ThreadTeam workers = team.for_elements(steps * batch * width_);
  workers.for_each_block(batch, [&](std::size_t row) {
    const std::size_t length = length_of(lengths, row, steps), stride = batch * width_;
    T* first = dy + row * width_;
    const T* last = d_pooled + row * size();
    const T* mean = last + (parts_.last ? width_ : 0);
    const T* max = mean + (parts_.mean ? width_ : 0);
    for (std::size_t t = 0; t < steps; ++t) {
      T* to = first + t * stride;
      if (parts_.mean && t < length) {
        for (std::size_t j = 0; j < width_; ++j) to[j] = mean[j] / static_cast<T>(length);
      } else {
        std::fill_n(to, width_, T(0));
      }
    }
    if (length == 0) return;
    if (parts_.last) {
      T* end = first + (length - 1) * stride;
      for (std::size_t j = 0; j < forward_width_; ++j) end[j] += last[j];
      for (std::size_t j = forward_width_; j < width_; ++j) first[j] += last[j];
    }
    if (parts_.max) {
      const std::uint32_t* at = max_step_ + row * width_;
      for (std::size_t j = 0; j < width_; ++j) first[at[j] * stride + j] += max[j];
    }
  });
}

template class PooledOutputs<float>;
template class PooledOutputs<double>;

}  // namespace unroll
