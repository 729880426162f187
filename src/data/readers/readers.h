#pragma once

#include <string>

#include "data/line_reader.h"
#include "unroll/data/read_sequences.h"

namespace unroll::detail {

// "3 values", "1 value".
std::string counted(std::size_t count, const std::string& noun);

// Ends the sequence that began at begin.back().
inline void end_sequence(Sequences& out, std::size_t length) {
  out.begin.push_back(out.begin.back() + length);
}

}  // namespace unroll::detail
