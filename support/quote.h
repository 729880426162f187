#pragma once

#include <string>
#include <string_view>

namespace unroll {

// Text from outside, as one line of a message may show it: control characters, bytes that are not
// UTF-8 and code points that break a line, reorder it or cannot be seen as \n, \r, \t or \xHH, a
// backslash doubled, and what is longer than 100 bytes cut.
std::string printable(std::string_view text);

// printable() in single quotes.
std::string quote(std::string_view text);

// Bytes in hexadecimal, with spaces between them: "c3 a9".
std::string hexadecimal(std::string_view bytes);

// What the operating system calls the error number.
std::string system_reason(int error);

}  // namespace unroll
