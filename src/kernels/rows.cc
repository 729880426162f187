#include "kernels/rows.h"

#include <algorithm>

namespace unroll::kernels {
namespace {

constexpr std::size_t kColumns = 128;     // columns a block: their sums stay in L1
constexpr std::size_t kElements = 16384;  // elements a block of rows

}  // namespace

template <class T>
void fill_rows(const ThreadTeam& team, std::size_t rows, std::size_t columns, const T* from,
               T* to) noexcept {
  const std::size_t step = std::max<std::size_t>(1, kElements / std::max<std::size_t>(1, columns));
  team.for_each_block((rows + step - 1) / step, [&](std::size_t block) {
    for (std::size_t r = block * step; r < std::min(rows, (block + 1) * step); ++r) {
      std::copy_n(from, columns, to + r * columns);
    }
  });
}

template <class T>
void column_sums(const ThreadTeam& team, std::size_t rows, std::size_t columns, const T* from,
                 T* sums) noexcept {
  // Small sums are not worth waking the threads.
  const ThreadTeam& used = rows * columns < kElements ? ThreadTeam(1) : team;
  used.for_each_block((columns + kColumns - 1) / kColumns, [&](std::size_t block) {
    const std::size_t begin = block * kColumns, count = std::min(kColumns, columns - begin);
    T sum[kColumns] = {};
    for (std::size_t r = 0; r < rows; ++r) {
      const T* row = from + r * columns + begin;
      for (std::size_t c = 0; c < count; ++c) sum[c] += row[c];
    }
    std::copy_n(sum, count, sums + begin);
  });
}

template void fill_rows<float>(const ThreadTeam&, std::size_t, std::size_t, const float*,
                               float*) noexcept;
template void fill_rows<double>(const ThreadTeam&, std::size_t, std::size_t, const double*,
                                double*) noexcept;
template void column_sums<float>(const ThreadTeam&, std::size_t, std::size_t, const float*,
                                 float*) noexcept;
template void column_sums<double>(const ThreadTeam&, std::size_t, std::size_t, const double*,
                                  double*) noexcept;

}  // namespace unroll::kernels
