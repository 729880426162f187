#include "unroll/data/truncated_bptt.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "core/names.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 2> kCursorNames = {"epoch", "wrap"};

// (n-1)/batch, the pairs of a lane; at least bptt.
std::size_t checked_lane_length(std::size_t tokens, const TruncatedBpttOptions& options) {
  const auto& [batch, bptt, cursor] = options;
  if (batch == 0 || bptt == 0) {
    throw ValueError(std::string(batch == 0 ? "batch" : "bptt") + " is 0; it must be at least 1");
  }
  const std::size_t length = tokens == 0 ? 0 : (tokens - 1) / batch;
  if (length >= bptt) return length;
  std::string wanted =
      "batch " + std::to_string(batch) + " × bptt " + std::to_string(bptt) + " + 1";
  if (bptt <= (std::numeric_limits<std::size_t>::max() - 1) / batch) {
    wanted += " = " + std::to_string(batch * bptt + 1);
  }
  throw ValueError("the text has " + std::to_string(tokens) + " tokens, and at least " + wanted +
                   " are wanted; make batch or bptt smaller, or use a longer text");
}

}  // namespace

std::string_view cursor_name(Cursor cursor) {
  return kCursorNames[static_cast<std::size_t>(cursor)];
}

Cursor parse_cursor(std::string_view name) {
  return static_cast<Cursor>(find_name("cursor", name, kCursorNames));
}

template <class T>
TruncatedBptt<T>::TruncatedBptt(std::span<const std::uint32_t> tokens,
                                const TruncatedBpttOptions& options,
                                const std::vector<Shape>& state_shapes)
    : tokens_(tokens),
      options_(options),
      lane_length_(checked_lane_length(tokens.size(), options)),
      windows_per_epoch_(options.cursor == Cursor::kEpoch
                             ? (lane_length_ - 1) / options.bptt + 1
                             : (tokens.size() - 1) / (options.batch * options.bptt)),
      inputs_(options.batch * options.bptt),
      targets_(options.batch * options.bptt) {
  for (const Shape& shape : state_shapes) {
    if (shape.rank() != 3 || shape[1] != options.batch) {
      throw ShapeError("a carried state has shape " + shape.text() +
                       ", wanted (layers·directions, " + std::to_string(options.batch) +
                       ", hidden)");
    }
    state_.emplace_back(shape);
  }
}

template <class T>
BpttWindow TruncatedBptt<T>::next() {
  const auto [batch, bptt, cursor] = options_;
  const std::size_t pairs = tokens_.size() - 1;
  const bool wrap = cursor == Cursor::kWrap;
  const auto time = static_cast<std::size_t>(wrap ? position_.cursor % pairs : position_.cursor);
  const std::size_t steps = wrap ? bptt : std::min(bptt, lane_length_ - time);
  if (!wrap && position_.window == 0) {
    for (Tensor<T>& state : state_) state.fill(T(0));
  }
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t lane = 0; lane < batch; ++lane) {
      const std::size_t pair = (lane * lane_length_ + time + t) % pairs;
      inputs_[t * batch + lane] = tokens_[pair];
      targets_[t * batch + lane] = tokens_[pair + 1];
    }
  }
  position_.cursor += steps;
  if (++position_.window == windows_per_epoch_) {
    ++position_.epoch;
    position_.window = 0;
    if (!wrap) position_.cursor = 0;
  }
  return {steps, inputs_.data(), targets_.data()};
}

template <class T>
void TruncatedBptt<T>::restore(const BpttPosition& position) {
  const bool wrap = options_.cursor == Cursor::kWrap;
  const std::uint64_t bptt = options_.bptt;
  // wrap: cursor = (epoch · windows_per_epoch + window) · bptt, compared without overflow.
  const std::uint64_t windows = position.cursor / bptt;
  const bool valid = position.cursor % bptt == 0 &&
                     windows % windows_per_epoch_ == position.window &&
                     windows / windows_per_epoch_ == (wrap ? position.epoch : 0);
  if (!valid) {
    throw ValueError("position (epoch " + std::to_string(position.epoch) + ", window " +
                     std::to_string(position.window) + ", cursor " +
                     std::to_string(position.cursor) + ") does not fit " +
                     std::to_string(tokens_.size()) + " tokens with batch " +
                     std::to_string(options_.batch) + ", bptt " + std::to_string(bptt) +
                     " and cursor " + std::string(cursor_name(options_.cursor)) +
                     "; resume with the text and the options of the run");
  }
  position_ = position;
}

template class TruncatedBptt<float>;
template class TruncatedBptt<double>;

}  // namespace unroll
