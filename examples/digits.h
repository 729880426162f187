#pragma once

#include <unroll/core/random.h>
#include <unroll/data/preprocessing.h>
#include <unroll/data/read_sequences.h>
#include <unroll/data/sequence_batches.h>

#include <string>
#include <vector>

// Digits as sequences of rows, four fifths to train on and one to test on.
struct Digits {
  unroll::Sequences train, test;
};

inline Digits split(const unroll::Sequences& all) {
  const unroll::Split parts = unroll::stratified_split(all.size(), all.labels, 0.2, 1);
  return {unroll::select(all, parts.kept), unroll::select(all, parts.held_out)};
}

// A CSV file of 8 · 8 numbers and a label in each row.
inline Digits read_digits(const std::string& path) {
  return split(unroll::read_sequences(
      path, {.target = unroll::TargetKind::kLabel, .layout = "wide", .features_per_step = 8}));
}

// Pictures of three digits with noise: 0 is a frame, 1 a column, 7 a row above a diagonal.
inline Digits make_digits() {
  unroll::Sequences all = {
      .source = "made up", .features = 8, .target = unroll::TargetKind::kLabel};
  const unroll::Random random(1, unroll::RandomUse::kCheck);
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t row = 0; row < 8; ++row) {
      for (std::size_t column = 0; column < 8; ++column) {
        const bool edge = row % 7 == 0 || column % 7 == 0;
        const bool ink = i % 3 == 0   ? edge
                         : i % 3 == 1 ? column == 3 || column == 4
                                      : row == 0 || row + column == 7;
        all.values.push_back((ink ? 12 : 2) + 4 * random.normal(all.values.size()));
      }
    }
    all.begin.push_back(8 * (i + 1));
    all.labels.push_back(i % 3 == 0 ? "0" : i % 3 == 1 ? "1" : "7");
  }
  return split(all);
}

// The label of a sequence as the label of each of its steps.
inline unroll::Sequences label_steps(unroll::Sequences sequences) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    labels.insert(labels.end(), sequences.length(i), sequences.labels[i]);
  }
  sequences.labels = std::move(labels), sequences.target = unroll::TargetKind::kStepLabel;
  return sequences;
}

inline unroll::Sequences unlabelled(unroll::Sequences sequences) {
  sequences.labels = {}, sequences.target = unroll::TargetKind::kNone;
  return sequences;
}
