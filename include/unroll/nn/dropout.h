#pragma once

#include <cstddef>
#include <cstdint>

#include "unroll/core/threads.h"

#pragma GCC visibility push(default)

namespace unroll {

// Which dropout masks to draw. The same seed and update draw the same masks. Where a pass is over a
// part of a batch, its rows are first_row, first_row + 1, … of the batch's, and draw what they draw
// there.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t update = 0;
  std::size_t batch = 0;  // N of the whole; 0: the pass is over all of it
  std::size_t first_row = 0;
};

// Inverted dropout: y = x / (1 - rate) where the mask keeps an element, else 0. For training calls;
// otherwise leave it out. The mask is a function of the key, the site and the element's index
// alone, and is kept nowhere: the way back draws it again. Source: Srivastava et al. 2014.
class Dropout {
 public:
  // `site` tells the places of a model that share a key apart: 0 after the embedding, 255 before
  // the output layer; a Recurrence draws 1 … L-1 on the inputs of its layers above the first.
  // Throws ValueError unless 0 <= rate < 1 and site <= 255.
  Dropout(double rate, std::uint64_t site);

  double rate() const { return rate_; }

  // `count` elements; y may be x.
  template <class T>
  void forward(const ThreadTeam& team, const DropoutKey& key, std::size_t count, const T* x,
               T* y) const;
  // dx from dy, with the key of forward(); dx may be dy.
  template <class T>
  void backward(const ThreadTeam& team, const DropoutKey& key, std::size_t count, const T* dy,
                T* dx) const {
    forward(team, key, count, dy, dx);  // it multiplies by the same mask
  }

 private:
  double rate_;
  std::uint64_t site_;
};

}  // namespace unroll

#pragma GCC visibility pop
