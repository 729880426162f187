#include "report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/gnuplot.h"
#include "report/svg.h"
#include "unroll/core/error.h"

namespace unroll::app::report {
namespace {

constexpr int kHeight = 270, kWidth = 480, kWideWidth = 960, kFontSize = 13;
constexpr std::size_t kMarkedPoints = 30;  // of a line; more would hide it

// Stand for colours that the page knows: gnuplot wants numbers.
constexpr const char* kLineColours[] = {"#010001", "#010002", "#010003"};
constexpr const char* kBandColour = "#010004";
constexpr const char* kGridColour = "#010005";

std::vector<SvgColour> page_colours() {
  return {{"rgb(  1,   0,   1)", "var(--line-1)"}, {"rgb(  1,   0,   2)", "var(--line-2)"},
          {"rgb(  1,   0,   3)", "var(--line-3)"}, {"rgb(  1,   0,   4)", "var(--band)"},
          {"rgb(  1,   0,   5)", "var(--grid)"},   {"black", "currentColor"}};
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(const std::vector<double>& numbers) {
    for (const double x : numbers) {
      if (std::isfinite(x)) low = std::min(low, x), high = std::max(high, x);
    }
  }
};

Range x_range(const Chart& chart) {
  Range range;
  for (const Curve& curve : chart.curves) range.add(curve.x);
  for (const Band& band : chart.bands) range.add(band.x);
  return range;
}

Range y_range(const Chart& chart) {
  Range range;
  for (const Curve& curve : chart.curves) range.add(curve.y);
  for (const Band& band : chart.bands) range.add(band.low), range.add(band.high);
  return range;
}

std::string number(double x) { return std::isfinite(x) ? fmt::format("{:.9g}", x) : "nan"; }

std::string table(const std::string& name, const std::vector<const std::vector<double>*>& columns) {
  std::string text = fmt::format("${} << end\n", name);
  for (std::size_t row = 0; row < columns[0]->size(); ++row) {
    for (const auto* column : columns) text += number((*column)[row]) + ' ';
    text += '\n';
  }
  return text + "end\n";
}

// The tics of dates so far apart.
const char* date_format(double seconds) {
  constexpr double kDay = 86400;
  if (seconds > 4 * 365 * kDay) return "%Y";
  if (seconds > 90 * kDay) return "%Y-%m";
  return seconds > 3 * kDay ? "%m-%d" : "%H:%M";
}

std::string axes(const Chart& chart) {
  const Range x = x_range(chart);
  std::string text;
  if (chart.whole_steps) {
    const double margin = x.low == x.high ? 0.5 : 0;
    text += fmt::format("set xrange [{}:{}]\n", x.low - margin, x.high + margin);
    if (x.high - x.low < 10) text += "set xtics 1\n";
  }
  if (chart.wide) text += "set autoscale xfix\n";
  if (chart.dates) {
    text +=
        fmt::format("set xtics time\nset format x '{}' timedate\n", date_format(x.high - x.low));
  }
  // Room around what runs along an edge, but no negative numbers on an axis of positive ones.
  const Range y = y_range(chart);
  constexpr double kRoom = 0.04;
  const bool below = y.low < 0 || y.low - kRoom * (y.high - y.low) > 0;
  text += chart.logarithmic
              ? "set logscale y\n"
              : fmt::format("set offsets 0, 0, graph {0}, graph {1}\n", kRoom, below ? kRoom : 0);
  if (!chart.x_label.empty()) text += fmt::format("set xlabel '{}'\n", chart.x_label);
  if (!chart.y_label.empty()) text += fmt::format("set ylabel '{}'\n", chart.y_label);
  return text;
}

std::string script(const Chart& chart) {
  std::string text = fmt::format(
      "set terminal svg size {},{} dynamic font 'system-ui,{}' noenhanced linewidth 1.5\n"
      "set encoding utf8\n"
      "set datafile missing 'nan'\n"
      "set border 3\n"
      "set tics nomirror out scale 0.5\n"
      "set grid linecolor rgb '{}' linetype 1 dashtype solid\n"
      "set format y '%g'\n"
      "set lmargin 9\n"
      "set rmargin 2\n"
      "set key above left horizontal reverse Left samplen 1.5 width 1 maxrows 1\n",
      chart.wide ? kWideWidth : kWidth, kHeight, kFontSize, kGridColour);
  text += axes(chart);
  std::string plots;
  const auto add = [&](const std::string& plot) { plots += (plots.empty() ? "" : ", ") + plot; };
  for (std::size_t i = 0; i < chart.bands.size(); ++i) {
    const Band& band = chart.bands[i];
    text += table(fmt::format("band{}", i), {&band.x, &band.low, &band.high});
    add(
        fmt::format("$band{} using 1:2:3 with filledcurves fillcolor rgb '{}' fillstyle solid "
                    "noborder title '{}'",
                    i, kBandColour, band.name));
  }
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    const Curve& curve = chart.curves[i];
    text += table(fmt::format("curve{}", i), {&curve.x, &curve.y});
    const bool thin = curve.line == Line::kThin;
    const bool points = chart.points && curve.line == Line::kFirst;
    const bool marked = curve.x.size() <= kMarkedPoints && !thin && !chart.points;
    add(fmt::format("$curve{} using 1:2 with {} linecolor rgb '{}' linewidth {} {} title '{}'", i,
                    points   ? "points"
                    : marked ? "linespoints"
                             : "lines",
                    kLineColours[static_cast<int>(curve.line)], thin ? 0.7 : 1.2,
                    points || marked ? "pointtype 7 pointsize 0.35" : "", curve.name));
  }
  return text + "plot " + plots + "\n";
}

}  // namespace

bool has_points(const Chart& chart) {
  const auto has = [](const std::vector<double>& numbers) {
    return std::any_of(numbers.begin(), numbers.end(), [](double y) { return std::isfinite(y); });
  };
  return std::any_of(chart.curves.begin(), chart.curves.end(),
                     [&](const Curve& curve) { return has(curve.y); });
}

std::string draw(const Chart& chart) {
  if (!has_points(chart)) throw ValueError("chart " + chart.id + ": has no point to draw");
  return page_svg(run_gnuplot(script(chart)),
                  {.id = chart.id, .description = chart.description, .colours = page_colours()});
}

}  // namespace unroll::app::report
