#include "nn/vocabulary_output.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "kernels/rows.h"
#include "kernels/softmax.h"

namespace unroll {

using kernels::gemm;
using kernels::matrix;
using kernels::transposed;

namespace {

// Logits in a block: 8 MB of floats, which stay in L3 for the three passes over them.
constexpr std::size_t kBlockElements = std::size_t{1} << 21;
constexpr std::size_t kSoftmaxElements = 32768;  // of a block of a thread's work: about 10 µs

}  // namespace

template <class T>
std::size_t VocabularyOutput<T>::block_rows(std::size_t rows) const {
  const std::size_t most = std::max<std::size_t>(16, kBlockElements / weight_.shape()[0]);
  const std::size_t blocks = std::max<std::size_t>(1, (rows + most - 1) / most);
  return (rows + blocks - 1) / blocks;
}

template <class T>
void VocabularyOutput<T>::layout(Arena& arena, std::size_t rows) {
  block_ = arena.take<T>(
      std::min(rows, 2 * std::max<std::size_t>(16, kBlockElements / weight_.shape()[0])) *
      weight_.shape()[0]);
  block_sums_ = arena.take<T>(weight_.shape()[0]);
  row_loss_ = arena.take<double>(rows);
}

// block_ = h W^T for some rows; the softmax adds the bias, which saves two passes over the block.
template <class T>
void VocabularyOutput<T>::product(const ThreadTeam& team, std::size_t rows, const T* h) const {
  const std::size_t vocabulary = weight_.shape()[0], hidden = weight_.shape()[1];
  gemm(team, rows, vocabulary, hidden, matrix(h, hidden),
       transposed(weight_.value().data(), hidden), {}, block_, vocabulary);
}

template <class T>
void VocabularyOutput<T>::logits(const ThreadTeam& team, std::size_t rows, const T* h,
                                 T* logits) const {
  const std::size_t vocabulary = weight_.shape()[0], hidden = weight_.shape()[1];
  gemm(team, rows, vocabulary, hidden, matrix(h, hidden),
       transposed(weight_.value().data(), hidden), {bias_.value().data(), 0}, logits, vocabulary);
}

// The losses of block_'s rows, and the gradient in their place unless `gradient` is null.
template <class T>
void VocabularyOutput<T>::softmax(const ThreadTeam& team, std::size_t rows,
                                  const std::uint32_t* targets, double scale, double* losses,
                                  T* gradient) const {
  const std::size_t vocabulary = weight_.shape()[0];
  const std::size_t part_rows = std::max<std::size_t>(1, kSoftmaxElements / vocabulary);
  team.for_each_block((rows + part_rows - 1) / part_rows, [&](std::size_t part) {
    const std::size_t begin = part * part_rows;
    kernels::softmax_loss<T>(
        {.rows = std::min(part_rows, rows - begin),
         .classes = vocabulary,
         .logits = block_ + begin * vocabulary,
         .logits_stride = vocabulary,
         .bias = bias_.value().data(),
         .targets = targets + begin,
         .scale = scale,
         .losses = losses + begin,
         .gradient = gradient == nullptr ? nullptr : gradient + begin * vocabulary,
         .gradient_stride = vocabulary});
  });
}

template <class T>
double VocabularyOutput<T>::loss(const ThreadTeam& team, std::size_t rows, const T* h,
                                 const std::uint32_t* targets) {
  const std::size_t hidden = weight_.shape()[1];
  const std::size_t block = block_rows(rows);
  for (std::size_t begin = 0; begin < rows; begin += block) {
    const std::size_t count = std::min(block, rows - begin);
    product(team, count, h + begin * hidden);
    softmax(team, count, targets + begin, 0, row_loss_ + begin, nullptr);
  }
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r) sum += row_loss_[r];
  return sum;
}

template <class T>
double VocabularyOutput<T>::loss_and_gradient(const ThreadTeam& team, std::size_t rows, const T* h,
                                              const std::uint32_t* targets, double scale, T* dh) {
  const std::size_t vocabulary = weight_.shape()[0], hidden = weight_.shape()[1];
  const std::size_t block = block_rows(rows);
  const T* w = weight_.value().data();
  for (std::size_t begin = 0; begin < rows; begin += block) {
    const std::size_t count = std::min(block, rows - begin);
    // 1. logits = h W^T, without the bias
    product(team, count, h + begin * hidden);
    // 2. loss, and logits become dlogits = scale (softmax(logits + b) - onehot(target))
    softmax(team, count, targets + begin, scale, row_loss_ + begin, block_);
    // 3. dh = dlogits W
    gemm(team, count, hidden, vocabulary, matrix<T>(block_, vocabulary), matrix(w, hidden), {},
         dh + begin * hidden, hidden);
    // 4. dW += dlogits^T h, db += sum of dlogits
    gemm(team, vocabulary, hidden, count, transposed<T>(block_, vocabulary),
         matrix(h + begin * hidden, hidden),
         {begin > 0 ? weight_.gradient.data() : nullptr, hidden}, weight_.gradient.data(), hidden);
    T* sums = begin > 0 ? block_sums_ : bias_.gradient.data();
    kernels::column_sums(team, count, vocabulary, block_, sums);
    for (std::size_t v = 0; begin > 0 && v < vocabulary; ++v) bias_.gradient[v] += sums[v];
  }
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r) sum += row_loss_[r];
  return sum;
}

template class VocabularyOutput<float>;
template class VocabularyOutput<double>;

}  // namespace unroll
