#include "unroll/core/suggest.h"

#include <gtest/gtest.h>

#include <array>

#include "core/names.h"
#include "messages.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

const std::vector<std::string> kCells = {"elman", "gru", "lstm"};

TEST(NearestName, HasTheSmallestEditDistance) {
  EXPECT_EQ(nearest_name("lsmt", kCells), "lstm");
  EXPECT_EQ(nearest_name("gro", kCells), "gru");
  EXPECT_EQ(nearest_name("elmann", kCells), "elman");
  EXPECT_EQ(nearest_name("character", {"word", "char", "byte"}), "char");
  EXPECT_EQ(nearest_name("ax", {"ay", "az"}), "ay");  // the first of equals
  // One more or one letter less is nearer than two other letters.
  EXPECT_EQ(nearest_name("lst", {"abt", "lstm"}), "lstm");
  EXPECT_EQ(nearest_name("lstmx", {"abtmx", "lstm"}), "lstm");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("transformer", kCells), "");
  EXPECT_EQ(nearest_name("xyz", kCells), "");
  EXPECT_EQ(nearest_name("lstm", {}), "");
  EXPECT_EQ(nearest_name("", kCells), "");
  EXPECT_EQ(nearest_name(std::string(std::size_t{1} << 26, 'l'), kCells), "");
}

TEST(UnknownNameMessage, ShowsTheNearestAndAll) {
  EXPECT_EQ(unknown_name_message("cell", "lsmt", kCells),
            "unknown cell 'lsmt'; did you mean 'lstm'? Known: elman, gru, lstm");
  EXPECT_EQ(unknown_name_message("cell", "transformer", kCells),
            "unknown cell 'transformer'; known: elman, gru, lstm");
  EXPECT_EQ(unknown_name_message("cell", "gru\n", kCells),
            "unknown cell 'gru\\n'; did you mean 'gru'? Known: elman, gru, lstm");
  EXPECT_EQ(unknown_name_message("label", "rex", {"red\x1b[31m", "x\n"}),
            "unknown label 'rex'; known: red\\x1b[31m, x\\n");
}

TEST(FindName, IsTheIndexOrAnError) {
  constexpr std::array<std::string_view, 2> kNames = {"epoch", "wrap"};
  EXPECT_EQ(find_name("cursor", "epoch", kNames), 0u);
  EXPECT_EQ(find_name("cursor", "wrap", kNames), 1u);
  EXPECT_EQ(message_of<ValueError>([&] { find_name("cursor", "warp", kNames); }),
            "unknown cursor 'warp'; did you mean 'wrap'? Known: epoch, wrap");
}

}  // namespace
}  // namespace unroll
