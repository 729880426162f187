// Neither threads nor caches change a bit of what training computes, on any instruction set; nor
// has anything else since the README was written.

#include "measure/signature.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>

#include "kernels/caches.h"
#include "unroll/kernels/machine_limit.h"

namespace unroll::measure {
namespace {

constexpr std::size_t operator""_KiB(unsigned long long size) { return std::size_t{size} << 10; }

TEST(Signature, IsTheReadmes) {
  std::ifstream file(UNROLL_SOURCE_DIR "/README.md");
  const std::string readme(std::istreambuf_iterator<char>(file), {});
  const std::string best = instruction_set();
  int compared = 0;
  for (const std::string& target : instruction_sets()) {
    set_instruction_set(target);
    const std::size_t begin = readme.find("\n| " + target + " ");
    if (begin == std::string::npos) continue;  // an instruction set that nobody has measured on
    ++compared;
    const std::string row = readme.substr(begin, readme.find('\n', begin + 1) - begin);
    EXPECT_NE(row.find("`" + signature({}) + "`"), std::string::npos) << signature({}) << row;
  }
  set_instruction_set(best);
  EXPECT_GT(compared, 0) << "not even the fallback";
}

TEST(Signature, DependsOnTheInstructionSetAndTheShardsAlone) {
  const Caches found = caches();
  const std::string best = instruction_set();
  for (const std::string& target : instruction_sets()) {
    if (target == "scalar") continue;  // takes 30 times as long; the test of products has it
    set_instruction_set(target);
    std::string last;
    for (const std::size_t shards : {1u, 4u}) {
      const SignatureOptions alone = {.threads = 1, .shards = shards};
      const std::string expected = signature(alone);
      EXPECT_EQ(expected.size(), 16u);
      EXPECT_NE(expected, last) << "the shards change the order of sums";
      last = expected;
      kernels::set_caches({.l1 = 4_KiB, .l2 = 16_KiB, .l3 = 64_KiB, .source = "a small processor"});
      EXPECT_EQ(signature({.threads = 3, .shards = shards}), expected) << target << ' ' << shards;
      kernels::set_caches(found);
    }
  }
  set_instruction_set(best);
}

}  // namespace
}  // namespace unroll::measure
