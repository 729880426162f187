#include "unroll/data/encoded_sequences.h"

#include <algorithm>
#include <cmath>

#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr const char* kKinds[] = {"none", "classes", "sets of classes", "numbers"};

template <class Wanted>
const Wanted& wanted(const EncodedSequences& sequences, const char* kind) {
  if (const auto* targets = std::get_if<Wanted>(&sequences.targets)) return *targets;
  throw ValueError(std::string("the targets of the sequences are ") +
                   kKinds[sequences.targets.index()] + "; wanted " + kind);
}

}  // namespace

bool EncodedSequences::counts(std::size_t row) const {
  if (const auto* classes = std::get_if<ClassTargets>(&targets)) {
    return classes->classes[row] < classes->class_count;
  }
  if (const auto* numbers = std::get_if<NumberTargets>(&targets)) {
    const double* const first = numbers->values.data() + row * numbers->width;
    return std::none_of(first, first + numbers->width, [](double x) { return std::isnan(x); });
  }
  return std::holds_alternative<ClassSetTargets>(targets);
}

const ClassTargets& EncodedSequences::class_targets() const {
  return wanted<ClassTargets>(*this, "classes");
}
const ClassSetTargets& EncodedSequences::class_set_targets() const {
  return wanted<ClassSetTargets>(*this, "sets of classes");
}
const NumberTargets& EncodedSequences::number_targets() const {
  return wanted<NumberTargets>(*this, "numbers");
}

std::size_t EncodedSequences::target_width() const {
  if (const auto* sets = std::get_if<ClassSetTargets>(&targets)) return sets->class_count;
  const auto* numbers = std::get_if<NumberTargets>(&targets);
  return numbers != nullptr ? numbers->width : 0;
}

std::size_t EncodedSequences::class_count() const {
  if (const auto* classes = std::get_if<ClassTargets>(&targets)) return classes->class_count;
  const auto* sets = std::get_if<ClassSetTargets>(&targets);
  return sets != nullptr ? sets->class_count : 0;
}

const UnknownLabels& EncodedSequences::unknown_labels() const {
  static const UnknownLabels none;
  if (const auto* classes = std::get_if<ClassTargets>(&targets)) return classes->unknown;
  const auto* sets = std::get_if<ClassSetTargets>(&targets);
  return sets != nullptr ? sets->unknown : none;
}

}  // namespace unroll
