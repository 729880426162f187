#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unroll/data/sequences.h"
#include "unroll/jobs/fit.h"
#include "unroll/models/sequence_model_file.h"
#include "unroll/train/sequence_task.h"

#pragma GCC visibility push(default)

namespace unroll {

struct SequenceSets {
  Sequences train = {}, valid = {};  // `valid` may be empty
  std::optional<Sequences> test = {};
};

// Moves this share of the training sequences to the validation set, drawn by the seed; of every
// label alike where each sequence has one (not where labels are sets). Throws OptionError
// (valid_fraction) where that leaves the validation set empty.
void hold_out(SequenceSets& sets, double valid_fraction, bool label_sets, std::uint64_t seed);

// The weights of the classes in the loss: all alike, 1 / frequency, or as given for some of them
// and 1 for the others. They are scaled so that their mean over the training data is 1.
struct ClassWeights {
  bool balanced = false;
  std::vector<std::pair<std::string, double>> given = {};
};
// (K), or empty where all are alike. Throws OptionError (class_weights) for a label that the data
// lack, and where labels are sets.
std::vector<double> class_weights(const ClassWeights& weights, const Preprocessing& preprocessing);

struct FitSequencesOptions {
  SequenceReaderOptions reader = {};  // how the files were read: kept in the model file
  PreprocessingOptions preprocessing = {};
  // The sizes of input, vocabulary and output follow from the data.
  SequenceModelOptions model = {};
  InitializationOptions initialization = {};
  ClassWeights class_weights = {};
  std::size_t batch = 16, shards = 1;
  std::uint64_t seed = 1;
};

// Trains a model that classifies sequences, tags their steps, or predicts numbers. Its report has
// train_loss, and for validation and test data, as valid_… and test_…, the loss, the figures of
// SequenceEvaluation, and for labels the confusion; test_unknown_labels counts the targets whose
// label the training data lack.
template <class T>
class FitSequences : public Fit<T> {
 public:
  using Number = T;
  using Model = TrainedSequenceModel<T>;

  // Throws FormatError and ValueError for data that cannot be learnt from.
  FitSequences(SequenceSets sets, const FitSequencesOptions& options);

  SequenceTask<T>& task() override { return *task_; }
  FitReport report(const std::vector<EpochRecord>& history, const RunStore& kept,
                   const ThreadTeam& team) const override;
  Model model(const RunStore& kept) const;

 private:
  std::unique_ptr<SequenceTask<T>> task_;
  EncodedSequences valid_;
  std::optional<EncodedSequences> test_;
  Sequences
      shown_;  // of which the predictions are reported: the test data, else the validation data
};

extern template class FitSequences<float>;
extern template class FitSequences<double>;

}  // namespace unroll

#pragma GCC visibility pop
