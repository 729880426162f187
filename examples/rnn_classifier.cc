// A classifier with fit and predict, through the library: an Elman recurrence reads a handwritten
// digit row by row, 8 rows of 8 pixels, and says which one it is.
//
//   h_t = f(W x_t + b + U h_{t-1})         f: tanh or relu; h_0 is given by the user
//   z = V h_T + c,  or  z_t = V h_t + c    after the last step, or after every step
//   loss: softmax (one of K classes) or sigmoid (K answers, yes or no)
//
// Usage: rnn_classifier [digits.csv [FOLDER]]. Without a file it makes up digits of its own. Writes
// the learning curves into FOLDER. Fails where less than 0.88 of the test digits come out right.

#include <unroll/unroll.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

#include "digits.h"
#include "table_file.h"

struct Variant {
  const char *name, *activation;
  unroll::HeadOptions loss;
  bool every_step;
  float initial;  // h_0 of each unit
};
const Variant kVariants[] = {
    {"tanh, softmax, last step", "tanh", unroll::HeadOptions{"softmax"}, false, 0},
    {"relu, softmax, last step", "relu", unroll::HeadOptions{"softmax"}, false, 0},
    {"tanh, sigmoid, last step", "tanh", unroll::HeadOptions{"sigmoid"}, false, 0},
    {"tanh, softmax, every step", "tanh", unroll::HeadOptions{"softmax"}, true, 0},
    {"tanh, softmax, h_0 = 0.5", "tanh", unroll::HeadOptions{"softmax"}, false, 0.5f}};
constexpr int kEpochs = 40;

class RnnClassifier {
 public:
  RnnClassifier(const Variant& variant, const unroll::Sequences& train)
      : variant_(variant),
        preprocessing_(unroll::Preprocessing::learn(
            train, {.multi_label = variant.loss == unroll::HeadOptions{"sigmoid"}})),
        classes_(preprocessing_.classes().size()),
        model_({.input_size = preprocessing_.input_size(),
                .hidden_size = 64,
                .cell = {.name = "elman", .activation = variant.activation},
                .pooling = unroll::parse_pooling(variant.every_step ? "steps" : "last"),
                .output_size = classes_}),
        pass_(model_),
        optimizer_({.name = "adam"}, model_.parameters()) {
    model_.initialize({.seed = 1});
  }

  // One pass over the training data, the `epoch`th: a step against the gradient for each batch.
  void fit(const unroll::Sequences& train, std::uint64_t epoch) {
    const unroll::EncodedSequences data = preprocessing_.encode(train);
    unroll::SequenceBatches batches(std::vector(data.size(), data.length(0)), 16, 1);
    for (std::size_t i = 0; i < batches.per_epoch(); ++i) {
      batch_.assign(data, batches.batch(epoch, i));
      unroll::States<float> state = initial_state(variant_.initial);
      const float* z = pass_.forward_training(team_, input(), {}, &state);
      std::vector<float> gradient(batch_.rows * classes_);
      unroll::loss<float>(team_, variant_.loss,
                          {.rows = batch_.rows,
                           .width = classes_,
                           .predictions = z,
                           .classes = batch_.classes.data(),
                           .targets = batch_.targets.data()},
                          unroll::Reduction::kMean, gradient.data());
      pass_.backward(team_, gradient.data());
      optimizer_.step(2e-3, unroll::clip_factor(gradient_norm(model_.parameters(), team_), 1),
                      team_);
    }
  }

  // The likeliest class of each sequence (N), or after every step (T, N).
  std::vector<std::string> predict(const unroll::Sequences& sequences, float initial) {
    std::vector<std::size_t> all(sequences.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    batch_.assign(preprocessing_.encode(sequences), all);
    unroll::States<float> state = initial_state(initial);
    const float* z = pass_.forward(team_, input(), &state);
    std::vector<std::string> answers;
    for (std::size_t r = 0; r < batch_.rows; ++r, z += classes_) {
      const auto best = static_cast<std::size_t>(std::max_element(z, z + classes_) - z);
      answers.push_back(preprocessing_.classes()[best]);
    }
    return answers;
  }

 private:
  unroll::SequenceBatch<float> input() const {
    return {.steps = batch_.steps, .batch = batch_.batch, .values = batch_.values.data()};
  }
  unroll::States<float> initial_state(float value) const {
    unroll::States<float> states = model_.zero_states(batch_.batch);
    states[0].fill(value);
    return states;
  }

  Variant variant_;
  unroll::Preprocessing preprocessing_;
  std::size_t classes_;
  unroll::SequenceModel<float> model_;
  unroll::SequenceModelPass<float> pass_;
  unroll::Optimizer<float> optimizer_;
  unroll::PaddedBatch<float> batch_;
  unroll::ThreadTeam team_{1};
};

// The share of right answers of N sequences, after each step that has answers.
std::vector<double> shares_right(const std::vector<std::string>& answers,
                                 const unroll::Sequences& test) {
  const std::size_t count = test.size();
  std::vector<double> shares(answers.size() / count);
  for (std::size_t r = 0; r < answers.size(); ++r) {
    if (answers[r] == test.labels[r % count]) shares[r / count] += 1. / static_cast<double>(count);
  }
  return shares;
}

int main(int argc, char** argv) try {
  const Digits digits = argc > 1 ? read_digits(argv[1]) : make_digits();
  const unroll::Sequences test = unlabelled(digits.test);
  std::printf("%zu digits to train on, %zu to test on\n", digits.train.size(), test.size());
  std::vector<std::vector<double>> curves(kEpochs);
  bool right = true;
  for (const Variant& variant : kVariants) {
    const unroll::Sequences train = variant.every_step ? label_steps(digits.train) : digits.train;
    RnnClassifier classifier(variant, train);
    std::vector<double> shares;
    for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
      classifier.fit(train, epoch);
      shares = shares_right(classifier.predict(test, variant.initial), digits.test);
      curves[epoch].push_back(shares.back());
    }
    std::printf("%-28s %.3f", variant.name, shares.back());
    if (variant.every_step) std::printf("   after each row:");
    for (std::size_t t = 0; variant.every_step && t < shares.size(); ++t) {
      std::printf(" %.2f", shares[t]);
    }
    if (variant.initial != 0) {
      shares = shares_right(classifier.predict(test, 0), digits.test);
      std::printf("   with h_0 = 0: %.3f", shares.back());
    }
    std::puts("");
    right = right && curves.back().back() >= 0.88;
  }
  if (argc > 2) {
    TableFile table(argv[2], "rnn_classifier", "tanh,relu,sigmoid,every_step,initial");
    for (const std::vector<double>& row : curves) table.row(row);
    table.close();
  }
  return right ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "rnn_classifier: %s\n", error.what());
  return 1;
}
