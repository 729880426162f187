#include "runs/predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/json.h"
#include "output/table.h"
#include "unroll/models/sequence_predictions.h"
#include "unroll/nn/loss.h"

namespace unroll::app {
namespace {

bool by_step(const Preprocessing& preprocessing) {
  return preprocessing.target() == TargetKind::kStepLabel ||
         preprocessing.target() == TargetKind::kStepValue;
}

std::vector<std::string> target_names(const Preprocessing& preprocessing) {
  if (!preprocessing.target_names().empty()) return preprocessing.target_names();
  std::vector<std::string> names;
  const std::size_t width = preprocessing.target_width();
  for (std::size_t c = 0; c < width; ++c) {
    names.push_back(width == 1 ? "target" : fmt::format("target{}", c + 1));
  }
  return names;
}

// The cells of labels, from the probabilities (K) of one row.
template <class T>
void add_labels(const SequenceModelDescription& description, const T* p, bool probabilities,
                std::vector<Cell>& cells) {
  const std::vector<std::string>& classes = description.preprocessing.classes();
  if (description.loss == LossKind::kSigmoid) {
    std::string labels;
    for (std::size_t k = 0; k < classes.size(); ++k) {
      if (!(p[k] > T(0.5))) continue;
      if (!labels.empty()) labels += '|';
      labels += classes[k];
    }
    cells.emplace_back(labels);
  } else {
    const auto best = static_cast<std::size_t>(std::max_element(p, p + classes.size()) - p);
    cells.emplace_back(classes[best]);
    cells.emplace_back(static_cast<double>(p[best]));
  }
  if (!probabilities && description.loss != LossKind::kSigmoid) return;
  for (std::size_t k = 0; k < classes.size(); ++k) cells.emplace_back(static_cast<double>(p[k]));
}

std::vector<std::string> header(const SequenceModelDescription& description, bool has_targets,
                                bool probabilities) {
  const Preprocessing& preprocessing = description.preprocessing;
  std::vector<std::string> names = {"id"};
  if (by_step(preprocessing)) names.push_back("step");
  if (preprocessing.classes().empty()) {
    for (const std::string& name : target_names(preprocessing)) {
      if (has_targets) names.push_back(name);
      names.push_back(name + "_predicted");
      if (description.loss != LossKind::kGaussian) continue;
      names.push_back(name + "_low");
      names.push_back(name + "_high");
    }
    return names;
  }
  if (has_targets) names.push_back("label");
  names.push_back("predicted");
  const bool sets = description.loss == LossKind::kSigmoid;
  if (!sets) names.push_back("probability");
  if (!sets && !probabilities) return names;
  for (const std::string& label : preprocessing.classes()) names.push_back("p(" + label + ")");
  return names;
}

}  // namespace

template <class T>
std::string prediction_table(const SequenceModelDescription& description,
                             const Sequences& sequences, std::vector<T> predictions,
                             bool probabilities, TableFormat format) {
  const Preprocessing& p = description.preprocessing;
  const std::size_t width = description.options.output_size;
  const bool has_targets = sequences.target != TargetKind::kNone, steps = by_step(p);
  const bool labels = !p.classes().empty();
  if (labels) to_probabilities(description.loss, width, predictions);
  Table table(format, header(description, has_targets, probabilities));
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::size_t first = steps ? sequences.begin[i] : i;
    const std::size_t last = steps ? sequences.begin[i + 1] : i + 1;
    for (std::size_t row = first; row < last; ++row) {
      cells.clear();
      cells.push_back(sequences.ids.empty() ? Cell(std::uint64_t{i + 1}) : Cell(sequences.ids[i]));
      if (steps) cells.emplace_back(std::uint64_t{row - first + 1});
      const T* output = predictions.data() + row * width;
      if (labels) {
        if (has_targets) cells.emplace_back(sequences.labels[row]);
        add_labels(description, output, probabilities, cells);
        table.add(cells);
        continue;
      }
      const std::size_t columns = p.target_width();
      for (std::size_t c = 0; c < columns; ++c) {
        if (has_targets) cells.emplace_back(sequences.targets[row * columns + c]);
        const double mean = p.target_mean(c) + p.target_scale(c) * static_cast<double>(output[c]);
        cells.emplace_back(mean);
        if (description.loss != LossKind::kGaussian) continue;
        const double half = kNormalHalfInterval * p.target_scale(c) *
                            std::sqrt(gaussian_variance(static_cast<double>(output[columns + c])));
        cells.emplace_back(mean - half);
        cells.emplace_back(mean + half);
      }
      table.add(cells);
    }
  }
  return std::move(table).text();
}

template std::string prediction_table(const SequenceModelDescription&, const Sequences&,
                                      std::vector<float>, bool, TableFormat);
template std::string prediction_table(const SequenceModelDescription&, const Sequences&,
                                      std::vector<double>, bool, TableFormat);

}  // namespace unroll::app
