#pragma once

#include <cstdint>
#include <string>

namespace unroll {

// All functions throw what TextReader and InputFile throw.

// Code points of a text, counted as a character model counts them (TextReader).
std::uint64_t count_characters(const std::string& path);

// Bits per character of the text at `test` under independent characters, whose probabilities are
// the frequencies in the text at `train`, add one smoothed over the alphabet A of both texts:
//   p(a) = (count(a) + 1) / (characters of train + |A|)
double unigram_bits(const std::string& train, const std::string& test);

// Bits per character that xz -9e needs for the text at `test` once it has seen the one at `train`:
// 8·(size of both together, compressed - size of `train`, compressed) / characters of `test`. The
// dictionary holds both texts, up to liblzma's limit of 1.5 GiB.
double xz_bits(const std::string& train, const std::string& test);

}  // namespace unroll
