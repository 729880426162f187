#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace unroll {

// The bytes of a number, least significant first.
template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

// A file as other programs lay it out: length, header as given, data as given.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  return little_endian<std::uint64_t>(header.size()) + header + data;
}

}  // namespace unroll
