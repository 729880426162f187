#include "unroll/jobs/predict.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "jobs/table_builder.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {
namespace {

std::string target_name(const Preprocessing& preprocessing, std::size_t column) {
  const std::vector<std::string>& names = preprocessing.target_names();
  if (!names.empty()) return names[column];
  return preprocessing.target_width() == 1 ? "target" : "target" + std::to_string(column + 1);
}

// The sequence or step that a row of the predictions is of.
struct Row {
  std::size_t sequence, step;
};

std::vector<Row> rows_of(const Sequences& sequences, bool steps) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::size_t count = steps ? sequences.begin[i + 1] - sequences.begin[i] : 1;
    for (std::size_t step = 0; step < count; ++step) rows.push_back({i, step});
  }
  return rows;
}

template <class T>
void add_classes(Table& table, const std::vector<std::string>& classes, const Decoded<T>& decoded,
                 std::size_t rows, bool probabilities) {
  const std::size_t width = classes.size();
  const auto probability = [&](std::size_t row, std::size_t k) {
    return static_cast<double>(decoded.probabilities[row * width + k]);
  };
  if (decoded.classes.empty()) {  // sets
    add_column(table, "predicted", rows, [&](std::size_t row) {
      std::string labels;
      for (std::size_t k = 0; k < width; ++k) {
        if (decoded.members[row * width + k] == 0) continue;
        labels += (labels.empty() ? "" : "|") + classes[k];
      }
      return labels;
    });
  } else {
    add_column(table, "predicted", rows,
               [&](std::size_t row) { return classes[decoded.classes[row]]; });
    add_column(table, "probability", rows,
               [&](std::size_t row) { return probability(row, decoded.classes[row]); });
    if (!probabilities) return;
  }
  for (std::size_t k = 0; k < width; ++k) {
    add_column(table, "p(" + classes[k] + ")", rows,
               [&](std::size_t row) { return probability(row, k); });
  }
}

template <class T>
void add_numbers(Table& table, const SequenceModelDescription& description,
                 const Sequences& sequences, const Decoded<T>& decoded, std::size_t rows) {
  const Preprocessing& p = description.preprocessing;
  const std::unique_ptr<const Head> head = make_head(description.options.head);
  const std::optional<double> factor = head->interval_factor();
  const std::vector<double> levels = head->options().quantiles;
  const std::size_t columns = p.target_width();
  for (std::size_t c = 0; c < columns; ++c) {
    const std::string name = target_name(p, c);
    const auto add = [&](const std::string& column, const auto& value_at) {
      add_column(table, column, rows, [&](std::size_t row) { return value_at(row * columns + c); });
    };
    // In the file's units: mean + scale · x.
    const auto value = [&](std::size_t at) {
      return p.target_mean(c) + p.target_scale(c) * decoded.values[at];
    };
    if (sequences.target != TargetKind::kNone) {
      add(name, [&](std::size_t at) { return sequences.targets[at]; });
    }
    add(name + "_predicted", value);
    if (!factor) continue;
    add(name + "_low", [&](std::size_t at) {
      return value(at) - *factor * p.target_scale(c) * decoded.below[at];
    });
    add(name + "_high", [&](std::size_t at) {
      return value(at) + *factor * p.target_scale(c) * decoded.above[at];
    });
    for (const std::size_t q : inner_quantiles(levels)) {
      add(quantile_name(name, levels[q]), [&](std::size_t at) {
        return p.target_mean(c) + p.target_scale(c) * decoded.quantiles[at * levels.size() + q];
      });
    }
  }
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
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), level).ptr;
  return name + "_q" + std::string(digits.data(), end);
}

template <class T>
Table prediction_table(const SequenceModelDescription& description, const Sequences& sequences,
                       std::span<const T> predictions, std::span<const T> head_values,
                       bool probabilities) {
  const Preprocessing& p = description.preprocessing;
  const SequenceModelOptions& model = description.options;
  const Decoded<T> decoded =
      decode(model.head, sequences.begin, model.output_size, predictions, head_values);
  const bool steps = is_of_steps(p.target());
  const std::vector<Row> rows = rows_of(sequences, steps);
  Table table;
  if (sequences.ids.empty()) {
    add_column(table, "id", rows.size(),
               [&](std::size_t row) { return std::uint64_t{rows[row].sequence + 1}; });
  } else {
    add_column(table, "id", rows.size(),
               [&](std::size_t row) { return sequences.ids[rows[row].sequence]; });
  }
  if (steps) {
    add_column(table, "step", rows.size(),
               [&](std::size_t row) { return std::uint64_t{rows[row].step + 1}; });
  }
  if (p.classes().empty()) {
    add_numbers(table, description, sequences, decoded, rows.size());
    return table;
  }
  if (sequences.target != TargetKind::kNone) {
    add_column(table, "label", rows.size(), [&](std::size_t row) { return sequences.labels[row]; });
  }
  add_classes(table, p.classes(), decoded, rows.size(), probabilities);
  return table;
}

template <class T>
Table predict(const TrainedSequenceModel<T>& model, const Sequences& sequences,
              const ThreadTeam& team, bool probabilities) {
  const std::vector<T> predictions =
      predict(model.model, model.description.preprocessing.encode(sequences), team);
  return prediction_table<T>(model.description, sequences, predictions, model.model.head_values(),
                             probabilities);
}

template Table predict(const TrainedSequenceModel<float>&, const Sequences&, const ThreadTeam&,
                       bool);
template Table predict(const TrainedSequenceModel<double>&, const Sequences&, const ThreadTeam&,
                       bool);
template Table prediction_table(const SequenceModelDescription&, const Sequences&,
                                std::span<const float>, std::span<const float>, bool);
template Table prediction_table(const SequenceModelDescription&, const Sequences&,
                                std::span<const double>, std::span<const double>, bool);

}  // namespace unroll
