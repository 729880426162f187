#include "nn/vocabulary_output.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/bf16_pairs.h"
#include "kernels/column_softmax.h"
#include "kernels/gemm.h"
#include "kernels/pack.h"

namespace unroll {

using kernels::kBlockRows;
using kernels::matrix;
using kernels::transposed;

namespace {

// Logits in a block: 32 MB of floats. Each block reads W twice and adds to all of dW, which costs
// more than what a smaller block saves by staying in L3 (9 % with 8 MB, 25 % with 4 MB, at
// V=10000).
constexpr std::size_t kBlockElements = std::size_t{1} << 23;

// Tokens a slice: with their rows of W and of the block they stay in L2. The vocabulary is cut into
// a multiple of kParts slices, for the threads to share; dh, a sum over the vocabulary, is summed
// in as many parts, which are added in order: the bits do not depend on the threads.
constexpr std::size_t kMaxDepth = 384, kMinDepth = 96, kParts = 8;

// Tokens a walk of dh: the parts are read and written once a walk (4 % of a step of PTB small when
// each slice is one).
constexpr std::size_t kWalk = kernels::kColumnScratch / kBlockRows;

std::size_t slice_count(std::size_t vocabulary) {
  const std::size_t needed = (vocabulary + kMaxDepth - 1) / kMaxDepth;
  if (vocabulary < kParts * kMinDepth) return std::max<std::size_t>(1, vocabulary / kMinDepth);
  return (needed + kParts - 1) / kParts * kParts;
}
std::size_t part_count(std::size_t vocabulary) { return std::min(kParts, slice_count(vocabulary)); }
// Of all parts together.
std::size_t walk_count(std::size_t vocabulary) {
  const std::size_t parts = part_count(vocabulary), part = (vocabulary + parts - 1) / parts;
  return parts * ((part + kWalk - 1) / kWalk);
}

}  // namespace

// Whole panels.
template <class T>
std::size_t VocabularyOutput<T>::max_block_rows() const {
  const std::size_t panel = kernels::max_panel_vectors() * kernels::vector_lanes<T>();
  return std::max<std::size_t>(1, kBlockElements / vocabulary() / panel) * panel;
}

template <class T>
void VocabularyOutput<T>::layout(Arena& arena, std::size_t rows) {
  const std::size_t lanes = kernels::vector_lanes<T>();
  const std::size_t columns = (std::min(rows, max_block_rows()) + lanes - 1) / lanes * lanes;
  block_ = arena.take<T>(columns * vocabulary());
  const auto packed = [&](std::size_t depth) {
    return precision_ == Precision::kBf16 ? kernels::bf16_pairs(depth) : depth;
  };
  packed_h_ = arena.take<T>(columns * packed(hidden()));
  packed_inputs_ = arena.take<T>(packed(columns) * (hidden() + lanes));
  parts_ = arena.take<T>(part_count(vocabulary()) * hidden() * columns);
  slice_max_ = arena.take<T>(slice_count(vocabulary()) * columns);
  slice_sum_ = arena.take<T>(slice_count(vocabulary()) * columns);
  target_ = arena.take<double>(columns);
  row_loss_ = arena.take<double>(rows);
}

// One of `count` equal parts of the vocabulary.
template <class T>
auto VocabularyOutput<T>::cut(std::size_t index, std::size_t count) const -> Slice {
  const std::size_t first = vocabulary() * index / count;
  return {index, first, vocabulary() * (index + 1) / count - first};
}
template <class T>
auto VocabularyOutput<T>::slice(std::size_t index) const -> Slice {
  return cut(index, slice_count(vocabulary()));
}

// Calls body(first row) for blocks of rows as even as possible, each packed.
template <class T>
template <class Body>
void VocabularyOutput<T>::each_block(std::size_t rows, const T* h, const Body& body) {
  const std::size_t lanes = kernels::vector_lanes<T>(), most = max_block_rows();
  const std::size_t blocks = std::max<std::size_t>(1, (rows + most - 1) / most);
  const std::size_t step = ((rows + blocks - 1) / blocks + lanes - 1) / lanes * lanes;
  for (std::size_t begin = 0; begin < rows; begin += step) {
    begin_block(std::min(step, rows - begin), h + begin * hidden());
    body(begin);
  }
}

template <class T>
void VocabularyOutput<T>::begin_block(std::size_t rows, const T* h) {
  rows_ = rows;
  kernels::make_dense_layout<T>(hidden(), rows, positions_, precision_);
  kernels::pack<T>(positions_, {h, 1, hidden()}, 0, positions_.panels(), packed_h_);
  // Columns beyond the last position are zero when packed; they stay in the block as such.
  for (auto& vector : positions_.vectors) vector.count = positions_.lanes;
  columns_ = positions_.vectors.size() * positions_.lanes;
  for (std::size_t longer = 0; longer < 2; ++longer) {
    walk_rows_[longer] = positions_;
    walk_rows_[longer].k_stride = columns_;
    walk_rows_[longer].depth = vocabulary() / walk_count(vocabulary()) + longer;
  }
  kernels::make_dense_layout<T>(rows, hidden(), inputs_, precision_);
  kernels::pack<T>(inputs_, {h, hidden(), 1}, 0, inputs_.panels(), packed_inputs_);
}

// Elements a worker: the columns of W that a slice's product walks down; in kBf16 also rows of W
// and of d(logits).
template <class T>
std::size_t VocabularyOutput<T>::scratch_size() const {
  if (precision_ == Precision::kFull) return kernels::kColumnScratch;
  return std::max(kernels::kColumnScratch,
                  kBlockRows * kernels::bf16_pairs(std::max(hidden(), rows_)));
}

// About 8 multiply-adds take as long as moving an element.
template <class T>
ThreadTeam VocabularyOutput<T>::workers(const ThreadTeam& team) const {
  return team.for_elements(rows_ * vocabulary() * hidden() / 8);
}

template <class T>
template <class Body>
void VocabularyOutput<T>::each_slice(const ThreadTeam& team, const Body& body) const {
  T* scratch = kernels::column_scratch<T>(team, scratch_size());
  workers(team).for_each_block(slice_count(vocabulary()),
                               [&](std::size_t index, std::size_t worker) {
                                 body(slice(index), scratch + worker * scratch_size());
                               });
}

// Calls body(row, place of its target in the block) for the targets within a slice.
template <class T>
template <class Body>
void VocabularyOutput<T>::each_target(const Slice& slice, const std::uint32_t* targets,
                                      const Body& body) const {
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::size_t token = targets[row];
    if (token >= slice.first && token < slice.first + slice.count) {
      body(row, token, block_[token * columns_ + row]);
    }
  }
}

