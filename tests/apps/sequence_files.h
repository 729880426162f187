#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace unroll {

// Small sequences with something to learn. The same arguments give the same files everywhere.
class SequenceFiles {
 public:
  explicit SequenceFiles(std::uint32_t seed) : random_(seed) {}

  // JSON lines of 3 to 10 steps that rise ("up") or fall ("down"), in turns; every 10th is empty
  // and called "none".
  std::string trends(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const bool up = i % 2 == 0, empty = i % 10 == 9;
      const double start = noise();
      nlohmann::json x = nlohmann::json::array();
      const int steps = empty ? 0 : length(3, 10);
      for (int t = 0; t < steps; ++t) x.push_back(start + (up ? t : -t) + 0.3 * noise());
      text += nlohmann::json{{"x", x},
                             {"label", empty ? "none"
                                       : up  ? "up"
                                             : "down"}}
                  .dump() +
              "\n";
    }
    return text;
  }

  // JSON lines with y = the sum of x, of 1 to 8 steps.
  std::string sums(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      nlohmann::json x = nlohmann::json::array();
      double sum = 0;
      for (int t = length(1, 8); t > 0; --t) {
        x.push_back(noise());
        sum += x.back().get<double>();
      }
      text += nlohmann::json{{"x", x}, {"y", 100 + 10 * sum}}.dump() + "\n";
    }
    return text;
  }

  // JSON lines with a y of every step: the sum of x up to it.
  std::string running_sums(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      nlohmann::json x = nlohmann::json::array(), y = x;
      double sum = 0;
      for (int t = length(1, 8); t > 0; --t) {
        x.push_back(noise());
        y.push_back(sum += x.back().get<double>());
      }
      text += nlohmann::json{{"x", x}, {"y", y}}.dump() + "\n";
    }
    return text;
  }

  // CoNLL columns: one or two words after "in" are a place, other than after "by".
  std::string places(int count) {
    const char* const names[] = {"Paris", "York", "Rome", "Salem"};
    const char* const words[] = {"she", "was", "and", "lived", "long"};
    std::string text;
    for (int i = 0; i < count; ++i) {
      for (int part = length(1, 3); part > 0; --part) {
        for (int w = length(0, 3); w > 0; --w) text += std::string(words[length(0, 4)]) + " O\n";
        const bool place = length(0, 2) > 0;
        text += place ? "in O\n" : "by O\n";
        const bool two = length(0, 1) == 1;
        if (two) text += std::string("New ") + (place ? "B-LOC\n" : "O\n");
        text += std::string(names[length(0, 3)]) + (!place ? " O\n"
                                                    : two  ? " I-LOC\n"
                                                           : " B-LOC\n");
      }
      text += "\n";
    }
    return text;
  }

  double noise() { return static_cast<double>(random_()) / 4294967296.0 - 0.5; }
  // low to high, both included.
  int length(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint32_t>(high - low + 1));
  }

 private:
  std::mt19937 random_;
};

}  // namespace unroll
