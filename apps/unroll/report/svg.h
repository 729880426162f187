#pragma once

#include <string>
#include <vector>

namespace unroll::app::report {

struct SvgColour {
  std::string drawn, shown;  // as the picture has it; as CSS
};

struct SvgStyle {
  std::string id;           // what all names inside begin with
  std::string description;  // what is read out instead of the picture
  std::vector<SvgColour> colours = {};
};

// A picture as gnuplot writes it, as an element for an HTML page: without what only files need,
// with names that no other picture has, in the page's colours. Throws FormatError for what is no
// SVG.
std::string page_svg(const std::string& file, const SvgStyle& style);

}  // namespace unroll::app::report
