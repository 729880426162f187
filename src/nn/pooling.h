#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "unroll/core/arena.h"
#include "unroll/core/threads.h"
#include "unroll/nn/sequence_model.h"

namespace unroll {

// One vector a sequence from the outputs of all its steps.
template <class T>
class PooledOutputs {
 public:
  // `width` = D·H, of which the second half is the reverse direction's where `bidirectional`.
  PooledOutputs(const Pooling& parts, std::size_t width, bool bidirectional)
      : parts_(parts), width_(width), forward_width_(bidirectional ? width / 2 : width) {}

  std::size_t size() const {  // P·D·H
    return width_ * (std::size_t{parts_.last} + std::size_t{parts_.mean} + std::size_t{parts_.max});
  }

  void layout(Arena& arena, std::size_t batch);

  // y (T, N, D·H) -> pooled (N, P·D·H). Keeps where each maximum was.
  void forward(const ThreadTeam& team, std::size_t steps, std::size_t batch,
               std::span<const std::size_t> lengths, const T* y, T* pooled);
  // For the last forward(): d_pooled (N, P·D·H) -> dy (T, N, D·H), zero in the padding.
  void backward(const ThreadTeam& team, std::size_t steps, std::size_t batch,
                std::span<const std::size_t> lengths, const T* d_pooled, T* dy) const;

 private:
  Pooling parts_;
  std::size_t width_, forward_width_;
  std::uint32_t* max_step_ = nullptr;  // (N, D·H)
};

}  // namespace unroll
