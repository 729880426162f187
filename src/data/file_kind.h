#pragma once

#include <string>
#include <string_view>

namespace unroll::detail {

// What a file that begins with these bytes looks like, such as "a zip archive"; empty for text and
// for what is not known.
std::string_view file_kind(std::string_view start);

// Throws FormatError, naming `wanted`, where file_kind() says something.
void refuse_other_kind(const std::string& name, std::string_view start, std::string_view wanted);

}  // namespace unroll::detail
