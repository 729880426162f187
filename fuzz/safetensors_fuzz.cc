// Reads arbitrary bytes as a safetensors file: all of it loads, or an unroll::Error is thrown.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "unroll/core/error.h"
#include "unroll/io/safetensors.h"

namespace {

void load(const std::string& path) {
  const unroll::SafetensorsFile file(path);
  for (const std::string& name : file.names()) {
    try {
      file.read<float>(name);
    } catch (const unroll::Error&) {
    }
    try {
      file.read<double>(name);
    } catch (const unroll::Error&) {
    }
    try {
      file.read_array<std::int64_t>(name);
    } catch (const unroll::Error&) {
    }
    try {
      file.read_array<std::uint32_t>(name);
    } catch (const unroll::Error&) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  // A file in memory: the path of its descriptor leads through the reader's public interface.
  static const int descriptor = ::memfd_create("fuzz", 0);
  if (descriptor < 0 || ::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, bytes, count, 0) != static_cast<ssize_t>(count)) {
    std::abort();
  }
  try {
    load("/proc/self/fd/" + std::to_string(descriptor));
  } catch (const unroll::Error&) {
  }
  return 0;
}
