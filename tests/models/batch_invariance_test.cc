// What a model says of a sequence has the same bits alone and among others, in any order.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/targets.h"
#include "nn/random_fill.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/nn/language_model_pass.h"

namespace unroll {
namespace {

EncodedSequences sequences_of(const std::vector<std::size_t>& lengths, std::size_t features) {
  EncodedSequences all;
  all.features = features;
  for (const std::size_t length : lengths) all.begin.push_back(all.begin.back() + length);
  all.values.resize(all.begin.back() * features);
  fill_random(all.values, 7);
  return all;
}

EncodedSequences part_of(const EncodedSequences& all, const std::vector<std::size_t>& rows) {
  EncodedSequences part;
  part.features = all.features;
  for (const std::size_t row : rows) {
    const auto at = [&](std::size_t step) {
      return all.values.begin() + static_cast<std::ptrdiff_t>(step * all.features);
    };
    part.values.insert(part.values.end(), at(all.begin[row]), at(all.begin[row + 1]));
    part.begin.push_back(part.begin.back() + all.length(row));
  }
  return part;
}

template <class T>
void expect_invariant(const std::string& head, const std::string& pooling, Precision precision) {
  SequenceModel<T> model({.input_size = 3,
                          .hidden_size = 21,
                          .bidirectional = true,
                          .cell = {.name = "gru"},
                          .pooling = parse_pooling(pooling),
                          .head = {.name = head},
                          .output_size = 6,
                          .precision = precision});
  fill_random(model.parameters(), 3, 0.4);
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 150; ++i) lengths.push_back(1 + i * 7 % 23);
  const EncodedSequences all = sequences_of(lengths, 3);
  const std::size_t width = 6, steps = pooling == "steps" ? 1 : 0;
  const std::vector<T> together = predict(model, all, ThreadTeam(2));
  const auto expect_rows = [&](const std::vector<std::size_t>& rows) {
    const std::vector<T> some = predict(model, part_of(all, rows), ThreadTeam(1));
    std::size_t at = 0;
    for (const std::size_t row : rows) {
      const std::size_t first = steps == 1 ? all.begin[row] : row;
      const std::size_t count = width * (steps == 1 ? all.length(row) : 1);
      EXPECT_TRUE(std::equal(&some[at], &some[at] + count, &together[first * width]))
          << kernels::target_name() << " " << head << " " << pooling << ", row " << row << " of "
          << rows.size();
      at += count;
    }
  };
  for (std::size_t row = 0; row < lengths.size(); row += 11) expect_rows({row});
  expect_rows({149, 3, 77, 20});
  std::vector<std::size_t> reversed(lengths.size());
  for (std::size_t i = 0; i < reversed.size(); ++i) reversed[i] = reversed.size() - 1 - i;
  expect_rows(reversed);
}

TEST(BatchInvariance, OfPredictions) {
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    for (const auto& [head, pooling] :
         {std::pair{"softmax", "last+mean+max"}, std::pair{"gaussian", "last"},
          std::pair{"quantiles", "mean"}, std::pair{"softmax", "steps"}}) {
      expect_invariant<float>(head, pooling, Precision::kFull);
      expect_invariant<double>(head, pooling, Precision::kFull);
      expect_invariant<float>(head, pooling, Precision::kBf16);
    }
  }
  kernels::set_target(kernels::target_names().front());
}

TEST(BatchInvariance, OfLogits) {
  constexpr std::size_t kVocabulary = 83, kBatch = 11, kSteps = 4;
  for (const std::string& target : kernels::target_names()) {
    kernels::set_target(target);
    for (const bool tied : {false, true}) {
      LanguageModel<float> model({.vocabulary_size = kVocabulary,
                                  .embedding_size = 19,
                                  .hidden_size = 19,
                                  .layers = 2,
                                  .tied = tied});
      fill_random(model.parameters(), 5, 0.4);
      const ThreadTeam team(2);
      const PackedLanguageModel<float> packed(team, model);
      LanguageModelPass<float> together(packed), trained(model);
      States<float> state = model.zero_states(kBatch), other = model.zero_states(kBatch);
      std::vector<States<float>> alone(kBatch, model.zero_states(1));
      std::vector<float> logits(kBatch * kVocabulary), unpacked(logits.size()), row(kVocabulary);
      for (std::size_t t = 0; t < kSteps; ++t) {
        std::vector<std::uint32_t> tokens;
        for (std::size_t n = 0; n < kBatch; ++n) {
          tokens.push_back(static_cast<std::uint32_t>((t * 31 + n * 17) % kVocabulary));
        }
        together.step(team, tokens.data(), kBatch, state, logits.data());
        trained.step(team, tokens.data(), kBatch, other, unpacked.data());
        EXPECT_TRUE(unpacked == logits) << target << ", step " << t;
        for (std::size_t n = 0; n < kBatch; ++n) {
          LanguageModelPass<float> single(packed);
          single.step(ThreadTeam(1), &tokens[n], 1, alone[n], row.data());
          EXPECT_TRUE(std::equal(row.begin(), row.end(), &logits[n * kVocabulary]))
              << target << ", step " << t << ", row " << n;
        }
      }
    }
  }
  kernels::set_target(kernels::target_names().front());
}

}  // namespace
}  // namespace unroll
