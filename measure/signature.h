#pragma once

#include <cstddef>
#include <string>

namespace unroll::measure {

struct SignatureOptions {
  int threads = 1;
  std::size_t shards = 1;
};

// What training computes, to the bit, on the instruction set in use: a hash, 16 hexadecimal digits,
// of the losses and of all parameters after 20 updates of a small language model (two layers,
// dropout, Adam, clipping) of every cell in all its variants, in f32, f64 and bf16. Threads and
// caches do not change it; shards do.
std::string signature(const SignatureOptions& options);

}  // namespace unroll::measure
