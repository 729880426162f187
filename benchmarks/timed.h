#pragma once

#include "shapes.h"

namespace unroll::benchmarks {

// What is timed.
class Timed {
 public:
  virtual ~Timed() = default;

  // What comes before a pass and is not timed.
  virtual void before(Work) {}
  virtual void pass(Work work) = 0;

  // Its threads stop waiting for work, so that nobody else's measurement suffers from them.
  virtual void rest() {}
};

}  // namespace unroll::benchmarks
