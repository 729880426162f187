#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unroll {

// The sequence at the start of `bytes`, which are not empty.
struct Utf8Sequence {
  std::size_t length;        // 1 … 4; where malformed, the bytes to blame
  std::uint32_t code_point;  // 0 where malformed
  const char* problem;       // null where well-formed
};

// Well-formed: Unicode 15.0, section 3.9, table 3-7. Four bytes, or all up to the end of the text,
// must be there.
Utf8Sequence utf8_sequence(std::string_view bytes);

}  // namespace unroll
