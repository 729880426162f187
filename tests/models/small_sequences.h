#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/random_fill.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll {

// Small data sets of each kind: `count` sequences of 0 to 6 steps.
struct SmallSequences {
  explicit SmallSequences(std::size_t count = 9) {
    numbers.source = tokens.source = "a.jsonl";
    numbers.features = 2;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t steps = i * 5 % 7;
      numbers.begin.push_back(numbers.begin.back() + steps);
      for (std::size_t t = 0; t < steps; ++t)
        tokens.tokens.push_back(t % 3 == 0 ? "w0" : t % 3 == 1 ? "w1" : "w2");
    }
    tokens.begin = numbers.begin;
    numbers.values.resize(2 * numbers.steps());
    fill_random(numbers.values, 3);
  }

  Sequences labelled() const {
    Sequences s = numbers;
    s.target = TargetKind::kLabel;
    for (std::size_t i = 0; i < s.size(); ++i) s.labels.push_back(i % 3 == 0 ? "b" : "a");
    return s;
  }
  Sequences with_sets() const {
    Sequences s = labelled();
    for (std::size_t i = 0; i < s.size(); ++i) s.labels[i] = i % 3 == 0 ? "a|b" : i % 2 ? "c" : "";
    return s;
  }
  Sequences tagged() const {
    Sequences s = tokens;
    s.target = TargetKind::kStepLabel;
    for (std::size_t t = 0; t < s.steps(); ++t) {
      s.labels.push_back(s.tokens[t] == "w0" ? "B" : s.tokens[t] == "w1" ? "I" : "O");
    }
    return s;
  }
  // W = 2 numbers a sequence.
  Sequences valued() const {
    Sequences s = numbers;
    s.target = TargetKind::kValue, s.target_width = 2, s.target_names = {"p", "q"};
    for (std::size_t i = 0; i < s.size(); ++i) {
      s.targets.push_back(100 + static_cast<double>(s.length(i)));
      s.targets.push_back(static_cast<double>(i % 4));
    }
    return s;
  }

  Sequences numbers, tokens;
};

inline SequenceModelDescription describe(const Sequences& train, const HeadOptions& loss,
                                         const PreprocessingOptions& preprocessing = {}) {
  SequenceModelDescription d;
  d.preprocessing = Preprocessing::learn(train, preprocessing);
  const bool steps = is_of_steps(train.target);
  d.options = {.input_size = d.preprocessing.input_size(),
               .vocabulary_size = d.preprocessing.vocabulary_size(),
               .embedding_size = train.of_tokens() ? std::size_t{3} : 0,
               .hidden_size = 4,
               .layers = 2,
               .bidirectional = true,
               .cell = {.name = "gru", .reset = "before"},
               .pooling = parse_pooling(steps ? "steps" : "last+max"),
               .head = loss,
               .output_size = output_size(*make_head(loss), d.preprocessing),
               .dropout = 0.25,
               .initial_state = InitialState::kTrainable,
               .bias = Bias::kOne};
  return d;
}

// One of each kind of model, with its training data.
inline std::vector<std::pair<SequenceModelDescription, Sequences>> all_kinds() {
  const SmallSequences data;
  const PreprocessingOptions sets = {.multi_label = true};
  return {{describe(data.labelled(), HeadOptions{"softmax"}), data.labelled()},
          {describe(data.with_sets(), HeadOptions{"sigmoid"}, sets), data.with_sets()},
          {describe(data.tagged(), HeadOptions{"softmax"}), data.tagged()},
          {describe(data.valued(), HeadOptions{"huber"}), data.valued()},
          {describe(data.valued(), HeadOptions{"gaussian"}), data.valued()},
          {describe(data.valued(), HeadOptions{"quantiles", {0.1, 0.4, 0.5, 0.9}}), data.valued()},
          {describe(data.tagged(), HeadOptions{"crf"}), data.tagged()}};
}

}  // namespace unroll
