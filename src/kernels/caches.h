#pragma once

#include <atomic>

#include "unroll/kernels/machine_limit.h"

namespace unroll::kernels {

namespace detail {
extern std::atomic<const Caches*> caches_found;  // null until find_caches()
const Caches& find_caches() noexcept;
}  // namespace detail

// The caches that block sizes are derived from (block_sizes.h): found at the first call; costs one
// load afterwards. A wrong UNROLL_CACHES leaves what was found; unroll::caches() reports it.
inline const Caches& caches_in_use() noexcept {
  const Caches* const found = detail::caches_found.load(std::memory_order_acquire);
  return found != nullptr ? *found : detail::find_caches();
}
// For tests: from now on these. Not while kernels run.
void set_caches(const Caches& caches);

// "32K,512K,32M". Throws EnvironmentError.
Caches parse_caches(const std::string& text);

}  // namespace unroll::kernels
