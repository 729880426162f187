#include "data/readers/numpy_sequences.h"

#include <cmath>

#include "data/readers/readers.h"
#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

// Sequences without a step take no bytes of a file; this is many of them.
constexpr std::size_t kMaxEmptySequences = std::size_t{1} << 24;

class ArraysReader {
 public:
  ArraysReader(const NumpyArrays& arrays, Sequences& out) : arrays_(arrays), out_(out) {}

  void read() {
    check_inputs();
    note_shapes();
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::size_t steps = length(i);
      for (std::size_t k = 0; k < steps * out_.features; ++k) {
        out_.values.push_back(arrays_.x->number(i * steps_ * out_.features + k));
      }
      end_sequence(out_, steps);
    }
    if (out_.target == TargetKind::kNone) return;
    check_targets();
    const bool of_steps = is_of_steps(out_.target);
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::size_t items = of_steps ? length(i) : 1;
      const std::size_t first = i * (of_steps ? steps_ : 1);
      for (std::size_t k = 0; k < items; ++k) read_target(first + k);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(out_.source + ": " + what);
  }
  static std::string described(const std::string& name, const NpyArray& array) {
    return name + " has dtype " + quote(array.descr) + " and shape " + npy_shape_text(array.shape);
  }

  void note_shapes() {
    std::string text = arrays_.x_name + " " + npy_shape_text(arrays_.x->shape);
    if (arrays_.y) text += ", " + arrays_.y_name + " " + npy_shape_text(arrays_.y->shape);
    if (out_.features > steps_ && steps_ > 1) {
      text += ", which are more features than steps; of (n, I, T) save x.transpose(0, 2, 1)";
    }
    out_.reading.notes.push_back(text);
  }

  // What makes labels of an array that has one axis too many.
  std::string label_advice(const NpyArray& y) const {
    if (!is_label(out_.target) || y.shape.size() != (is_of_steps(out_.target) ? 3u : 2u)) return "";
    if (y.shape.back() == 1) return "; the one column: " + arrays_.y_name + "[..., 0]";
    return "; of one-hot rows: " + arrays_.y_name + ".argmax(-1)";
  }

  void check_inputs() {
    const NpyArray& x = *arrays_.x;
    const bool fits = x.shape.size() == 2 || x.shape.size() == 3;
    if (!fits || x.kind == NpyArray::Kind::kTexts) {
      fail(described(arrays_.x_name, x) + "; wanted numbers of shape (n, T) or (n, T, I)");
    }
    rows_ = x.shape[0];
    steps_ = x.shape[1];
    out_.features = x.shape.size() == 3 ? x.shape[2] : 1;
    if (out_.features == 0) fail(described(arrays_.x_name, x) + ": a step needs a feature");
    if (steps_ == 0 && rows_ > kMaxEmptySequences) {
      fail(described(arrays_.x_name, x) + ": more than " + std::to_string(kMaxEmptySequences) +
           " sequences without a step");
    }
    if (!arrays_.lengths) return;
    const NpyArray& lengths = *arrays_.lengths;
    if (lengths.kind != NpyArray::Kind::kIntegers || lengths.shape != std::vector{rows_}) {
      fail(described("lengths", lengths) + "; wanted integers of shape " + npy_shape_text({rows_}));
    }
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::int64_t length = lengths.integers[i];
      if (length < 0 || static_cast<std::uint64_t>(length) > steps_) {
        fail("lengths[" + std::to_string(i) + "] is " + std::to_string(length) + "; wanted 0 to " +
             std::to_string(steps_) + ", the steps of " + arrays_.x_name);
      }
    }
  }

  std::size_t length(std::size_t i) const {
    return arrays_.lengths ? static_cast<std::size_t>(arrays_.lengths->integers[i]) : steps_;
  }

  void check_targets() {
    const NpyArray& y = *arrays_.y;
    std::vector<std::size_t> items = {rows_};
    if (is_of_steps(out_.target)) items.push_back(steps_);
    const bool has_width = is_value(out_.target) && y.shape.size() == items.size() + 1;
    out_.target_width = is_value(out_.target) ? (has_width ? y.shape.back() : 1) : 0;
    std::vector<std::size_t> wanted = items;
    if (has_width) wanted.push_back(out_.target_width);
    const bool labels = is_label(out_.target);
    const NpyArray::Kind refused = labels ? NpyArray::Kind::kFloats : NpyArray::Kind::kTexts;
    if (y.shape != wanted || (has_width && out_.target_width == 0)) {
      std::string shapes = npy_shape_text(items);
      if (!labels) {
        const std::string start = shapes.substr(0, shapes.find_last_not_of(",)") + 1);
        shapes += " or " + start + ", W)";
      }
      fail(described(arrays_.y_name, y) + "; wanted shape " + shapes + ", as " + arrays_.x_name +
           " has " + npy_shape_text(arrays_.x->shape) + label_advice(y));
    }
    if (y.kind == refused) {
      fail(described(arrays_.y_name, y) + "; " +
           (labels ? "labels are integers or texts: y.astype('<i8')" : "targets are numbers"));
    }
  }

  void read_target(std::size_t item) {
    const NpyArray& y = *arrays_.y;
    if (is_label(out_.target)) {
      out_.labels.push_back(y.kind == NpyArray::Kind::kTexts ? y.texts[item]
                                                             : std::to_string(y.integers[item]));
      if (out_.labels.back().empty()) {
        fail(arrays_.y_name + ": label " + std::to_string(item) + " is empty");
      }
      return;
    }
    for (std::size_t w = 0; w < out_.target_width; ++w) {
      const double value = y.number(item * out_.target_width + w);
      if (std::isnan(value)) {
        fail(arrays_.y_name + ": target " + std::to_string(item) + " is missing (NaN)");
      }
      out_.targets.push_back(value);
    }
  }

  const NumpyArrays& arrays_;
  Sequences& out_;
  std::size_t rows_ = 0;   // n
  std::size_t steps_ = 0;  // T
};

}  // namespace

void fill_from_numpy(const NumpyArrays& arrays, Sequences& out) {
  ArraysReader(arrays, out).read();
}

}  // namespace unroll::detail