// block = W h^T, without the bias.
template <class T>
void VocabularyOutput<T>::product(const Slice& slice, T* scratch) const {
  const T* w = weight_.value().data();
  for (std::size_t i = 0; i < slice.count; i += kBlockRows) {
    const std::size_t token = slice.first + i;
    kernels::multiply_block<T>(
        std::min(kBlockRows, slice.count - i), matrix(w + token * hidden(), hidden()), positions_,
        packed_h_, 0, positions_.panels(), {}, block_ + token * columns_, columns_, scratch);
  }
}

// The logits of the targets; then logits + b become exp(logits + b - m), m the slice's maximum.
template <class T>
void VocabularyOutput<T>::exponentials(const Slice& slice, const std::uint32_t* targets,
                                       bool store) const {
  each_target(slice, targets, [&](std::size_t row, std::size_t token, const T& logit) {
    target_[row] = static_cast<double>(logit + bias_.value()[token]);
  });
  kernels::exp_columns(slice.count, columns_, block_ + slice.first * columns_, columns_,
                       bias_.value().data() + slice.first, store,
                       slice_max_ + slice.index * columns_, slice_sum_ + slice.index * columns_);
}

// With the column's maximum m and S = sum over the slices of sum_s exp(m_s - m): the loss is
// m + log S - logit of the target, and softmax = e exp(m_s - m) / S.
template <class T>
void VocabularyOutput<T>::finish_losses(std::size_t begin, const float* mask, double scale) const {
  const std::size_t slices = slice_count(vocabulary());
  for (std::size_t c = 0; c < columns_; ++c) {
    T max = -std::numeric_limits<T>::infinity();
    for (std::size_t s = 0; s < slices; ++s) max = std::max(max, slice_max_[s * columns_ + c]);
    double sum = 0;
    for (std::size_t s = 0; s < slices; ++s) {
      T& m = slice_max_[s * columns_ + c];  // becomes exp(m_s - m)
      m = m == max ? T(1) : static_cast<T>(std::exp(static_cast<double>(m - max)));
      // The exponentials of a NaN are NaN, whatever the maximum is then.
      const T part = slice_sum_[s * columns_ + c];
      if (part != 0) sum += static_cast<double>(part) * static_cast<double>(m);
    }
    const double weight = mask == nullptr || c >= rows_ ? 1 : static_cast<double>(mask[c]);
    const double factor = c < rows_ ? scale * weight / sum : 0;
    for (std::size_t s = 0; s < slices; ++s) {
      slice_sum_[s * columns_ + c] =
          static_cast<T>(factor * static_cast<double>(slice_max_[s * columns_ + c]));
    }
    if (c >= rows_) continue;
    // A row that is left out counts for nothing, whatever it holds.
    row_loss_[begin + c] =
        weight == 0 ? 0 : weight * (std::log(sum) + (static_cast<double>(max) - target_[c]));
  }
}

