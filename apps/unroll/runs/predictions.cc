#include "runs/predictions.h"

#include <fmt/format.h>

#include <utility>

#include "io/json.h"
#include "output/table.h"
#include "unroll/models/sequence_predictions.h"

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

// The cells of labels, of one row.
template <class T>
void add_labels(const std::vector<std::string>& classes, const Decoded<T>& decoded, std::size_t row,
                bool probabilities, std::vector<Cell>& cells) {
  const T* p = decoded.probabilities.data() + row * classes.size();
  const bool sets = decoded.classes.empty();
  if (sets) {
    std::string labels;
    for (std::size_t k = 0; k < classes.size(); ++k) {
      if (decoded.members[row * classes.size() + k] == 0) continue;
      if (!labels.empty()) labels += '|';
      labels += classes[k];
    }
    cells.emplace_back(labels);
  } else {
    const std::size_t best = decoded.classes[row];
    cells.emplace_back(classes[best]);
    cells.emplace_back(static_cast<double>(p[best]));
  }
  if (!probabilities && !sets) return;
  for (std::size_t k = 0; k < classes.size(); ++k) cells.emplace_back(static_cast<double>(p[k]));
}

std::vector<std::string> header(const Preprocessing& preprocessing, bool has_targets,
                                const Head& head, bool probabilities) {
  std::vector<std::string> names = {"id"};
  if (by_step(preprocessing)) names.push_back("step");
  if (preprocessing.classes().empty()) {
    for (const std::string& name : target_names(preprocessing)) {
      if (has_targets) names.push_back(name);
      names.push_back(name + "_predicted");
      if (!head.interval_factor()) continue;
      names.push_back(name + "_low");
      names.push_back(name + "_high");
      const std::vector<double> levels = head.options().quantiles;
      for (const std::size_t q : inner_quantiles(levels)) {
        names.push_back(quantile_name(name, levels[q]));
      }
    }
    return names;
  }
  if (has_targets) names.push_back("label");
  names.push_back("predicted");
  const bool sets = head_targets(preprocessing) == HeadTargets::kClassSet;
  if (!sets) names.push_back("probability");
  if (!sets && !probabilities) return names;
  for (const std::string& label : preprocessing.classes()) names.push_back("p(" + label + ")");
  return names;
}

}  // namespace

std::vector<std::size_t> inner_quantiles(std::span<const double> levels) {
  std::vector<std::size_t> inner;
  for (std::size_t q = 1; q + 1 < levels.size(); ++q) {
    if (levels[q] != 0.5) inner.push_back(q);
  }
  return inner;
}

std::string quantile_name(const std::string& name, double level) {
  return fmt::format("{}_q{}", name, level);
}

template <class T>
std::string prediction_table(const SequenceModelDescription& description,
                             const Sequences& sequences, std::span<const T> predictions,
                             std::span<const T> head_values, bool probabilities,
                             TableFormat format) {
  const Preprocessing& p = description.preprocessing;
  const SequenceModelOptions& model = description.options;
  const Decoded<T> decoded =
      decode(model.head, sequences.begin, model.output_size, predictions, head_values);
  const std::unique_ptr<const Head> head = make_head(model.head);
  const std::optional<double> factor = head->interval_factor();
  const std::vector<double> levels = head->options().quantiles;
  const std::vector<std::size_t> inner = inner_quantiles(levels);
  const bool has_targets = sequences.target != TargetKind::kNone, steps = by_step(p);
  const bool labels = !p.classes().empty();
  Table table(format, header(p, has_targets, *head, probabilities));
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::size_t first = steps ? sequences.begin[i] : i;
    const std::size_t last = steps ? sequences.begin[i + 1] : i + 1;
    for (std::size_t row = first; row < last; ++row) {
      cells.clear();
      cells.push_back(sequences.ids.empty() ? Cell(std::uint64_t{i + 1}) : Cell(sequences.ids[i]));
      if (steps) cells.emplace_back(std::uint64_t{row - first + 1});
      if (labels) {
        if (has_targets) cells.emplace_back(sequences.labels[row]);
        add_labels(p.classes(), decoded, row, probabilities, cells);
        table.add(cells);
        continue;
      }
      const std::size_t columns = p.target_width();
      for (std::size_t c = 0; c < columns; ++c) {
        if (has_targets) cells.emplace_back(sequences.targets[row * columns + c]);
        const std::size_t at = row * columns + c;
        const double value = p.target_mean(c) + p.target_scale(c) * decoded.values[at];
        cells.emplace_back(value);
        if (!factor) continue;
        cells.emplace_back(value - *factor * p.target_scale(c) * decoded.below[at]);
        cells.emplace_back(value + *factor * p.target_scale(c) * decoded.above[at]);
        for (const std::size_t q : inner) {
          const double x = decoded.quantiles[at * levels.size() + q];
          cells.emplace_back(p.target_mean(c) + p.target_scale(c) * x);
        }
      }
      table.add(cells);
    }
  }
  return std::move(table).text();
}

template std::string prediction_table(const SequenceModelDescription&, const Sequences&,
                                      std::span<const float>, std::span<const float>, bool,
                                      TableFormat);
template std::string prediction_table(const SequenceModelDescription&, const Sequences&,
                                      std::span<const double>, std::span<const double>, bool,
                                      TableFormat);

}  // namespace unroll::app
