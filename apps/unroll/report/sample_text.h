#pragma once

#include <cstddef>
#include <string>

namespace unroll::app::report {

struct SampleText {
  std::string text = {};
  std::size_t tokens = 0;
  // It begins with the most frequent token, because the model has no line end to begin after.
  bool begins_with_token = false;
};

// What `unroll generate MODEL --length 300` writes.
SampleText sample_text(const std::string& path);

}  // namespace unroll::app::report
