#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// A column of a table: numbers (NaN where one is missing), counts or texts, one a row.
struct TableColumn {
  std::string name = {};
  std::variant<std::vector<double>, std::vector<std::uint64_t>, std::vector<std::string>> values =
      {};

  std::size_t rows() const {
    return std::visit([](const auto& all) { return all.size(); }, values);
  }
};

// Columns of equal length.
using Table = std::vector<TableColumn>;

}  // namespace unroll

#pragma GCC visibility pop
