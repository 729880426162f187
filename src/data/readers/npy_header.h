#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unroll::detail {

// The header of a .npy file, a Python dictionary:
//   {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// Throws FormatError that begins with `name`.
NpyHeader parse_npy_header(const std::string& name, std::string_view text);

}  // namespace unroll::detail
