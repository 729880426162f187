#include "unroll/data/sequence_batches.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "unroll/core/error.h"
#include "unroll/core/random.h"

namespace unroll {
namespace {

// Batches that are sorted by length together: enough for little padding, few enough that a batch
// meets ever new company.
constexpr std::size_t kGroup = 16;

// Fisher and Yates' shuffle.
void shuffle(std::span<std::size_t> items, const Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[random.below(i, i)]);
  }
}

}  // namespace

SequenceBatches::SequenceBatches(std::vector<std::size_t> lengths, std::size_t batch_size,
                                 std::uint64_t seed)
    : lengths_(std::move(lengths)), batch_size_(batch_size), seed_(seed) {
  if (lengths_.empty()) throw ValueError("there is no sequence to make batches of");
  if (batch_size_ == 0) throw ValueError("batch is 0; wanted at least 1");
  order_.resize(lengths_.size());
  batch_order_.resize(per_epoch());
  shuffle(0);
}

void SequenceBatches::shuffle(std::uint64_t epoch) {
  epoch_ = epoch;
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::iota(batch_order_.begin(), batch_order_.end(), std::size_t{0});
  unroll::shuffle(order_, Random(seed_, RandomUse::kShuffle, 2 * epoch));
  unroll::shuffle(batch_order_, Random(seed_, RandomUse::kShuffle, 2 * epoch + 1));
  const std::size_t group = kGroup * batch_size_;
  for (std::size_t begin = 0; begin < order_.size(); begin += group) {
    const std::size_t end = std::min(begin + group, order_.size());
    std::stable_sort(order_.begin() + static_cast<std::ptrdiff_t>(begin),
                     order_.begin() + static_cast<std::ptrdiff_t>(end),
                     [&](std::size_t a, std::size_t b) { return lengths_[a] < lengths_[b]; });
  }
}

std::span<const std::size_t> SequenceBatches::batch(std::uint64_t epoch, std::size_t number) {
  if (epoch != epoch_) shuffle(epoch);
  const std::size_t begin = batch_order_[number] * batch_size_;
  return std::span(order_).subspan(begin, std::min(batch_size_, order_.size() - begin));
}

template <class T>
void PaddedBatch<T>::assign(const EncodedSequences& from, std::span<const std::size_t> indices,
                            std::span<const double> class_weights, StepRange range) {
  batch = indices.size();
  steps = 0;
  lengths.clear();
  for (const std::size_t i : indices) {
    const std::size_t last = std::min(range.last, from.length(i));
    lengths.push_back(last - std::min(range.first, last));
    steps = std::max(steps, lengths.back());
  }
  const std::size_t features = from.features, width = from.target_width();
  const auto* const of_classes = std::get_if<ClassTargets>(&from.targets);
  const auto* const of_sets = std::get_if<ClassSetTargets>(&from.targets);
  const auto* const of_numbers = std::get_if<NumberTargets>(&from.targets);
  values.assign(steps * batch * features, T(0));
  tokens.assign(features == 0 ? steps * batch : 0, 0);
  rows = from.by_step ? steps * batch : batch;
  classes.assign(of_classes == nullptr ? 0 : rows, 0);
  targets.assign(rows * width, T(0));
  weights.assign(rows, T(0));
  const auto take_target = [&](std::size_t row, std::size_t source) {
    if (!from.counts(source)) return;
    weights[row] = T(1);
    if (of_classes != nullptr) {
      classes[row] = of_classes->classes[source];
      if (!class_weights.empty()) weights[row] = static_cast<T>(class_weights[classes[row]]);
    }
    for (std::size_t c = 0; c < width; ++c) {
      targets[row * width + c] = of_sets != nullptr
                                     ? static_cast<T>(of_sets->members[source * width + c])
                                     : static_cast<T>(of_numbers->values[source * width + c]);
    }
  };
  for (std::size_t n = 0; n < batch; ++n) {
    const std::size_t begin = from.offset(indices[n]) + range.first;
    const std::size_t first_row = from.begin[indices[n]] + range.first;
    for (std::size_t t = 0; t < lengths[n]; ++t) {
      const std::size_t at = t * batch + n;
      for (std::size_t c = 0; c < features; ++c) {
        values[at * features + c] = static_cast<T>(from.values[(begin + t) * features + c]);
      }
      if (features == 0) tokens[at] = from.tokens[begin + t];
      if (from.by_step) take_target(at, first_row + t);
    }
    if (!from.by_step) take_target(n, indices[n]);
  }
}

Split stratified_split(std::size_t count, std::span<const std::string> labels, double fraction,
                       std::uint64_t seed) {
  if (!(fraction > 0 && fraction < 1)) {
    throw ValueError("the fraction to hold out is " + std::to_string(fraction) +
                     "; wanted more than 0 and less than 1");
  }
  if (!labels.empty() && labels.size() != count) {
    throw ValueError("there are " + std::to_string(labels.size()) + " labels to split " +
                     std::to_string(count) + " things by; wanted one each, or none");
  }
  std::map<std::string_view, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < count; ++i) {
    members[labels.empty() ? std::string_view() : std::string_view(labels[i])].push_back(i);
  }
  Split split;
  std::uint64_t stream = 0;
  for (auto& [label, indices] : members) {
    shuffle(indices, Random(seed, RandomUse::kSplit, stream++));
    const std::size_t n = indices.size();
    auto held = static_cast<std::size_t>(fraction * static_cast<double>(n) + 0.5);
    held = n < 2 ? 0 : std::clamp<std::size_t>(held, 1, n - 1);
    const auto border = indices.begin() + static_cast<std::ptrdiff_t>(held);
    split.held_out.insert(split.held_out.end(), indices.begin(), border);
    split.kept.insert(split.kept.end(), border, indices.end());
  }
  std::sort(split.kept.begin(), split.kept.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

template struct PaddedBatch<float>;
template struct PaddedBatch<double>;

}  // namespace unroll
