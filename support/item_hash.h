#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace unroll {

// A hash of numbers by their bits: Fowler, Noll and Vo's (FNV-1a, 64 bits), an item at a time.
class ItemHash {
 public:
  template <class Items>
  void add(const Items& items) {
    for (const auto item : items) {
      using Item = std::remove_cv_t<decltype(item)>;
      std::uint64_t bits;
      if constexpr (std::is_same_v<Item, double>) {
        bits = std::bit_cast<std::uint64_t>(item);
      } else if constexpr (std::is_same_v<Item, float>) {
        bits = std::bit_cast<std::uint32_t>(item);
      } else {
        bits = static_cast<std::uint32_t>(item);
      }
      hash_ = (hash_ ^ bits) * 0x100000001b3;
    }
    count_ += items.size();
  }
  std::uint64_t value() const { return hash_; }
  // "number of items:hash", which tells whether data have changed.
  std::string text() const { return std::to_string(count_) + ":" + std::to_string(hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::size_t count_ = 0;
};

template <class Items>
std::string hash_of_items(const Items& items) {
  ItemHash hash;
  hash.add(items);
  return hash.text();
}

}  // namespace unroll
