#include "kernels/caches.h"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "hwy/base.h"
#include "support/quote.h"
#include "unroll/core/error.h"

#if HWY_ARCH_X86
#include <cpuid.h>
#endif

namespace unroll {
namespace kernels {
namespace {

// Bytes of a cache of each level that holds data; 0 where it is not known.
struct Levels {
  std::size_t bytes[4] = {};  // [1] … [3]

  bool complete() const { return bytes[1] > 0 && bytes[2] > 0; }
};

// "512K" as sysfs and UNROLL_CACHES have it; none for anything else.
std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0 || number > (std::size_t{1} << 40)) return {};
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty()) return number;
  if (unit == "K") return number << 10;
  if (unit == "M") return number << 20;
  return {};
}

// What Linux says of the first processor's caches.
Levels from_sysfs() {
  Levels levels;
  const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index";
  for (int index = 0; index < 8; ++index) {
    const auto word = [&](const char* name) {
      std::string text;
      std::ifstream(folder + std::to_string(index) + "/" + name) >> text;
      return text;
    };
    const std::string level = word("level");
    if (level.empty()) break;
    if (word("type") == "Instruction" || level[0] < '1' || level[0] > '3') continue;
    levels.bytes[level[0] - '0'] = parse_size(word("size")).value_or(0);
  }
  return levels;
}

// The deterministic cache parameters of the processor: leaf 4 (Intel), 0x8000001D (AMD) in the same
// format. Source: AMD64 Architecture Programmer's Manual, volume 3, appendix E.
Levels from_cpuid() {
  Levels levels;
#if HWY_ARCH_X86
  for (const unsigned leaf : {0x4u, 0x8000001Du}) {
    if (static_cast<unsigned>(__get_cpuid_max(leaf & 0x80000000u, nullptr)) < leaf) continue;
    for (unsigned index = 0; index < 8; ++index) {
      unsigned a = 0, b = 0, c = 0, d = 0;
      __cpuid_count(leaf, index, a, b, c, d);
      const unsigned type = a & 31, level = (a >> 5) & 7;  // type 0: no more, 2: instructions
      if (type == 0) break;
      if (type == 2 || level < 1 || level > 3) continue;
      levels.bytes[level] = ((b >> 22) + std::size_t{1}) * (((b >> 12) & 1023) + std::size_t{1}) *
                            ((b & 4095) + std::size_t{1}) * (c + std::size_t{1});
    }
    if (levels.complete()) break;
  }
#endif
  return levels;
}

Caches found(const Levels& levels, const char* source) {
  // Without an L3 the L2 is what stands before memory.
  return {.l1 = levels.bytes[1],
          .l2 = levels.bytes[2],
          .l3 = levels.bytes[3] > 0 ? levels.bytes[3] : levels.bytes[2],
          .source = source};
}

struct Detected {
  Caches caches = {};
  std::string refused = {};  // what UNROLL_CACHES says, when it is wrong
};

Detected detect() {
  Detected result;
  if (const Levels levels = from_sysfs(); levels.complete()) {
    result.caches = found(levels, "sysfs");
  } else if (const Levels asked = from_cpuid(); asked.complete()) {
    result.caches = found(asked, "cpuid");
  }
  const char* given = std::getenv("UNROLL_CACHES");
  if (given == nullptr || *given == '\0') return result;
  try {
    result.caches = parse_caches(given);
  } catch (const EnvironmentError&) {
    result.refused = given;
  }
  return result;
}

Detected& in_use() {
  static Detected detected = detect();
  return detected;
}

}  // namespace

namespace detail {

std::atomic<const Caches*> caches_found{nullptr};

const Caches& find_caches() noexcept {
  const Caches& found = in_use().caches;
  caches_found.store(&found, std::memory_order_release);
  return found;
}

}  // namespace detail

void set_caches(const Caches& caches) { in_use().caches = caches; }

Caches parse_caches(const std::string& text) {
  const std::size_t first = text.find(','), second = text.find(',', first + 1);
  Caches caches = {.source = "UNROLL_CACHES"};
  bool valid = first != std::string::npos && second != std::string::npos;
  if (valid) {
    const std::string_view all = text;
    const auto l1 = parse_size(all.substr(0, first));
    const auto l2 = parse_size(all.substr(first + 1, second - first - 1));
    const auto l3 = parse_size(all.substr(second + 1));
    valid = l1 && l2 && l3 && *l1 <= *l2 && *l2 <= *l3;
    if (valid) caches.l1 = *l1, caches.l2 = *l2, caches.l3 = *l3;
  }
  if (valid) return caches;
  throw EnvironmentError(
      "the environment variable UNROLL_CACHES is " + quote(text) +
      "; wanted the sizes of L1, L2 and L3, each at least the one before it, such as "
      "32K,512K,32M");
}

}  // namespace kernels

Caches caches() {
  if (!kernels::in_use().refused.empty()) kernels::parse_caches(kernels::in_use().refused);
  return kernels::caches_in_use();
}

}  // namespace unroll
