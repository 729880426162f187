#include "unroll/data/preprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "core/names.h"
#include "data/class_names.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using detail::ClassNumbers;
using detail::parts_of;

constexpr std::array<std::string_view, 4> kMissingNames = {"refuse", "zero", "mean", "previous"};

// Rounding alone makes a constant column deviate by some units in the last place.
bool is_rounding(double deviation, double mean) { return deviation <= 1e-12 * std::fabs(mean); }

// Mean and standard deviation of the columns of (rows, width), whose rows are in `parts`, NaNs left
// out; not finite where they overflow. A column that is constant, or all missing, gets the scale 1:
// it becomes 0. Two passes: the usual one-pass formula cancels where the mean is large.
void learn_scale(const std::vector<std::span<const double>>& parts, std::size_t width,
                 std::vector<double>& mean, std::vector<double>& scale) {
  mean.assign(width, 0), scale.assign(width, 1);
  std::vector<std::size_t> count(width, 0);
  const auto for_each = [&](const auto& use) {
    for (const std::span<const double> values : parts) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) use(i % width, values[i]);
      }
    }
  };
  for_each([&](std::size_t c, double x) { mean[c] += x, ++count[c]; });
  for (std::size_t c = 0; c < width; ++c) {
    mean[c] /= static_cast<double>(std::max<std::size_t>(1, count[c]));
  }
  std::vector<double> squares(width, 0);
  for_each([&](std::size_t c, double x) { squares[c] += (x - mean[c]) * (x - mean[c]); });
  for (std::size_t c = 0; c < width; ++c) {
    const double deviation =
        std::sqrt(squares[c] / static_cast<double>(std::max<std::size_t>(1, count[c])));
    if (!is_rounding(deviation, mean[c])) scale[c] = deviation;
  }
}

// That sequences which share steps have them.
void require_stored(const Sequences& sequences) {
  if (sequences.offsets.empty()) return;
  const std::size_t stored = sequences.of_tokens() ? sequences.tokens.size()
                                                   : sequences.values.size() / sequences.features;
  bool fits = sequences.offsets.size() == sequences.size();
  for (std::size_t i = 0; fits && i < sequences.size(); ++i) {
    fits = sequences.length(i) <= stored && sequences.offsets[i] <= stored - sequences.length(i);
  }
  if (fits) return;
  throw ValueError(sequences.source + ": its sequences share steps that are not there; " +
                   std::to_string(stored) + " are stored");
}

// All steps of all sequences, in their order; one that is shared, each time.
std::vector<std::span<const double>> values_of(const Sequences& sequences) {
  if (sequences.offsets.empty()) return {sequences.values};
  std::vector<std::span<const double>> parts;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    parts.push_back(std::span(sequences.values)
                        .subspan(sequences.offset(i) * sequences.features,
                                 sequences.length(i) * sequences.features));
  }
  return parts;
}
std::vector<std::string> tokens_of(const Sequences& sequences) {
  if (sequences.offsets.empty()) return sequences.tokens;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const auto first = sequences.tokens.begin() + static_cast<std::ptrdiff_t>(sequences.offset(i));
    tokens.insert(tokens.end(), first, first + static_cast<std::ptrdiff_t>(sequences.length(i)));
  }
  return tokens;
}

// What still has a square, and is within the range of float.
bool is_moderate(double x) { return std::fabs(x) < 1e18; }

// "runs.csv: sequence 3 ('id'), step 7", counted from 1.
std::string place(const Sequences& sequences, std::size_t step) {
  const auto after = std::upper_bound(sequences.begin.begin(), sequences.begin.end(), step);
  const auto i = static_cast<std::size_t>(after - sequences.begin.begin()) - 1;
  std::string text = sequences.source + ": sequence " + std::to_string(i + 1);
  if (!sequences.ids.empty()) text += " (" + quote(sequences.ids[i]) + ")";
  return text + ", step " + std::to_string(step - sequences.begin[i] + 1);
}

}  // namespace

std::string missing_name(Missing missing) {
  return std::string(kMissingNames[static_cast<std::size_t>(missing)]);
}

Missing parse_missing(const std::string& name) {
  return static_cast<Missing>(find_name("missing", name, kMissingNames));
}

