#pragma once

#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// The element of `known` nearest to `name` by edit distance, the first of several; empty when
// nothing is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

// "unknown cell 'lsmt'; did you mean 'lstm'? Known: elman, gru, lstm", or without the question when
// nothing is near. One line, whatever bytes `name` has.
std::string unknown_name_message(std::string_view what, std::string_view name,
                                 const std::vector<std::string>& known);

}  // namespace unroll

#pragma GCC visibility pop
