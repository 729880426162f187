#pragma once

#include "unroll/kernels/machine_limit.h"

namespace unroll::kernels {

// The caches that block sizes are derived from (block_sizes.h): found at the first call; costs one
// load afterwards. A wrong UNROLL_CACHES leaves what was found; unroll::caches() reports it.
const Caches& caches_in_use() noexcept;
// For tests: from now on these. Not while kernels run.
void set_caches(const Caches& caches);

// "32K,512K,32M". Throws EnvironmentError.
Caches parse_caches(const std::string& text);

}  // namespace unroll::kernels
