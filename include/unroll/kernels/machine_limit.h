#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "unroll/core/threads.h"
#include "unroll/core/visibility.h"

#pragma GCC visibility push(default)

namespace unroll {

// What this processor can do at most, measured at the call, on the instruction set that the kernels
// run on: the best of several runs of about a millisecond, so that other loads on the machine
// matter little.

// The instruction set in use: "avx3", "avx2", … Throws EnvironmentError when the variable
// UNROLL_TARGET names none that is there.
std::string instruction_set();
// Those that are compiled in and that this processor has, best first.
std::vector<std::string> instruction_sets();
// Changes the one in use, which the passes made before must not outlive. Throws ValueError for a
// name that is not among instruction_sets().
void set_instruction_set(const std::string& name);

// The data caches that a thread has, in bytes: what Linux says, or else the processor; sizes that
// suit most where neither does. The environment variable UNROLL_CACHES=32K,512K,32M takes their
// place. Sizes of blocks follow from them, and no bit of a result.
struct Caches {
  std::size_t l1 = std::size_t{32} << 10, l2 = std::size_t{512} << 10, l3 = std::size_t{8} << 20;
  std::string source = "assumed";  // "sysfs", "cpuid", "UNROLL_CACHES"
};
// Throws EnvironmentError for a value of UNROLL_CACHES that is no such list.
Caches caches();

// Fused multiply-adds in registers, by all threads of the team at once; each counts as two
// operations. In 1e9 operations of type T a second.
template <class T>
UNROLL_PUBLIC double fma_peak(const ThreadTeam& team);

extern template double fma_peak<float>(const ThreadTeam& team);
extern template double fma_peak<double>(const ThreadTeam& team);

// The same of multiply-adds of pairs of bf16 with sums in float, each four operations; where no
// instruction does that, those of float.
double bf16_peak(const ThreadTeam& team);

// Reading, by all threads of the team at once, in 1e9 bytes a second.
struct ReadBandwidth {
  double l1 = 0;      // each thread its own 16 KiB
  double l2 = 0;      // each thread its own 256 KiB
  double l3 = 0;      // all threads the same 6 MiB
  double memory = 0;  // together 256 MiB
};
ReadBandwidth read_bandwidth(const ThreadTeam& team);

}  // namespace unroll

#pragma GCC visibility pop
