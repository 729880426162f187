#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace unroll::app {

// "a,b,c"; none of "".
inline std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace unroll::app
