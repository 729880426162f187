#include "unroll/io/data_type.h"

namespace unroll {
namespace {

struct Row {
  DataType type;
  std::string_view name;
  std::size_t bits;
};

// In the order of the enumeration.
constexpr Row kRows[] = {
    {DataType::BOOL, "BOOL", 8},
    {DataType::F4, "F4", 4},
    {DataType::F6_E2M3, "F6_E2M3", 6},
    {DataType::F6_E3M2, "F6_E3M2", 6},
    {DataType::U8, "U8", 8},
    {DataType::I8, "I8", 8},
    {DataType::F8_E5M2, "F8_E5M2", 8},
    {DataType::F8_E4M3, "F8_E4M3", 8},
    {DataType::F8_E8M0, "F8_E8M0", 8},
    {DataType::F8_E4M3FNUZ, "F8_E4M3FNUZ", 8},
    {DataType::F8_E5M2FNUZ, "F8_E5M2FNUZ", 8},
    {DataType::I16, "I16", 16},
    {DataType::U16, "U16", 16},
    {DataType::F16, "F16", 16},
    {DataType::BF16, "BF16", 16},
    {DataType::I32, "I32", 32},
    {DataType::U32, "U32", 32},
    {DataType::F32, "F32", 32},
    {DataType::C64, "C64", 64},
    {DataType::F64, "F64", 64},
    {DataType::I64, "I64", 64},
    {DataType::U64, "U64", 64},
};

constexpr bool rows_are_in_order() {
  std::size_t index = 0;
  for (const Row& row : kRows) {
    if (row.type != static_cast<DataType>(index++)) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::string_view data_type_name(DataType type) {
  return kRows[static_cast<std::size_t>(type)].name;
}

std::size_t data_type_bits(DataType type) { return kRows[static_cast<std::size_t>(type)].bits; }

std::optional<DataType> parse_data_type(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

}  // namespace unroll
