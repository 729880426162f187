#include "version.h"

#include <fmt/format.h>
#include <zlib.h>

#include <string>

#include "unroll/kernels/machine_limit.h"
#include "unroll/kernels/precision.h"
#include "unroll/version.h"
#include "versions_of_libraries.h"

namespace unroll::app {

std::string version_text() {
  std::string offered;
  for (const std::string& name : instruction_sets()) {
    offered += (offered.empty() ? "" : ", ") + name;
  }
  return fmt::format(
      "unroll {}\n"
      "instruction set: {} of {}{}\n"
      "compiler: {}\n"
      "libraries: {}, zlib {}\n",
      version(), instruction_set(), offered, has_bf16_instruction() ? "; multiplies bf16" : "",
      kCompiler, kLibraries, ::zlibVersion());
}

}  // namespace unroll::app
