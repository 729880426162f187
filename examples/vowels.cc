// Who says "ae"? Nine men said two Japanese vowels one after the other; each utterance is a
// sequence of 7 to 29 steps with 12 numbers (LPC cepstrum coefficients). A GRU in both directions
// reads it, and a linear layer on its last, mean and maximum state names the speaker.
//
// Usage: vowels FOLDER [SEED [FOLDER]], with JapaneseVowels_TRAIN.ts and …_TEST.ts in the first
// folder. Writes the learning curve and the confusion matrix into the second. Fails where less than
// 0.96 of the test utterances come out right.
// Data: Kudo, Toyama, Shimbo, "Multidimensional curve classification using passing-through
// regions", 1999.

#include <unroll/unroll.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "table_file.h"

int main(int argc, char** argv) try {
  if (argc < 2 || !std::filesystem::exists(argv[1])) {
    std::puts("skipped: no data given; usage: vowels FOLDER [SEED [FOLDER]]");
    return 77;
  }
  // 1. The files. What is learnt from the training data alone: means, deviations, classes.
  const std::string path = std::string(argv[1]) + "/JapaneseVowels_";
  const unroll::SequenceReaderOptions reader = {.target = unroll::TargetKind::kLabel};
  const unroll::Sequences files[] = {unroll::read_sequences(path + "TRAIN.ts", reader),
                                     unroll::read_sequences(path + "TEST.ts", reader)};
  const auto preprocessing = unroll::Preprocessing::learn(files[0], {});
  const unroll::EncodedSequences train = preprocessing.encode(files[0]);
  const unroll::EncodedSequences test = preprocessing.encode(files[1]);
  const std::size_t classes = preprocessing.classes().size();

  // 2. The model, and the task of training it with batches of similar length.
  unroll::SequenceModelDescription model;
  model.preprocessing = preprocessing;
  model.options.head.name = "softmax";
  model.options.input_size = preprocessing.input_size();
  model.options.hidden_size = 64;
  model.options.bidirectional = true;
  model.options.cell.name = "gru";
  model.options.output_size = classes;
  model.options.dropout = 0.2;
  const std::uint64_t seed = argc > 2 ? std::stoull(argv[2]) : 1;
  unroll::SequenceTask<float> task({.description = model, .batch = 16, .seed = seed}, train, {});
  constexpr std::uint64_t kEpochs = 60;
  const std::uint64_t batches = task.updates_per_epoch();
  unroll::Optimizer<float> optimizer({.name = "adam"}, task.parameters());
  const unroll::Schedule schedule(
      {.name = "cosine", .learning_rate = 5e-3, .total_updates = kEpochs * batches});

  // 3. For each batch: the gradient, not longer than 1, and a step against it.
  const unroll::ThreadTeam team(1);
  std::vector<std::pair<double, double>> curve;  // loss while training, accuracy on the test data
  unroll::SequenceEvaluation evaluation;
  for (std::uint64_t update = 0; update < kEpochs * batches;) {
    unroll::LossSum sum;
    for (std::uint64_t b = 0; b < batches; ++b, ++update) {
      const unroll::LossSum loss = task.train_batch(team, update);
      const double norm = unroll::gradient_norm(task.parameters(), team);
      optimizer.step(schedule.rate(update / batches + 1, update), unroll::clip_factor(norm, 1),
                     team);
      sum.sum += loss.sum, sum.items += loss.items;
    }
    const std::vector<float> predictions = unroll::predict(task.model(), test, team);
    evaluation = unroll::evaluate<float>(model, test, predictions);
    curve.emplace_back(sum.sum / static_cast<double>(sum.items), evaluation.metrics[0].second);
    if (update % (10 * batches) == 0) {
      std::printf("epoch %2zu  loss %.4f  test accuracy %.4f\n", curve.size(), curve.back().first,
                  curve.back().second);
    }
  }

  // 4. Who was taken for whom.
  std::printf("\nspeaker   taken for\n     ");
  for (const std::string& name : preprocessing.classes()) std::printf("%5s", name.c_str());
  const std::vector<std::size_t> taken = unroll::confusion_matrix(*evaluation.confusion, classes);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (i % classes == 0) std::printf("\n%5s", preprocessing.classes()[i / classes].c_str());
    std::printf("%5zu", taken[i]);
  }
  std::puts("");
  if (argc > 3) {
    TableFile curves(argv[3], "vowels", "epoch,loss,accuracy");
    for (std::size_t e = 0; e < curve.size(); ++e) {
      curves.row({static_cast<double>(e + 1), curve[e].first, curve[e].second});
    }
    curves.close();
    TableFile confusion(argv[3], "vowels_confusion", "true,predicted,count");
    for (std::size_t i = 0; i < taken.size(); ++i) {
      confusion.row({static_cast<double>(i / classes + 1), static_cast<double>(i % classes + 1),
                     static_cast<double>(taken[i])});
    }
    confusion.close();
  }
  return curve.back().second >= 0.96 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "vowels: %s\n", error.what());
  return 1;
}
