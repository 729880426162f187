#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "unroll/jobs/table.h"

namespace unroll {

// A column of value_at(0) … value_at(rows-1).
template <class ValueAt>
void add_column(Table& table, std::string name, std::size_t rows, const ValueAt& value_at) {
  std::vector<decltype(value_at(std::size_t{0}))> values;
  values.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) values.push_back(value_at(row));
  table.push_back({std::move(name), std::move(values)});
}

}  // namespace unroll
