#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/data/encoded_sequences.h"
#include "unroll/data/sequences.h"
#include "unroll/data/vocabulary.h"

#pragma GCC visibility push(default)

namespace unroll {

// What becomes of a value that is missing.
enum class Missing : std::uint8_t {
  kRefuse,    // an error that names the sequence and the step
  kZero,      // 0, in the file's units
  kMean,      // the feature's mean over the training data
  kPrevious,  // the last value of the feature in this sequence; its mean where there is none
};

// "refuse", "zero", "mean" or "previous", and back; the latter throws ValueError.
std::string missing_name(Missing missing);
Missing parse_missing(const std::string& name);

struct PreprocessingOptions {
  bool standardize = true;  // features, and targets that are numbers: mean 0, variance 1
  Missing missing = Missing::kRefuse;
  bool missing_mask = false;   // a further feature for each: 1 where its value is missing, else 0
  bool multi_label = false;    // a label is a set, written a|b; "|" and "" are the empty one
  Level level = Level::kWord;  // of tokens
  VocabularyOptions vocabulary = {};  // of tokens
};

// What is learnt from the training data alone, kept in the model file, and done to every file that
// the model meets: standardisation, missing values, the vocabulary of the tokens, the classes.
class Preprocessing {
 public:
  // Throws FormatError where `train` lacks what is needed: no sequence, fewer than two classes, no
  // target, or one that is not a number; and for numbers that overflow. What sequences share counts
  // once for each of them. Throws ValueError, as encode() does, for offsets beyond the steps.
  static Preprocessing learn(const Sequences& train, const PreprocessingOptions& options);

  // Throws FormatError for other features than those of the training data, for missing values that
  // are to be refused, for targets of another kind, and for numbers beyond 10¹⁸ deviations. The
  // values are those that each sequence has alone: with Missing::kPrevious, one that shares its
  // steps and begins with a missing value gets steps of its own.
  EncodedSequences encode(const Sequences& sequences) const;

  // One sequence that comes from no file, with the bits and the errors that encode() has for a file
  // `source` that holds it alone. Numbers (T, I) are in the file's units, NaN where one is missing;
  // a text is cut into tokens by options().level, as the readers do. Throw FormatError also for
  // numbers that make no whole steps, and for what is no text and no token.
  EncodedSequences encode_values(std::span<const double> values,
                                 const std::string& source = "the input") const;
  EncodedSequences encode_tokens(std::span<const std::string> tokens,
                                 const std::string& source = "the input") const;
  EncodedSequences encode_text(std::string_view text,
                               const std::string& source = "the input") const;
  // The next step (I) of a sequence that comes step by step, with the bits that encode_values() has
  // for it in the whole: writes input_size() numbers. `previous` is what Missing::kPrevious needs
  // of the steps before: empty at the begin of a sequence, and then left to these calls.
  void encode_step(std::span<const double> step, std::vector<double>& previous,
                   std::span<double> to, const std::string& source = "the input") const;

  // One JSON object, part of the model file's format.
  std::string to_json() const;
  // Throws FormatError, naming `source`.
  static Preprocessing from_json(std::string_view json, const std::string& source);

  const PreprocessingOptions& options() const { return options_; }
  TargetKind target() const { return target_; }
  std::size_t features() const { return features_; }  // I of the files; 0 for tokens
  const std::vector<std::string>& feature_names() const { return feature_names_; }  // (I) or empty
  // A feature of the training data, in the file's units: its mean, which Missing::kMean fills in,
  // and its deviation, or 1 where it is constant. With options().standardize the model sees
  // (x - mean) / scale, else x.
  double feature_mean(std::size_t feature) const { return mean_[feature]; }
  double feature_scale(std::size_t feature) const { return scale_[feature]; }
  std::size_t input_size() const;  // I of the model, masks included; 0 for tokens
  // V of the model: the vocabulary, and a last token for all that it lacks; 0 for numbers.
  std::size_t vocabulary_size() const;
  // Names of the classes, in the order of the model's outputs, and how often each was in training.
  const std::vector<std::string>& classes() const { return classes_; }
  const std::vector<std::size_t>& class_counts() const { return class_counts_; }
  const std::vector<std::string>& target_names() const { return target_names_; }
  std::size_t target_width() const;  // columns of targets: W
  // A standardised target in the file's units: mean + scale · x.
  double target_mean(std::size_t column) const { return target_mean_[column]; }
  double target_scale(std::size_t column) const { return target_scale_[column]; }
  // Mean and mean absolute deviation of a target in training, in the file's units; the latter is 0
  // for a constant target.
  double training_mean(std::size_t column) const { return training_mean_[column]; }
  double training_deviation(std::size_t column) const { return training_deviation_[column]; }

 private:
  bool fits_together() const;
  std::string feature_name(std::size_t c) const;  // for messages
  void learn_features(const Sequences& train);
  void learn_classes(const Sequences& train);
  void learn_targets(const Sequences& train);
  void require_features(std::size_t found, const std::string& source) const;
  // `previous` (I); `place` makes the begin of a message.
  void encode_step(const double* step, double* previous, double* to,
                   const std::function<std::string()>& place) const;
  void add_values(const Sequences& from, EncodedSequences& to) const;
  void add_tokens(const Sequences& from, EncodedSequences& to) const;
  ClassTargets classes_of(const Sequences& from) const;
  ClassSetTargets class_sets_of(const Sequences& from) const;
  NumberTargets numbers_of(const Sequences& from) const;

  PreprocessingOptions options_;
  TargetKind target_ = TargetKind::kNone;
  std::size_t features_ = 0;                // I of the files
  std::vector<std::string> feature_names_;  // (I) or empty
  std::vector<double> mean_, scale_;        // (I)
  std::optional<Vocabulary> vocabulary_;
  std::vector<std::string> classes_;
  std::vector<std::size_t> class_counts_;                   // (K)
  std::vector<std::string> target_names_;                   // (W) or empty
  std::vector<double> target_mean_, target_scale_;          // (W)
  std::vector<double> training_mean_, training_deviation_;  // (W)
};

// The sequences of these indices, in this order.
Sequences select(const Sequences& from, const std::vector<std::size_t>& indices);

}  // namespace unroll

#pragma GCC visibility pop
