#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace unroll {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

// The message of what the call throws, which must be an E and one line; fails the test when it
// throws nothing.
template <class E, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const E& error) {
    const std::string message = error.what();
    EXPECT_FALSE(contains(message, "\n")) << message;
    return message;
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

// Expects `call` to throw an E whose message contains every one of `parts` and is one line.
template <class E, class Call>
void expect_error(Call&& call, const std::vector<std::string>& parts) {
  const std::string message = message_of<E>(call);
  for (const std::string& part : parts) {
    EXPECT_TRUE(contains(message, part)) << "'" << message << "' lacks '" << part << "'";
  }
}

}  // namespace unroll
