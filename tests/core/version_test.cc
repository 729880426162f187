#include "unroll/version.h"

#include <gtest/gtest.h>

#include <string>

namespace unroll {
namespace {

TEST(Version, LibraryAndHeadersAgree) {
  const BuildOptions& options = build_options();
  EXPECT_EQ(options.major, UNROLL_VERSION_MAJOR);
  EXPECT_EQ(options.minor, UNROLL_VERSION_MINOR);
  EXPECT_EQ(options.patch, UNROLL_VERSION_PATCH);
  EXPECT_EQ(version(), std::to_string(options.major) + "." + std::to_string(options.minor) + "." +
                           std::to_string(options.patch));
  EXPECT_NE(std::string(options.compiler).find("++ "), std::string::npos);
}

}  // namespace
}  // namespace unroll
