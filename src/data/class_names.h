#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace unroll::detail {

// The labels as numbers, where all of them are: "1" and "1.0" are the same one then.
std::optional<std::vector<double>> label_numbers(const std::vector<std::string>& labels);

// By value where all are numbers, else by bytes.
void sort_labels(std::vector<std::string>& labels);

// The parts of "a|b"; none of "".
std::vector<std::string> parts_of(const std::string& labels);

// The numbers of labels: those of the classes, then those of labels that are none of them. Where
// all classes are numbers, a label is the class that is equal to it.
class ClassNumbers {
 public:
  // `unknown` receives the latter.
  ClassNumbers(const std::vector<std::string>& classes, std::vector<std::string>& unknown);

  std::uint32_t of(const std::string& label);

 private:
  std::map<std::string, std::uint32_t> index_;
  std::map<double, std::uint32_t> by_value_;  // where all classes are numbers
  std::uint32_t next_ = 0;
  std::vector<std::string>& unknown_;
};

}  // namespace unroll::detail
