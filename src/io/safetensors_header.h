#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "unroll/io/safetensors.h"

namespace unroll {

// Numbers of the format are little-endian, and its sizes have 64 bits.
static_assert(std::endian::native == std::endian::little && sizeof(std::size_t) == 8);

inline constexpr std::size_t kSafetensorsPrefix = 8;               // bytes of the header's length
inline constexpr std::uint64_t kSafetensorsMaxHeader = 100000000;  // the format's limit, bytes
inline constexpr std::size_t kSafetensorsMaxRank = 64;             // as PyTorch and NumPy
inline constexpr char kSafetensorsMetadata[] = "__metadata__";

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::map<std::string, detail::SafetensorsEntry> entries;
};

// Reads the JSON text of a header: its form, the names of types, each key once. Says nothing about
// sizes and offsets. Throws FormatError that begins with `path`.
SafetensorsHeader parse_safetensors_header(const std::string& path, const std::string& json);

// Checks that every tensor has as many bytes as its type and shape ask for, and that the tensors
// fill the file's `data_bytes` bytes without overlap or hole. Returns the names in the order of the
// data. Throws FormatError that begins with `path`.
std::vector<std::string> check_safetensors_layout(
    const std::string& path, const std::map<std::string, detail::SafetensorsEntry>& entries,
    std::uint64_t data_bytes);

// "[2, 3]"; of many extents only the first ones.
std::string extents_text(const std::vector<std::size_t>& extents);

}  // namespace unroll
