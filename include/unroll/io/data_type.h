#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#pragma GCC visibility push(default)

namespace unroll {

// The element types of the safetensors format, under the names that the format gives them.
enum class DataType {
  BOOL,
  F4,
  F6_E2M3,
  F6_E3M2,
  U8,
  I8,
  F8_E5M2,
  F8_E4M3,
  F8_E8M0,
  F8_E4M3FNUZ,
  F8_E5M2FNUZ,
  I16,
  U16,
  F16,
  BF16,
  I32,
  U32,
  F32,
  C64,
  F64,
  I64,
  U64
};

std::string_view data_type_name(DataType type);                  // "BF16"
std::size_t data_type_bits(DataType type);                       // of one element; 4 and 6 occur
std::optional<DataType> parse_data_type(std::string_view name);  // none for an unknown name

}  // namespace unroll

#pragma GCC visibility pop
