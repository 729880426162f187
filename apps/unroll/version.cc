#include "version.h"

#include <fmt/format.h>
#include <zlib.h>

#include <vector>

#include "kernels/targets.h"
#include "unroll/kernels/precision.h"
#include "versions_of_libraries.h"

namespace unroll::app {

std::string version() { return UNROLL_VERSION; }

std::string version_text() {
  std::string offered;
  for (const std::string& name : kernels::target_names()) {
    offered += (offered.empty() ? "" : ", ") + name;
  }
  return fmt::format(
      "unroll {}\n"
      "instruction set: {} of {}{}\n"
      "compiler: {}\n"
      "libraries: {}, zlib {}\n",
      version(), kernels::target_name(), offered, has_bf16_instruction() ? "; multiplies bf16" : "",
      kCompiler, kLibraries, ::zlibVersion());
}

}  // namespace unroll::app
