#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "unroll/data/preprocessing.h"
#include "unroll/data/sequence_batches.h"
#include "unroll/data/sequence_windows.h"
#include "unroll/models/sequence_model_file.h"
#include "unroll/nn/sequence_model_pass.h"
#include "unroll/optim/gradient_sum.h"
#include "unroll/train/training.h"

#pragma GCC visibility push(default)

namespace unroll {

struct SequenceTaskOptions {
  SequenceModelDescription description = {};
  InitializationOptions initialization = {};
  std::size_t batch = 16;
  // Not 0, for targets of steps: truncated back-propagation through time. A batch is the next so
  // many steps of all sequences, side by side; the state is carried on, and starts anew with every
  // epoch.
  std::size_t bptt = 0;
  std::vector<double> class_weights = {};  // (K), of kClass; empty: all 1
  std::uint64_t seed = 1;
  // A batch is cut into so many parts by row, each part's gradient is computed alone, and they are
  // added in order: the memory is that of one part. 1 to the number of rows; a smaller batch at the
  // end of an epoch has as many parts as rows. The bits of a run depend on it, as on the seed.
  std::size_t shards = 1;
};

// Trains a sequence model on some sequences, and validates it on others.
template <class T>
class SequenceTask : public TrainingTask<T> {
 public:
  // `valid` may be empty; its sequences are read from their first step on. Throws ValueError:
  // `train`, or `valid` where it is not empty, has no target that can be learnt (steps, for targets
  // by step; labels of the training data), the number of class weights is wrong, or a state is to
  // be carried on (bptt) by a model that is bidirectional or has no targets of steps.
  SequenceTask(SequenceTaskOptions options, EncodedSequences train, EncodedSequences valid);

  SequenceModel<T>& model() { return model_; }
  const SequenceTaskOptions& options() const { return options_; }

  Parameters<T> parameters() override { return model_.parameters(); }
  std::uint64_t updates_per_epoch() const override {
    return windows_ ? windows_->per_epoch() : batches_.per_epoch();
  }
  LossSum train_batch(const ThreadTeam& team, std::uint64_t update) override;
  bool has_validation() const override { return valid_.size() > 0; }
  Validation validate(const ThreadTeam& team) override;
  void add_model(SafetensorsWriter& file, const std::string& training) const override;
  // A batch is a function of the update's number: there is no other state than one that is carried
  // on.
  void save_state(CheckpointWriter& checkpoint) const override;
  void restore_state(const CheckpointReader& checkpoint) override;
  std::string fingerprint() const override;

 private:
  std::vector<std::size_t> rows_of_batch(std::uint64_t epoch, std::size_t number);
  void carry_state(const ThreadTeam& team, std::size_t number);
  double train_rows(const ThreadTeam& team, const DropoutKey& dropout, States<T>* state,
                    double share);
  double train_shards(const ThreadTeam& team, const std::vector<std::size_t>& rows, StepRange range,
                      std::uint64_t update);
  SequenceBatch<T> batch() const;  // batch_, as the model takes it

  SequenceTaskOptions options_;
  EncodedSequences train_, valid_;
  SequenceModel<T> model_;
  SequenceModelPass<T> pass_;
  std::optional<GradientSum<T>> gradient_;  // of shards
  SequenceBatches batches_;
  std::optional<SequenceWindows> windows_;
  States<T> state_;  // that is carried on: after the last window; none before the first
  PaddedBatch<T> batch_;
  std::vector<T> d_predictions_;
  std::string train_hash_, valid_hash_, preprocessing_hash_;  // for the fingerprint
};

extern template class SequenceTask<float>;
extern template class SequenceTask<double>;

}  // namespace unroll

#pragma GCC visibility pop