// d(logits) = scale w (softmax - onehot(target))
template <class T>
void VocabularyOutput<T>::logit_gradient(const Slice& slice, const std::uint32_t* targets,
                                         const float* mask, double scale) const {
  const T* factor = slice_sum_ + slice.index * columns_;
  each_target(slice, targets, [&](std::size_t row, std::size_t, const T& e) {
    const double weight = mask == nullptr ? 1 : static_cast<double>(mask[row]);
    target_[row] = static_cast<double>(e) * static_cast<double>(factor[row]) - scale * weight;
  });
  kernels::scale_columns(slice.count, columns_, block_ + slice.first * columns_, columns_, factor);
  each_target(slice, targets,
              [&](std::size_t row, std::size_t, T& d) { d = static_cast<T>(target_[row]); });
}

// dW (+)= d(logits)^T h, db (+)= the sums of d(logits)
template <class T>
void VocabularyOutput<T>::weight_gradient(const Slice& slice, bool first_block,
                                          const Gradients& gradients, T* scratch) const {
  for (std::size_t i = 0; i < slice.count; i += kBlockRows) {
    const std::size_t token = slice.first + i, count = std::min(kBlockRows, slice.count - i);
    T* dw = gradients.weight + token * hidden();
    T* db = gradients.bias + token;
    const T* rows = block_ + token * columns_;
    if (first_block) std::fill_n(db, count, T(0));
    kernels::multiply_block<T>(count, matrix<T>(rows, columns_), inputs_, packed_inputs_, 0,
                               inputs_.panels(), {first_block ? nullptr : dw, hidden()}, dw,
                               hidden(), scratch);
    kernels::add_row_sums(count, rows_, rows, columns_, db);
  }
}

// For the product over the tokens.
template <class T>
void VocabularyOutput<T>::round_logit_gradient(const Slice& walk) const {
  if constexpr (sizeof(T) == sizeof(float)) {
    float* rows = block_ + walk.first * columns_;
    for (std::size_t i = 0; i < walk.count; i += 2) {
      const float* even = rows + i * columns_;
      kernels::pair_rows(even, i + 1 < walk.count ? even + columns_ : nullptr, columns_,
                         rows + i / 2 * columns_);
    }
  }
}

// sum (H, columns_) (+)= W^T d(logits)^T
template <class T>
void VocabularyOutput<T>::input_gradient(const Slice& walk, bool first, T* sum, T* scratch) const {
  const kernels::PackedLayout& rows = walk_rows_[walk.count - walk_rows_[0].depth];
  const T* w = weight_.value().data() + walk.first * hidden();
  for (std::size_t unit = 0; unit < hidden(); unit += kBlockRows) {
    T* c = sum + unit * columns_;
    kernels::multiply_block<T>(std::min(kBlockRows, hidden() - unit),
                               transposed(w + unit, hidden()), rows, block_ + walk.first * columns_,
                               0, rows.panels(), {first ? nullptr : c, columns_}, c, columns_,
                               scratch);
  }
}

