#pragma once

#include "unroll/data/sequences.h"

namespace unroll {

// The same sequences, each with steps of its own.
inline Sequences unshared(const Sequences& from) {
  Sequences to = from;
  to.offsets.clear(), to.values.clear(), to.tokens.clear();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t first = from.offset(i), last = first + from.length(i);
    for (std::size_t step = first; step < last; ++step) {
      if (from.of_tokens()) to.tokens.push_back(from.tokens[step]);
      for (std::size_t c = 0; c < from.features; ++c) {
        to.values.push_back(from.values[step * from.features + c]);
      }
    }
  }
  return to;
}

}  // namespace unroll
