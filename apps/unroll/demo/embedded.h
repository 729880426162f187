#pragma once

#include <string_view>

namespace unroll::app::demo {

// Files that are part of the program.

// The beginning of this project's own headers and sources, 300,000 bytes up to a line end
// (text.cmake).
std::string_view demo_text();

// The yearly mean of the international sunspot number, 1700 to 2008, as CSV (sunspots.csv).
// Source: WDC-SILSO, Royal Observatory of Belgium, Brussels; version 1 of the series.
std::string_view demo_sunspots();

}  // namespace unroll::app::demo
