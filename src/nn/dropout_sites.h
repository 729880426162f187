#pragma once

#include <vector>

#include "kernels/dropout.h"
#include "nn/sequence_plan.h"
#include "unroll/core/random.h"
#include "unroll/core/threads.h"
#include "unroll/nn/dropout.h"

namespace unroll {

// Places of a model that draw dropout masks of their own: 0 after the embedding, l on the input of
// recurrent layer l >= 1, kOutputSite before the output layer. Part of what an exact resume
// repeats.
inline constexpr std::uint64_t kEmbeddingSite = 0, kOutputSite = 255;

inline Random dropout_random(const DropoutKey& key, std::uint64_t site) {
  return Random(key.seed, RandomUse::kDropout, key.update * 256 + site);
}

// Where rows of a part of a batch are in the whole: row n of step t is row t·N + first_row + n.
// Empty where the pass is over the whole.
class DropoutPlaces {
 public:
  // Steps and rows side by side, (T, N).
  void assign(const DropoutKey& key, std::size_t steps, std::size_t batch) {
    places_.clear();
    for (std::size_t i = 0; key.batch > 0 && i < steps * batch; ++i) {
      places_.push_back(i / batch * key.batch + key.first_row + i % batch);
    }
  }
  // The positions of a plan.
  void assign(const DropoutKey& key, const SequencePlan& plan) {
    places_.clear();
    for (std::size_t t = 0; key.batch > 0 && t < plan.steps(); ++t) {
      for (std::size_t rank = 0; rank < plan.active(t); ++rank) {
        places_.push_back(t * key.batch + key.first_row + plan.row(rank));
      }
    }
  }

  // The dropout of `rows` rows of `width` elements at one site.
  template <class T>
  void drop(const ThreadTeam& team, double rate, const DropoutKey& key, std::uint64_t site,
            std::size_t rows, std::size_t width, const T* from, T* to) const {
    const Random random = dropout_random(key, site);
    if (key.batch == 0) {
      kernels::dropout(team, rate, random, rows * width, from, to);
    } else {
      kernels::dropout_rows<T>(team, rate, random, places_, width, from, to);
    }
  }

 private:
  std::vector<std::size_t> places_;
};

}  // namespace unroll
