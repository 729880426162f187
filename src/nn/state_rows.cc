#include <algorithm>

#include "unroll/core/error.h"
#include "unroll/nn/recurrence.h"

namespace unroll {
namespace {

// Calls body(state, place of the row in the states of N rows, place in those of rows.size()).
template <class T, class Body>
void each_row(const States<T>& whole, std::span<const std::size_t> rows, const Body& body) {
  for (std::size_t k = 0; k < whole.size(); ++k) {
    const Shape& shape = whole[k].shape();
    if (shape.rank() != 3) {
      throw ShapeError("a state has shape " + shape.text() +
                       "; wanted (layers·directions, batch, hidden)");
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] >= shape[1]) {
        throw ValueError("row " + std::to_string(rows[i]) + " of states with " +
                         std::to_string(shape[1]) + " rows");
      }
      for (std::size_t l = 0; l < shape[0]; ++l) {
        body(k, (l * shape[1] + rows[i]) * shape[2], (l * rows.size() + i) * shape[2], shape[2]);
      }
    }
  }
}

}  // namespace

template <class T>
void gather_rows(const States<T>& from, std::span<const std::size_t> rows, States<T>& to) {
  to.resize(from.size());
  for (std::size_t k = 0; k < from.size(); ++k) {
    const Shape& shape = from[k].shape();
    const Shape wanted({shape[0], rows.size(), shape[2]});
    if (to[k].shape() != wanted || to[k].size() == 0) to[k] = Tensor<T>(wanted);
  }
  each_row(from, rows, [&](std::size_t k, std::size_t whole, std::size_t part, std::size_t width) {
    std::copy_n(from[k].data() + whole, width, to[k].data() + part);
  });
}

template <class T>
void scatter_rows(const States<T>& from, std::span<const std::size_t> rows, States<T>& to) {
  if (from.size() != to.size()) {
    throw ShapeError(std::to_string(from.size()) + " states to write into " +
                     std::to_string(to.size()));
  }
  for (std::size_t k = 0; k < to.size(); ++k) {
    const Shape& shape = to[k].shape();
    check_shape("a state", from[k].shape(), Shape({shape[0], rows.size(), shape[2]}));
  }
  each_row(to, rows, [&](std::size_t k, std::size_t whole, std::size_t part, std::size_t width) {
    std::copy_n(from[k].data() + part, width, to[k].data() + whole);
  });
}

template void gather_rows(const States<float>&, std::span<const std::size_t>, States<float>&);
template void gather_rows(const States<double>&, std::span<const std::size_t>, States<double>&);
template void scatter_rows(const States<float>&, std::span<const std::size_t>, States<float>&);
template void scatter_rows(const States<double>&, std::span<const std::size_t>, States<double>&);

}  // namespace unroll
