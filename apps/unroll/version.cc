#include "version.h"

#include <fmt/format.h>
#include <zlib.h>

#include <string>

#include "unroll/kernels/machine_limit.h"
#include "unroll/kernels/precision.h"
#include "unroll/version.h"
#include "versions_of_libraries.h"

namespace unroll::app {

std::string caches_text() {
  const auto size = [](std::size_t bytes) {
    return bytes % (1 << 20) == 0 ? fmt::format("{} MiB", bytes >> 20)
                                  : fmt::format("{:.4g} KiB", static_cast<double>(bytes) / 1024);
  };
  const Caches found = caches();
  return fmt::format("L1 {}, L2 {}, L3 {} ({})", size(found.l1), size(found.l2), size(found.l3),
                     found.source);
}

std::string version_text() {
  std::string offered;
  for (const std::string& name : instruction_sets()) {
    offered += (offered.empty() ? "" : ", ") + name;
  }
  return fmt::format(
      "unroll {}\n"
      "instruction set: {} of {}{}\n"
      "caches: {}\n"
      "compiler: {}\n"
      "libraries: {}, zlib {}\n",
      version(), instruction_set(), offered, has_bf16_instruction() ? "; multiplies bf16" : "",
      caches_text(), kCompiler, kLibraries, ::zlibVersion());
}

}  // namespace unroll::app
