#pragma once

#include <string>
#include <vector>

#include "demo/guide.h"
#include "support/json.h"

namespace unroll::app::demo {

// A part of the demo.
struct DemoJob {
  std::string name = {};                // "lm", and the folder of its run
  std::vector<std::string> files = {};  // that it writes beside the run
  const char* duration = "";            // "a second"
  // Does it, and returns its figures.
  Json (*run)(const Guide& guide) = nullptr;
};

DemoJob forecast_job();
DemoJob classify_job();
DemoJob lm_job();

}  // namespace unroll::app::demo
