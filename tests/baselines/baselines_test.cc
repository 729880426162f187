#include "baselines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/io/file.h"

namespace unroll {
namespace {

class Baselines : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_.file(name), text);
    return folder_.file(name);
  }

 private:
  TemporaryFolder folder_;
};

// Printable characters, each as likely as the others and independent.
std::string noise(std::size_t count, std::uint64_t seed) {
  const Random random(seed, RandomUse::kCheck);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += static_cast<char>(' ' + static_cast<char>(random.below(i, 64)));
  }
  return text;
}

TEST_F(Baselines, CharactersAreCodePointsAndLineEndsCountOnce) {
  EXPECT_EQ(count_characters(write("text", "a\xC3\xA4\r\n\xE2\x82\xAC")), 4u);
}

TEST_F(Baselines, UnigramIsTheCrossEntropyOfTheTestTextUnderSmoothedFrequencies) {
  const std::string train = write("train", "aaab");
  // p(a) = 4/7, p(b) = 2/7, p(c) = 1/7 over the alphabet {a, b, c}.
  EXPECT_DOUBLE_EQ(unigram_bits(train, write("test", "aabc")),
                   -(2 * std::log2(4.0 / 7) + std::log2(2.0 / 7) + std::log2(1.0 / 7)) / 4);
}

TEST_F(Baselines, XzNeedsAlmostNothingForWhatItHasSeen) {
  const std::string seen = noise(40000, 1);
  const double bits = xz_bits(write("train", seen + noise(40000, 2)), write("test", seen));
  EXPECT_GT(bits, 0);
  EXPECT_LT(bits, 0.1);
}

TEST_F(Baselines, XzNeedsTheWholeEntropyOfWhatItHasNotSeen) {
  const double bits = xz_bits(write("train", noise(40000, 1)), write("test", noise(20000, 2)));
  EXPECT_GT(bits, 6);  // log2 64
  EXPECT_LT(bits, 6.4);
}

TEST_F(Baselines, XzCountsBitsPerCharacterAndNotPerByte) {
  const std::string test = noise(20000, 2);
  std::string wide;
  for (const char byte : test) (wide += '\xC5') += static_cast<char>(0x80 + (byte - ' '));
  const std::string train = write("train", noise(40000, 1));
  EXPECT_GT(xz_bits(train, write("wide", wide)), 6);
}

TEST_F(Baselines, BadTextsAreRefused) {
  const std::string good = write("good", "text");
  EXPECT_NE(message_of<FileError>([&] { unigram_bits("missing", good); }).find("missing"),
            std::string::npos);
  message_of<FormatError>([&] { unigram_bits(good, write("empty", "")); });
  message_of<FormatError>([&] { xz_bits(good, write("latin", "\xE4")); });
}

}  // namespace
}  // namespace unroll