Preprocessing Preprocessing::learn(const Sequences& train, const PreprocessingOptions& options) {
  if (train.size() == 0) throw FormatError(train.source + ": holds no sequence");
  require_stored(train);
  Preprocessing learnt;
  learnt.options_ = options;
  learnt.target_ = train.target;
  if (train.of_tokens()) {
    learnt.vocabulary_ = Vocabulary::build(tokens_of(train), options.level, options.vocabulary);
  } else {
    learnt.learn_features(train);
  }
  if (is_label(train.target)) {
    learnt.learn_classes(train);
  } else {
    learnt.learn_targets(train);
  }
  return learnt;
}

void Preprocessing::learn_features(const Sequences& train) {
  features_ = train.features;
  feature_names_ = train.feature_names;
  learn_scale(values_of(train), features_, mean_, scale_);
  for (std::size_t c = 0; c < features_; ++c) {
    if (std::isfinite(mean_[c]) && std::isfinite(scale_[c])) continue;
    throw FormatError(train.source + ": the numbers of " + feature_name(c) +
                      " are too large to have a mean and a deviation; scale them down");
  }
}

std::string Preprocessing::feature_name(std::size_t c) const {
  return "feature " + (feature_names_.empty() ? std::to_string(c + 1) : quote(feature_names_[c]));
}

void Preprocessing::learn_classes(const Sequences& train) {
  std::map<std::string, std::size_t> count;
  for (const std::string& label : train.labels) {
    if (!options_.multi_label) {
      ++count[label];
      continue;
    }
    for (const std::string& part : parts_of(label)) ++count[part];
  }
  std::vector<std::string> labels;
  for (const auto& [label, times] : count) labels.push_back(label);
  detail::sort_labels(labels);
  const auto numbers = detail::label_numbers(labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool same = i > 0 && numbers && (*numbers)[i] == (*numbers)[i - 1];
    if (!same) classes_.push_back(labels[i]), class_counts_.push_back(0);
    class_counts_.back() += count[labels[i]];
  }
  if (classes_.size() < (options_.multi_label ? 1u : 2u)) {
    throw FormatError(train.source + ": has " + std::to_string(classes_.size()) +
                      " different labels" +
                      (classes_.empty() ? "" : " (" + quote(classes_[0]) + ")") +
                      "; wanted at least " + (options_.multi_label ? "1" : "2"));
  }
}

void Preprocessing::learn_targets(const Sequences& train) {
  target_names_ = train.target_names;
  for (std::size_t i = 0; i < train.targets.size(); ++i) {
    if (std::isfinite(train.targets[i])) continue;
    if (train.targets_may_be_missing && std::isnan(train.targets[i])) continue;
    throw FormatError(train.source + ": target " + std::to_string(i / train.target_width + 1) +
                      " is missing; every sequence or step that is trained on needs one");
  }
  if (train.target == TargetKind::kNone) return;
  const std::size_t width = train.target_width;
  if (train.targets.empty()) throw FormatError(train.source + ": has no target to train on");
  learn_scale({train.targets}, width, target_mean_, target_scale_);
  for (std::size_t c = 0; c < width; ++c) {
    if (std::isfinite(target_mean_[c]) && std::isfinite(target_scale_[c])) continue;
    throw FormatError(train.source + ": its targets are too large to have a mean and a deviation" +
                      "; scale them down");
  }
  training_mean_ = target_mean_;
  training_deviation_.assign(width, 0);
  std::vector<double> rows(width, 0);
  for (std::size_t i = 0; i < train.targets.size(); ++i) {
    if (!std::isnan(train.targets[i])) ++rows[i % width];
  }
  for (std::size_t i = 0; i < train.targets.size(); ++i) {
    if (std::isnan(train.targets[i])) continue;
    training_deviation_[i % width] +=
        std::fabs(train.targets[i] - training_mean_[i % width]) / rows[i % width];
  }
  for (std::size_t c = 0; c < width; ++c) {
    if (is_rounding(training_deviation_[c], training_mean_[c])) training_deviation_[c] = 0;
  }
  if (options_.standardize) return;
  std::fill(target_mean_.begin(), target_mean_.end(), 0.0);
  std::fill(target_scale_.begin(), target_scale_.end(), 1.0);
}

std::size_t Preprocessing::input_size() const {
  return options_.missing_mask ? 2 * features_ : features_;
}

std::size_t Preprocessing::vocabulary_size() const {
  if (!vocabulary_) return 0;
  return vocabulary_->size() + (vocabulary_->unknown() ? 0 : 1);
}

