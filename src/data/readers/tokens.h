#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unroll/data/text.h"

namespace unroll::detail {

// Appends the tokens of one line of UTF-8, as TextReader cuts them, without <eos>. `level` is not
// kByte. Returns how many there are.
std::size_t append_tokens(std::string_view line, Level level, std::vector<std::string>& tokens);

// What keeps `token` out of a vocabulary of that level, such as "has white space"; null for
// nothing.
const char* token_problem(std::string_view token, Level level);

// Throws ValueError for kByte.
void check_token_level(Level level);

}  // namespace unroll::detail
