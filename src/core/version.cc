#include "unroll/version.h"

#define UNROLL_TEXT_OF(x) #x
#define UNROLL_TEXT(x) UNROLL_TEXT_OF(x)

namespace unroll {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang++ " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

#ifdef NDEBUG
constexpr bool kAssertions = false;
#else
constexpr bool kAssertions = true;
#endif

}  // namespace

const BuildOptions& build_options() noexcept {
  static constexpr BuildOptions options = {UNROLL_VERSION_MAJOR, UNROLL_VERSION_MINOR,
                                           UNROLL_VERSION_PATCH, kCompiler, kAssertions};
  return options;
}

const char* version() noexcept {
  return UNROLL_TEXT(UNROLL_VERSION_MAJOR) "." UNROLL_TEXT(UNROLL_VERSION_MINOR) "." UNROLL_TEXT(
      UNROLL_VERSION_PATCH);
}

}  // namespace unroll
