#pragma once

#include <string>
#include <vector>

namespace unroll::app::report {

enum class Line { kFirst, kSecond, kThin };  // colours, which mean the same in all charts

// Numbers by numbers. NaN in y is a gap.
struct Curve {
  std::string name = {};  // in the key
  Line line = Line::kFirst;
  std::vector<double> x = {}, y = {};
};

// The area between two curves.
struct Band {
  std::string name = {};
  std::vector<double> x = {}, low = {}, high = {};
};

// No text but the description may come from outside: it becomes part of a script.
struct Chart {
  std::string id = {};  // lower-case letters, digits and dashes; one of its kind on the page
  std::string description = {};  // for those who cannot see it; any text
  std::string x_label = {}, y_label = {};
  std::vector<Curve> curves = {};
  std::vector<Band> bands = {};
  bool points = false;       // the curves of Line::kFirst are points without lines
  bool whole_steps = false;  // x are whole numbers
  bool dates = false;        // x are seconds since 1970
  bool logarithmic = false;  // y
  bool wide = false;         // twice as wide as others
};

// Whether a number in it can be shown.
bool has_points(const Chart& chart);

// The chart as one element <svg> for a page that sets its colours (--line-1, --line-2, --line-3,
// --band, --grid) and fonts. Throws what run_gnuplot() throws; ValueError for a chart without
// points.
std::string draw(const Chart& chart);

}  // namespace unroll::app::report
