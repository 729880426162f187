#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#pragma GCC visibility push(default)

namespace unroll {

// Labels that the training data lack.
struct UnknownLabels {
  std::vector<std::string> names = {};  // each once, in the order of appearance
  std::size_t count = 0;                // rows that have one
};

// What is to be predicted, of R rows, in one of three ways. A class a row:
struct ClassTargets {
  std::size_t class_count = 0;              // K
  std::vector<std::uint32_t> classes = {};  // (R), below K; K + i for unknown.names[i]
  UnknownLabels unknown = {};
};
// a set of classes a row:
struct ClassSetTargets {
  std::size_t class_count = 0;             // K
  std::vector<std::uint8_t> members = {};  // (R, K): 1 for the classes of the set, else 0
  UnknownLabels unknown = {};              // left out of the sets
};
// or numbers.
struct NumberTargets {
  std::size_t width = 0;            // W
  std::vector<double> values = {};  // (R, W); NaN in a row that does not count
};

// Sequences as a model takes them. They share steps where the Sequences did: see there.
struct EncodedSequences {
  std::vector<std::size_t> begin = {0};    // (n+1)
  std::vector<std::size_t> offsets = {};   // (n), or empty: as begin
  std::size_t features = 0;                // I; 0 for tokens
  std::vector<double> values = {};         // (S, I)
  std::vector<std::uint32_t> tokens = {};  // (S)
  std::size_t unknown_tokens = 0;

  bool by_step = false;  // a row of the targets is a step, else a sequence
  // monostate: nothing is known, as of a file without targets.
  std::variant<std::monostate, ClassTargets, ClassSetTargets, NumberTargets> targets = {};

  std::size_t size() const { return begin.size() - 1; }
  std::size_t length(std::size_t i) const { return begin[i + 1] - begin[i]; }
  std::size_t offset(std::size_t i) const { return offsets.empty() ? begin[i] : offsets[i]; }
  std::size_t rows() const { return by_step ? begin.back() : size(); }  // R
  // Whether row r has a target, and one that is known from training.
  bool counts(std::size_t row) const;

  // The targets of a kind. Throw ValueError where they are of another kind, or none.
  const ClassTargets& class_targets() const;
  const ClassSetTargets& class_set_targets() const;
  const NumberTargets& number_targets() const;
  // Numbers of a row: W, K of sets, else 0.
  std::size_t target_width() const;
  std::size_t class_count() const;              // K of classes and sets, else 0
  const UnknownLabels& unknown_labels() const;  // of classes and sets, else none
};

}  // namespace unroll

#pragma GCC visibility pop
