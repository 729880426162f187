#pragma once

#include <string>
#include <string_view>

namespace unroll {

// Text from a file, as one line of a message may show it: bytes outside printable ASCII as \xHH,
// and the end of what is longer than 100 characters left out.
std::string printable(std::string_view text);

// printable() in double quotes.
std::string quote(std::string_view text);

// What the operating system calls the error number.
std::string system_reason(int error);

}  // namespace unroll
