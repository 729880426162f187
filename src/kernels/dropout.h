#pragma once

#include <cstddef>
#include <span>

#include "unroll/core/random.h"
#include "unroll/core/threads.h"

namespace unroll::kernels {

// Inverted dropout: to[i] = from[i] / (1 - rate) where draw i of `random` keeps element i, else 0.
// The mask is a function of (random, i) alone, so the way back calls it again on the gradient. In
// place is allowed. Source: Srivastava et al. 2014.
template <class T>
void dropout(const ThreadTeam& team, double rate, const Random& random, std::size_t count,
             const T* from, T* to) noexcept;

// The same of rows of `width` elements that stand apart in what `random` draws for: element i of
// row r is its element places[r] · width + i.
template <class T>
void dropout_rows(const ThreadTeam& team, double rate, const Random& random,
                  std::span<const std::size_t> places, std::size_t width, const T* from,
                  T* to) noexcept;

}  // namespace unroll::kernels