std::size_t Preprocessing::target_width() const {
  return is_label(target_) ? (options_.multi_label ? classes_.size() : 0) : target_mean_.size();
}

EncodedSequences Preprocessing::encode(const Sequences& sequences) const {
  require_stored(sequences);
  EncodedSequences encoded;
  encoded.begin = sequences.begin, encoded.offsets = sequences.offsets;
  if (sequences.of_tokens() != vocabulary_.has_value()) {
    throw FormatError(sequences.source + ": holds " +
                      (sequences.of_tokens() ? "tokens" : "numbers") +
                      ", but the model was trained on " + (vocabulary_ ? "tokens" : "numbers"));
  }
  if (vocabulary_) {
    add_tokens(sequences, encoded);
  } else {
    add_values(sequences, encoded);
  }
  encoded.by_step = is_of_steps(target_);
  if (sequences.target == TargetKind::kNone) return encoded;
  if (sequences.target != target_) {
    throw FormatError(sequences.source +
                      ": its targets are of another kind than those of the training data");
  }
  if (!is_label(target_)) {
    encoded.targets = numbers_of(sequences);
  } else if (options_.multi_label) {
    encoded.targets = class_sets_of(sequences);
  } else {
    encoded.targets = classes_of(sequences);
  }
  return encoded;
}

void Preprocessing::require_features(std::size_t found, const std::string& source) const {
  if (found == features_) return;
  throw FormatError(source + ": has " + std::to_string(found) +
                    " features a step, but the training data have " + std::to_string(features_));
}

void Preprocessing::encode_step(const double* step, double* previous, double* to,
                                const std::function<std::string()>& place) const {
  for (std::size_t c = 0; c < features_; ++c) {
    double value = step[c];
    const bool missing = std::isnan(value);
    if (missing && options_.missing == Missing::kRefuse) {
      throw FormatError(place() + ": " + feature_name(c) +
                        " is missing; fill it, or say in training what is to become of it: "
                        "--missing previous, mean or zero");
    }
    if (missing) {
      value = options_.missing == Missing::kZero   ? 0
              : options_.missing == Missing::kMean ? mean_[c]
                                                   : previous[c];
    }
    previous[c] = value;
    to[c] = options_.standardize ? (value - mean_[c]) / scale_[c] : value;
    if (!is_moderate(to[c])) {
      throw FormatError(place() + ": " + feature_name(c) +
                        " is too far from the training data to be used");
    }
    if (options_.missing_mask) to[features_ + c] = missing ? 1 : 0;
  }
}

void Preprocessing::add_values(const Sequences& from, EncodedSequences& to) const {
  require_features(from.features, from.source);
  if (!from.feature_names.empty() && !feature_names_.empty() &&
      from.feature_names != feature_names_) {
    const auto differs = std::mismatch(feature_names_.begin(), feature_names_.end(),
                                       from.feature_names.begin(), from.feature_names.end());
    throw FormatError(from.source + ": the feature " + quote(*differs.second) +
                      " stands where the training data have " + quote(*differs.first));
  }
  const bool shared = !from.offsets.empty(), carries = options_.missing == Missing::kPrevious;
  const std::size_t stored = from.values.size() / features_;
  to.features = input_size();
  to.values.resize(stored * to.features);
  std::vector<bool> is_encoded(shared && !carries ? stored : 0);
  std::vector<double> previous;
  std::size_t row = 0;
  const std::function<std::string()> at = [&] { return place(from, row); };
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t first = from.offset(i), length = from.length(i);
    std::size_t to_first = first;
    if (shared && carries && length > 0) {
      // A value that is missing in the first step has none before it in this sequence, but may have
      // one in another that shares the step. From a first step that is whole on, both agree.
      const double* const values = from.values.data() + first * features_;
      if (std::any_of(values, values + features_, [](double x) { return std::isnan(x); })) {
        to_first = to.offsets[i] = to.values.size() / to.features;
        to.values.resize(to.values.size() + length * to.features);
      }
    }
    previous = mean_;
    for (std::size_t t = 0; t < length; ++t) {
      row = from.begin[i] + t;
      if (!is_encoded.empty()) {
        if (is_encoded[first + t]) continue;
        is_encoded[first + t] = true;
      }
      encode_step(from.values.data() + (first + t) * features_, previous.data(),
                  to.values.data() + (to_first + t) * to.features, at);
    }
  }
}

