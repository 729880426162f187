#pragma once

#include <string>

namespace unroll {

// Processors that this process may use at the same time.
struct Processors {
  int logical = 1;   // by its affinity mask and the processor time that its control group allows
  int physical = 1;  // the same, with one of the processors that share a core
};

// Found at the first call. UNROLL_PROCESSORS=N takes the place of both. Throws EnvironmentError
// where that is no number from 1 to 1024.
const Processors& processors();

// Processors worth of time that a control group (version 2, or 1) and those around it allow,
// rounded up; 0 without a limit. `root` is before /proc and /sys, for tests.
int cgroup_processors(const std::string& root = {});

}  // namespace unroll
