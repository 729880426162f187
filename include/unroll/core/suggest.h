#pragma once

#include <string>
#include <vector>

namespace unroll {

// The element of `known` nearest to `name` by edit distance; empty when nothing is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& known);

// "unknown cell 'lsmt'; did you mean 'lstm'? Known: elman, gru, lstm"
std::string unknown_name_message(const std::string& what, const std::string& name,
                                 const std::vector<std::string>& known);

}  // namespace unroll
