#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/caches.h"

// How much of a product's operands is worked on at a time, from the sizes of the caches. What was
// measured to choose the fractions is in docs/performance.md, "Sizes of blocks". None of them
// changes a bit: a sum is one chain over rising k, however it is cut.
namespace unroll::kernels {

// Of a panel of B, between which all rows have their turn: with the part that follows, the rows of
// A and those of C, it stays in L2.
inline std::size_t part_bytes(const Caches& caches) { return caches.l2 / 4; }

// Of B, from which on its parts are fetched into L2 while their predecessors are in use: it does
// not stay there by itself.
inline std::size_t fetched_bytes(const Caches& caches) { return caches.l2; }

// Of B, up to which it stays in L1. Then a single row takes two panels at a time, whose sums hide
// each other's latency; two streams from L2 are slower than one.
inline std::size_t near_bytes(const Caches& caches) { return caches.l1; }

// Of B, packed at a time: 4.5 MiB of 32 MiB of L3, of which others have their share. It need not
// stay in L2, since its parts are fetched in time; small blocks copy A more often (8 % of 2600 x
// 650 x 700 with 768 KiB).
inline std::size_t packed_bytes(const Caches& caches) {
  return std::max({caches.l3 / 64 * 9, caches.l2, std::size_t{1} << 20});
}

// Of a step's pre-activations, up to which those of all units stay in L1 beside what is read for
// them.
inline std::size_t step_bytes(const Caches& caches) { return caches.l1 / 2; }

// Of A, beyond which columns that are far apart are copied together before they are used.
inline std::size_t copied_bytes(const Caches& caches) { return caches.l2 / 4; }

// Of recurrent weights, from which on threads had better not read all of them each: more than two
// of them keep in L2. T25 N16 H512 3 % faster, H650 the same, and at H=1500, where they come from
// memory, 0.76 instead of 0.64 of the limit.
inline std::size_t split_bytes(const Caches& caches) { return 3 * caches.l2; }

}  // namespace unroll::kernels
