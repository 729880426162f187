#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "program.h"

namespace unroll {

struct BadCase {
  std::string name;
  Words arguments;
  int code;
  std::vector<std::string> named;  // what the message must contain
};

// Runs it in `folder` and expects one line on standard error that names the culprit, the exit code,
// nothing on standard output, and no new file.
inline void expect_one_line(const TemporaryFolder& folder, const BadCase& bad) {
  std::vector<std::string> before = folder.names();
  const Outcome outcome = run(folder, bad.arguments);
  EXPECT_EQ(outcome.code, bad.code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err.rfind("unroll: ", 0), 0u) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  for (const std::string& part : bad.named) {
    EXPECT_NE(outcome.err.find(part), std::string::npos)
        << "no '" << part << "' in " << outcome.err;
  }
  std::vector<std::string> after = folder.names();
  for (const char* own : {".out", ".err"}) std::erase(after, own), std::erase(before, own);
  EXPECT_EQ(after, before);
}

}  // namespace unroll
