#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>

namespace unroll {

// "number of items:hash", which tells whether data have changed. The hash is Fowler, Noll and Vo's
// (FNV-1a, 64 bits), an item at a time.
template <class Items>
std::string hash_of_items(const Items& items) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto item : items) {
    std::uint64_t bits;
    if constexpr (std::is_same_v<std::remove_cv_t<decltype(item)>, double>) {
      bits = std::bit_cast<std::uint64_t>(item);
    } else {
      bits = static_cast<std::uint32_t>(item);
    }
    hash = (hash ^ bits) * 0x100000001b3;
  }
  return std::to_string(items.size()) + ":" + std::to_string(hash);
}

}  // namespace unroll
