#include "measure/allocations.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNROLL_SANITIZER_HEAP
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNROLL_SANITIZER_HEAP
#endif
#endif

namespace {

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> calls{0};

[[maybe_unused]] void count_call() {
  if (counting.load(std::memory_order_relaxed)) calls.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

#if defined(UNROLL_SANITIZER_HEAP)

// Of <sanitizer/allocator_interface.h>, which g++ 12 comes without in Debian.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*,
                                                                             std::size_t),
                                                         void (*free_hook)(const volatile void*));

namespace {
const bool kCounted =
    __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void*, std::size_t) { count_call(); }, [](const volatile void*) {}) != 0;
}  // namespace

#elif defined(__GLIBC__)

// The program's own malloc and its relatives, which the shared libraries call too: they count, and
// hand on to glibc's. Memory stays glibc's, so that free needs no own version.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  count_call();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  count_call();
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  count_call();
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  count_call();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count_call();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  count_call();
  const bool power_of_two = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power_of_two || alignment % sizeof(void*) != 0) return EINVAL;
  void* const block = __libc_memalign(alignment, size);
  if (block == nullptr) return ENOMEM;
  *memory = block;
  return 0;
}
}

namespace {
constexpr bool kCounted = true;
}  // namespace

#else

namespace {
constexpr bool kCounted = false;
}  // namespace

#endif

namespace unroll::measure {

AllocationCount::AllocationCount() {
  calls.store(0, std::memory_order_relaxed);
  counting.store(true, std::memory_order_seq_cst);
}

AllocationCount::~AllocationCount() { counting.store(false, std::memory_order_relaxed); }

std::optional<std::uint64_t> AllocationCount::count() const {
  if (!kCounted) return std::nullopt;
  return calls.load(std::memory_order_seq_cst);
}

}  // namespace unroll::measure
