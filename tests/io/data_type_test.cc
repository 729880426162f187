#include "unroll/io/data_type.h"

#include <gtest/gtest.h>

namespace unroll {
namespace {

TEST(DataType, NamesAndSizes) {
  EXPECT_EQ(data_type_name(DataType::BF16), "BF16");
  EXPECT_EQ(data_type_name(DataType::F8_E5M2FNUZ), "F8_E5M2FNUZ");
  EXPECT_EQ(data_type_bits(DataType::F4), 4u);
  EXPECT_EQ(data_type_bits(DataType::F6_E3M2), 6u);
  EXPECT_EQ(data_type_bits(DataType::BOOL), 8u);
  EXPECT_EQ(data_type_bits(DataType::F16), 16u);
  EXPECT_EQ(data_type_bits(DataType::U32), 32u);
  EXPECT_EQ(data_type_bits(DataType::C64), 64u);
}

TEST(DataType, EveryNameParsesBack) {
  for (int index = 0; index <= static_cast<int>(DataType::U64); ++index) {
    const auto type = static_cast<DataType>(index);
    EXPECT_EQ(parse_data_type(data_type_name(type)), type);
  }
  EXPECT_FALSE(parse_data_type(""));
  EXPECT_FALSE(parse_data_type("f32"));
  EXPECT_FALSE(parse_data_type("F128"));
}

}  // namespace
}  // namespace unroll
