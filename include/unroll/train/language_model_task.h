#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "unroll/data/truncated_bptt.h"
#include "unroll/data/vocabulary.h"
#include "unroll/nn/language_model_pass.h"
#include "unroll/optim/gradient_sum.h"
#include "unroll/train/training.h"

#pragma GCC visibility push(default)

namespace unroll {

// What the loss is a mean over; the gradients differ by the factor T.
enum class WindowReduction : std::uint8_t {
  kMean,   // all tokens of a window
  kBatch,  // the lanes: summed over the window's steps (Zaremba, Sutskever, Vinyals 2014)
};
std::string window_reduction_name(WindowReduction reduction);     // "mean", "batch"
WindowReduction parse_window_reduction(const std::string& name);  // throws ValueError

struct LanguageModelTaskOptions {
  LanguageModelOptions model = {};  // vocabulary_size is taken from the vocabulary
  InitializationOptions initialization = {};
  TruncatedBpttOptions bptt = {};
  WindowReduction reduction = WindowReduction::kMean;
  std::uint64_t seed = 1;
  // A batch is cut into so many parts by row, each part's gradient is computed alone, and they are
  // added in order: the memory is that of one part. 1 to the number of rows. The bits of a run
  // depend on it, as they do on the seed.
  std::size_t shards = 1;
};

// Trains a language model on one text by truncated BPTT, and validates it on another.
template <class T>
class LanguageModelTask : public TrainingTask<T> {
 public:
  // `valid` may be empty. Throws ValueError, such as for a text too short for batch × bptt.
  LanguageModelTask(const LanguageModelTaskOptions& options, Vocabulary vocabulary,
                    std::vector<std::uint32_t> train, std::vector<std::uint32_t> valid);

  LanguageModel<T>& model() { return model_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }

  Parameters<T> parameters() override { return model_.parameters(); }
  std::uint64_t updates_per_epoch() const override { return bptt_.windows_per_epoch(); }
  LossSum train_batch(const ThreadTeam& team, std::uint64_t update) override;
  bool has_validation() const override { return !valid_.empty(); }
  Validation validate(const ThreadTeam& team) override;
  void add_model(SafetensorsWriter& file, const std::string& training) const override;
  void save_state(CheckpointWriter& checkpoint) const override;
  void restore_state(const CheckpointReader& checkpoint) override;
  std::string fingerprint() const override;

 private:
  double train_shard(const ThreadTeam& team, const BpttWindow& window, std::size_t shard,
                     double scale, std::uint64_t update);
  static std::vector<Shape> state_shapes(const LanguageModel<T>& model, std::size_t batch);

  LanguageModelTaskOptions options_;
  Vocabulary vocabulary_;
  std::vector<std::uint32_t> train_, valid_;
  LanguageModel<T> model_;
  LanguageModelPass<T> pass_;
  GradientSum<T> gradient_;
  States<T> state_;                              // of a shard
  std::vector<std::uint32_t> inputs_, targets_;  // of a shard, (T, n)
  TruncatedBptt<T> bptt_;
  std::string train_hash_, valid_hash_, vocabulary_hash_;  // for the fingerprint
};

extern template class LanguageModelTask<float>;
extern template class LanguageModelTask<double>;

}  // namespace unroll

#pragma GCC visibility pop
