#pragma once

#include <string>

#include "report/chart.h"

namespace unroll::app::report {

// A chart with the words around it.
struct Figure {
  std::string title = {}, caption = {};  // the caption may be empty
  Chart chart = {};
};

// A number as the page shows it.
std::string shown(double number);

}  // namespace unroll::app::report
