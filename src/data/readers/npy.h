#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/gzip.h"

namespace unroll::detail {

// A NumPy array, in row-major order whatever the file has. One of the vectors has the elements.
struct NpyArray {
  enum class Kind { kFloats, kIntegers, kTexts };

  std::string descr;  // such as "<f8"
  Kind kind = Kind::kFloats;
  std::vector<std::size_t> shape;
  std::vector<double> floats;          // of f4 and f8
  std::vector<std::int64_t> integers;  // of i1 … i8, u1 … u8 and b1
  std::vector<std::string> texts;      // of U and S; UTF-8

  double number(std::size_t i) const {  // not of texts
    return kind == Kind::kFloats ? floats[i] : static_cast<double>(integers[i]);
  }
};

// Reads an array of the format that NumPy's documentation calls NEP 1, versions 1.0, 2.0 and 3.0.
// `bytes` is how many there are, where that is known: a header that announces others is refused
// before memory is taken; else memory grows with what arrives. Throws FormatError that begins with
// `name`.
NpyArray read_npy(const std::string& name, const ReadBytes& read,
                  std::optional<std::uint64_t> bytes);

// "(3, 4)", "(3,)"
std::string npy_shape_text(const std::vector<std::size_t>& shape);

}  // namespace unroll::detail
