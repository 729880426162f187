#pragma once

#include "unroll/core/random.h"
#include "unroll/nn/dropout.h"

namespace unroll {

// Places of a model that draw dropout masks of their own: 0 after the embedding, l on the input of
// recurrent layer l >= 1, kOutputSite before the output layer. Part of what an exact resume
// repeats.
inline constexpr std::uint64_t kEmbeddingSite = 0, kOutputSite = 255;

inline Random dropout_random(const DropoutKey& key, std::uint64_t site) {
  return Random(key.seed, RandomUse::kDropout, key.update * 256 + site);
}

}  // namespace unroll
