#include "language_model_update.h"

#include "random_text.h"
#include "unroll/optim/clip.h"

namespace unroll::benchmarks {
namespace {

constexpr std::size_t kWindows = 64;  // of the text
constexpr double kLearningRate = 1, kClipNorm = 5;

LanguageModelTaskOptions task_options(const NetworkShape& shape) {
  return {.model = {.embedding_size = shape.inputs,
                    .hidden_size = shape.hidden,
                    .layers = shape.layers,
                    .cell = shape.cell,
                    .dropout = shape.dropout},
          .initialization = {.scheme = Initialization::kUniform, .range = 0.05},
          .bptt = {.batch = shape.batch, .bptt = shape.steps}};
}

}  // namespace

LanguageModelUpdate::LanguageModelUpdate(const NetworkShape& shape, int threads)
    : team_(threads),
      task_(task_options(shape), random_vocabulary(shape.vocabulary),
            random_text(shape.vocabulary, kWindows * shape.steps * shape.batch + 1), {}),
      optimizer_({.name = "sgd"}, task_.parameters()),
      operations_(operations_per_word(task_.model()) *
                  static_cast<double>(shape.steps * shape.batch)) {}

void LanguageModelUpdate::pass(Work) {
  task_.train_batch(team_, updates_++);
  const double norm = gradient_norm(task_.parameters(), team_);
  optimizer_.step(kLearningRate, clip_factor(norm, kClipNorm), team_);
}

}  // namespace unroll::benchmarks