// dh (rows_, H) = the sum of the parts, transposed in squares.
template <class T>
void VocabularyOutput<T>::add_parts(const ThreadTeam& team, T* dh) const {
  constexpr std::size_t kSide = 16;
  const std::size_t parts = part_count(vocabulary()), part_size = hidden() * columns_;
  team.for_elements(parts * part_size)
      .for_each_block((rows_ + kSide - 1) / kSide, [&](std::size_t block) {
        const std::size_t begin = block * kSide, count = std::min(kSide, rows_ - begin);
        T sum[kSide][kSide];
        for (std::size_t first = 0; first < hidden(); first += kSide) {
          const std::size_t units = std::min(kSide, hidden() - first);
          for (std::size_t u = 0; u < units; ++u) {
            const T* from = parts_ + (first + u) * columns_ + begin;
            std::copy_n(from, count, sum[u]);
            for (std::size_t part = 1; part < parts; ++part) {
              for (std::size_t r = 0; r < count; ++r) sum[u][r] += from[part * part_size + r];
            }
          }
          for (std::size_t r = 0; r < count; ++r) {
            T* to = dh + (begin + r) * hidden() + first;
            for (std::size_t u = 0; u < units; ++u) to[u] = sum[u][r];
          }
        }
      });
}

template <class T>
double VocabularyOutput<T>::sum_of_losses(std::size_t rows) const {
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r) sum += row_loss_[r];
  return sum;
}

template <class T>
double VocabularyOutput<T>::loss(const ThreadTeam& team, std::size_t rows, const T* h,
                                 const std::uint32_t* targets, const float* mask) {
  each_block(rows, h, [&](std::size_t begin) {
    each_slice(team, [&](const Slice& slice, T* scratch) {
      product(slice, scratch);
      exponentials(slice, targets + begin, false);
    });
    finish_losses(begin, mask == nullptr ? nullptr : mask + begin, 0);
  });
  return sum_of_losses(rows);
}

template <class T>
double VocabularyOutput<T>::loss_and_gradient(const ThreadTeam& team, std::size_t rows, const T* h,
                                              const std::uint32_t* targets, const float* mask,
                                              double scale, const Gradients& gradients) {
  if (rows == 0) {
    std::fill_n(gradients.weight, weight_.size(), T(0));
    std::fill_n(gradients.bias, bias_.size(), T(0));
    return 0;
  }
  const std::size_t slices = slice_count(vocabulary()), parts = part_count(vocabulary());
  each_block(rows, h, [&](std::size_t begin) {
    const float* block_mask = mask == nullptr ? nullptr : mask + begin;
    each_slice(team, [&](const Slice& slice, T* scratch) {
      product(slice, scratch);
      exponentials(slice, targets + begin, true);
    });
    finish_losses(begin, block_mask, scale);
    T* scratch = kernels::column_scratch<T>(team, scratch_size());
    workers(team).for_each_block(parts, [&](std::size_t part, std::size_t worker) {
      T* own = scratch + worker * scratch_size();
      for (std::size_t s = slices * part / parts; s < slices * (part + 1) / parts; ++s) {
        logit_gradient(slice(s), targets + begin, block_mask, scale);
        weight_gradient(slice(s), begin == 0, gradients, own);
      }
      const std::size_t walks = walk_count(vocabulary()), first = walks * part / parts;
      for (std::size_t walk = first; walk < walks * (part + 1) / parts; ++walk) {
        const Slice tokens = cut(walk, walks);
        if (precision_ == Precision::kBf16) round_logit_gradient(tokens);
        input_gradient(tokens, walk == first, parts_ + part * hidden() * columns_, own);
      }
    });
    add_parts(team, gradients.h + begin * hidden());
  });
  return sum_of_losses(rows);
}

template class VocabularyOutput<float>;
template class VocabularyOutput<double>;

}  // namespace unroll
