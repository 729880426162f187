#include "kernels/gemm.h"

#include <algorithm>
#include <type_traits>

#include "kernels/packed_product.h"

#ifdef UNROLL_WITH_ONEDNN
#include <dnnl.h>

// Of the OpenMP runtime that oneDNN uses (libgomp); each thread has its own setting.
extern "C" int omp_get_max_threads();
extern "C" void omp_set_num_threads(int threads);
#endif

namespace unroll::kernels {
namespace {

// A packed block of B: 256 deep, so that a row tile of A stays in L1, and 256 KiB, a quarter of L2.
constexpr std::size_t kDepth = 256;
constexpr std::size_t kPackedBytes = 256 * 1024;

#ifdef UNROLL_WITH_ONEDNN
// Keeps oneDNN on the calling thread for its lifetime; by itself it starts threads of its own.
class OneThread {
 public:
  OneThread() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(threads_); }

 private:
  int threads_;
};
#endif

// One block of C by one thread.
template <class T>
void block_gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<T> a, Matrix<T> b, T* c,
                std::size_t c_stride, bool accumulate) noexcept {
#ifdef UNROLL_WITH_ONEDNN
  if constexpr (std::is_same_v<T, float>) {
    const auto dim = [](std::size_t x) { return static_cast<dnnl_dim_t>(x); };
    const auto flag = [](const Matrix<T>& x) { return x.column_stride == 1 ? 'N' : 'T'; };
    const auto stride = [&](const Matrix<T>& x) {
      return dim(std::max(x.row_stride, x.column_stride));
    };
    const OneThread one_thread;
    const dnnl_status_t status =
        dnnl_sgemm(flag(a), flag(b), dim(m), dim(n), dim(k), 1.0f, a.data, stride(a), b.data,
                   stride(b), accumulate ? 1.0f : 0.0f, c, dim(c_stride));
    if (status == dnnl_success) return;
  }
#endif
  packed_gemm(m, n, k, a, b, c, c_stride, accumulate);
}

}  // namespace

template <class T>
void packed_gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<T> a, Matrix<T> b, T* c,
                 std::size_t c_stride, bool accumulate) noexcept {
  if (k == 0) {
    for (std::size_t i = 0; i < m && !accumulate; ++i) std::fill_n(c + i * c_stride, n, T(0));
    return;
  }
  alignas(64) static thread_local T packed[kPackedBytes / sizeof(T)];
  constexpr std::size_t kRows = 48;
  const std::size_t columns = kPackedBytes / sizeof(T) / kDepth;
  for (std::size_t n0 = 0; n0 < n; n0 += columns) {
    const std::size_t width = std::min(columns, n - n0);
    for (std::size_t k0 = 0; k0 < k; k0 += kDepth) {
      const PackedLayout layout = dense_layout<T>(std::min(kDepth, k - k0), width);
      pack(layout, b.data + k0 * b.row_stride + n0 * b.column_stride, b.row_stride, b.column_stride,
           0, layout.panels(), packed);
      for (std::size_t m0 = 0; m0 < m; m0 += kRows) {
        const T* a_rows[kRows];
        T* c_rows[kRows];
        const std::size_t rows = std::min(kRows, m - m0);
        for (std::size_t r = 0; r < rows; ++r) {
          a_rows[r] = a.data + (m0 + r) * a.row_stride + k0 * a.column_stride;
          c_rows[r] = c + (m0 + r) * c_stride + n0;
        }
        packed_product(layout, packed, 0, layout.panels(), rows, a_rows, a.column_stride, c_rows,
                       accumulate || k0 > 0);
      }
    }
  }
}

template <class T>
void gemm(const ThreadTeam& team, std::size_t m, std::size_t n, std::size_t k, Matrix<T> a,
          Matrix<T> b, T* c, std::size_t c_stride, bool accumulate) noexcept {
  if (m == 0 || n == 0) return;
  // Up to 16 blocks along the longer side, each of at least 2^20 multiply-adds (about 10 µs) and 48
  // rows or columns: enough for the threads to share, few enough that packing stays a small part.
  // An even number, since most machines have one of cores; whole vectors where columns are cut.
  const bool by_rows = m > n;
  const std::size_t side = by_rows ? m : n;
  std::size_t blocks = std::clamp<std::size_t>(
      std::min(m * n * std::max<std::size_t>(k, 1) >> 20, side / 48), 1, 16);
  if (blocks > 1) blocks -= blocks % (blocks < 4 ? 2 : 4);
  std::size_t step = (side + blocks - 1) / blocks;
  if (!by_rows) step = (step + 15) / 16 * 16;
  team.for_each_block((side + step - 1) / step, [&](std::size_t block) {
    const std::size_t begin = block * step, count = std::min(step, side - begin);
    if (by_rows) {
      block_gemm(count, n, k, {a.data + begin * a.row_stride, a.row_stride, a.column_stride}, b,
                 c + begin * c_stride, c_stride, accumulate);
    } else {
      block_gemm(m, count, k, a, {b.data + begin * b.column_stride, b.row_stride, b.column_stride},
                 c + begin, c_stride, accumulate);
    }
  });
}

template void gemm<float>(const ThreadTeam&, std::size_t, std::size_t, std::size_t, Matrix<float>,
                          Matrix<float>, float*, std::size_t, bool) noexcept;
template void gemm<double>(const ThreadTeam&, std::size_t, std::size_t, std::size_t, Matrix<double>,
                           Matrix<double>, double*, std::size_t, bool) noexcept;
template void packed_gemm<float>(std::size_t, std::size_t, std::size_t, Matrix<float>,
                                 Matrix<float>, float*, std::size_t, bool) noexcept;
template void packed_gemm<double>(std::size_t, std::size_t, std::size_t, Matrix<double>,
                                  Matrix<double>, double*, std::size_t, bool) noexcept;

}  // namespace unroll::kernels