void Preprocessing::add_tokens(const Sequences& from, EncodedSequences& to) const {
  const std::uint32_t unknown =
      vocabulary_->unknown().value_or(static_cast<std::uint32_t>(vocabulary_->size()));
  std::vector<bool> is_known;
  to.tokens.reserve(from.tokens.size());
  for (const std::string& token : from.tokens) {
    const std::optional<std::uint32_t> id = vocabulary_->id(token);
    is_known.push_back(id.has_value());
    to.tokens.push_back(id.value_or(unknown));
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t t = 0; t < from.length(i); ++t) {
      if (!is_known[from.offset(i) + t]) ++to.unknown_tokens;
    }
  }
}

ClassTargets Preprocessing::classes_of(const Sequences& from) const {
  ClassTargets to = {.class_count = classes_.size()};
  ClassNumbers numbers(classes_, to.unknown.names);
  for (const std::string& label : from.labels) {
    to.classes.push_back(numbers.of(label));
    to.unknown.count += to.classes.back() < classes_.size() ? 0 : 1;
  }
  return to;
}

ClassSetTargets Preprocessing::class_sets_of(const Sequences& from) const {
  ClassSetTargets to = {.class_count = classes_.size()};
  ClassNumbers numbers(classes_, to.unknown.names);
  to.members.assign(from.labels.size() * classes_.size(), 0);
  for (std::size_t i = 0; i < from.labels.size(); ++i) {
    bool all_known = true;
    for (const std::string& part : parts_of(from.labels[i])) {
      const std::uint32_t k = numbers.of(part);
      if (k < classes_.size()) to.members[i * classes_.size() + k] = 1;
      all_known = all_known && k < classes_.size();
    }
    to.unknown.count += all_known ? 0 : 1;
  }
  return to;
}

NumberTargets Preprocessing::numbers_of(const Sequences& from) const {
  const std::size_t width = target_width();
  if (from.target_width != width) {
    throw FormatError(from.source + ": has " + std::to_string(from.target_width) +
                      " target columns, but the training data have " + std::to_string(width));
  }
  NumberTargets to = {.width = width, .values = std::vector<double>(from.targets.size())};
  for (std::size_t i = 0; i < from.targets.size(); ++i) {
    if (from.targets_may_be_missing && std::isnan(from.targets[i])) {
      to.values[i] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    if (!std::isfinite(from.targets[i])) {
      throw FormatError(from.source + ": target " + std::to_string(i / width + 1) + " is missing");
    }
    to.values[i] = (from.targets[i] - target_mean_[i % width]) / target_scale_[i % width];
    if (!is_moderate(to.values[i])) {
      throw FormatError(from.source + ": target " + std::to_string(i / width + 1) +
                        " is too far from the training data to be used");
    }
  }
  return to;
}

Sequences select(const Sequences& from, const std::vector<std::size_t>& indices) {
  Sequences to;
  to.source = from.source, to.reading = from.reading;
  to.features = from.features, to.feature_names = from.feature_names;
  to.target = from.target, to.target_width = from.target_width;
  to.target_names = from.target_names;
  to.targets_may_be_missing = from.targets_may_be_missing;
  if (!from.offsets.empty()) to.values = from.values, to.tokens = from.tokens;
  const std::size_t width = from.target_width;
  const auto append = [](auto& out, const auto& in, std::size_t begin, std::size_t end) {
    out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(begin),
               in.begin() + static_cast<std::ptrdiff_t>(end));
  };
  for (const std::size_t i : indices) {
    const std::size_t begin = from.begin[i], end = from.begin[i + 1];
    to.begin.push_back(to.begin.back() + end - begin);
    if (!from.ids.empty()) to.ids.push_back(from.ids[i]);
    if (!from.offsets.empty()) {
      to.offsets.push_back(from.offsets[i]);
    } else {
      append(to.values, from.values, begin * from.features, end * from.features);
      if (from.of_tokens()) append(to.tokens, from.tokens, begin, end);
    }
    const bool steps = is_of_steps(from.target);
    const std::size_t first = steps ? begin : i, last = steps ? end : i + 1;
    if (is_label(from.target)) append(to.labels, from.labels, first, last);
    append(to.targets, from.targets, first * width, last * width);
  }
  return to;
}

}  // namespace unroll
