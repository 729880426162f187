#include "verbs/check_sequences.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/data/sequence_batches.h"
#include "unroll/jobs/forecast.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/nn/sequence_model_pass.h"

namespace unroll::app {
namespace {

constexpr std::size_t kBatch = 4;  // N

EncodedSequences first_sequences(const SequenceModelDescription& description,
                                 const std::string& file, DataReport& data) {
  Sequences all;
  if (description.forecast) {
    const Series series = read_series_for(description, file);
    std::vector<std::size_t> origins;
    // Of one long sequence, as much as a window has.
    const bool stateful = description.forecast->options().stateful;
    const std::size_t last = stateful ? description.forecast->first_origin() + 1 : series.steps();
    all = description.forecast->windows(series, 0, last, true, origins);
  } else {
    SequenceReaderOptions reader = description.reader;
    reader.target = description.preprocessing.target();
    all = read_sequences(file, reader);
    data.add("check", summarize(all), missing_name(description.preprocessing.options().missing));
  }
  if (all.size() == 0) throw FormatError(file + ": holds no sequence with a target");
  std::vector<std::size_t> indices(std::min(kBatch, all.size()));
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return description.preprocessing.encode(select(all, indices));
}

}  // namespace

GradientCheck check_sequence_model(TrainedSequenceModel<double>& trained, const std::string& file,
                                   GradientCheckOptions options, DataReport& data) {
  const SequenceModelOptions& model = trained.description.options;
  const EncodedSequences sequences = first_sequences(trained.description, file, data);
  std::vector<std::size_t> indices(sequences.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  PaddedBatch<double> batch;
  batch.assign(sequences, indices);
  // A model that knows its data well has gradients that drown in the rounding of the differences:
  // of labels, each is taken for the next one, and sets of them for their opposite.
  for (std::uint32_t& k : batch.classes) {
    k = static_cast<std::uint32_t>((k + 1) % std::max<std::size_t>(1, model.output_size));
  }
  for (double& t : batch.targets) {
    if (trained.model.head().targets() == HeadTargets::kClassSet) t = 1 - t;
  }
  // The maximum over the steps has a kink where two steps are equal: a small step stays on one side
  // of it.
  if (options.step == 0) {
    options.step = std::min(difference_step(model.cell), model.pooling.max ? 1e-5 : 1e-3);
  }

  const ThreadTeam team(1);
  SequenceModelPass<double> pass(trained.model);
  std::vector<double> d(batch.rows * model.output_size);
  const auto forward = [&](double* gradient) {
    const double* predictions = pass.forward_training(team,
                                                      {.steps = batch.steps,
                                                       .batch = batch.batch,
                                                       .lengths = batch.lengths,
                                                       .values = batch.values.data(),
                                                       .tokens = batch.tokens.data()},
                                                      {.seed = options.seed});
    return batch_loss<double>(team, trained.model, batch, predictions, gradient);
  };
  return check_gradients<double>(
      trained.model.parameters(), [&] { return forward(nullptr); },
      [&] {
        forward(d.data());
        pass.backward(team, d.data());
      },
      options);
}

}  // namespace unroll::app
