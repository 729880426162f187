#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/data/text.h"

namespace unroll {

inline std::vector<std::string> read_all(TextReader reader) {
  std::vector<std::string> tokens;
  std::string_view token;
  while (reader.next(token)) tokens.emplace_back(token);
  return tokens;
}

}  // namespace unroll
