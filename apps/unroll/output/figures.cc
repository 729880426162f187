#include "output/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "support/json.h"
#include "support/quote.h"
#include "support/utf8.h"

namespace unroll::app {
namespace {

constexpr std::size_t kShownClasses = 12;  // a wider confusion matrix does not fit on a screen
constexpr std::size_t kNameWidth = 12;     // of its columns at the most
// Of more classes a matrix is nearly all zeros: 12,000 took 1.6 GB.
constexpr std::size_t kMatrixClasses = 256;

// A figure, what an answer without a model reaches, and whether more is better.
struct Comparison {
  const char *figure, *baseline;
  bool more_is_better;
};
constexpr Comparison kComparisons[] = {{"accuracy", "accuracy_majority", true},
                                       {"rmse", "rmse_mean", false},
                                       {"rmse", "rmse_persistence", false},
                                       {"rmse", "rmse_seasonal", false},
                                       {"rmse", "rmse_ar", false}};

bool is_number(const Json& result, const std::string& key) {
  return result.contains(key) && result[key].is_number() &&
         std::isfinite(result[key].get<double>());
}

// At most `most` characters of a name, whatever is in it.
std::string shortened(const std::string& name, std::size_t most) {
  const std::string shown = printable(name);
  std::string text;
  for (; text.size() < shown.size() && most > 0; --most) {
    const std::string_view rest = std::string_view(shown).substr(text.size());
    text += rest.substr(0, utf8_sequence(rest).length);
  }
  return text;
}

std::string confusion_text(const Json& confusion) {
  const auto& classes = confusion["classes"];
  if (classes.size() > kShownClasses) return "";
  std::size_t width = 6;
  for (const Json& name : classes) {
    std::size_t characters = 0;
    const std::string shown = shortened(name.get<std::string>(), kNameWidth);
    for (const char byte : shown) characters += (byte & 0xC0) != 0x80 ? 1 : 0;
    width = std::max(width, std::min(kNameWidth, characters + 2));
  }
  const auto cell = [&](const std::string& text) {
    return fmt::format("{:>{}}", shortened(text, width - 1), width);
  };
  std::string text = "\nrows: true, columns: predicted\n";
  text += cell("");
  for (const Json& name : classes) text += cell(name.get<std::string>());
  for (std::size_t r = 0; r < classes.size(); ++r) {
    text += '\n';
    text += cell(classes[r].get<std::string>());
    for (const Json& count : confusion["counts"][r]) text += cell(count.dump());
  }
  return text + "\n";
}

// Four decimals say nothing of numbers that are larger, or smaller.
std::string figure_text(double x) {
  const double size = std::fabs(x);
  const bool fits = size == 0 || (size >= 1e-3 && size < 1e6);
  return fits ? fmt::format("{:>12.4f}", x) : fmt::format("{:>12.4g}", x);
}

Json json(double number) { return std::isfinite(number) ? Json(number) : Json(); }
Json json(std::uint64_t count) { return count; }
Json json(const std::string& text) { return text; }
Json json(const std::vector<std::string>& names) { return names; }

Json json(const Confusion& confusion) {
  const std::size_t k = confusion.classes.size();
  Json result = {{"classes", confusion.classes}};
  if (k > kMatrixClasses) {
    Json& pairs = result["pairs"] = Json::array();
    for (const auto& [place, count] : confusion.counts) {
      pairs.push_back(Json::array({place.first, place.second, count}));
    }
    return result;
  }
  const std::vector<std::size_t> matrix = confusion_matrix(confusion.counts, k);
  Json counts = Json::array();
  for (auto row = matrix.begin(); row != matrix.end(); row += static_cast<std::ptrdiff_t>(k)) {
    counts.push_back(std::vector<std::size_t>(row, row + static_cast<std::ptrdiff_t>(k)));
  }
  result["counts"] = std::move(counts);
  return result;
}

}  // namespace

Json to_json(const Figures& figures) {
  Json result = Json::object();
  for (const auto& [name, figure] : figures) {
    result[name] = std::visit([](const auto& value) { return json(value); }, figure);
  }
  return result;
}

std::vector<std::string> lost_comparisons(const Json& result, const std::string& prefix) {
  std::vector<std::string> lines;
  for (const Comparison& c : kComparisons) {
    if (!is_number(result, prefix + c.figure) || !is_number(result, prefix + c.baseline)) continue;
    const double model = result[prefix + c.figure].get<double>();
    const double without = result[prefix + c.baseline].get<double>();
    if (c.more_is_better ? model > without : model < without) continue;
    lines.push_back(fmt::format("The model is no better than {}: {:.4f} against {:.4f}.",
                                c.baseline, model, without));
  }
  return lines;
}

std::string evaluation_text(const Json& result) {
  std::vector<std::string> prefixes;
  for (const char* prefix : {"valid_", "test_"}) {
    if (result.contains(std::string(prefix) + "loss")) prefixes.emplace_back(prefix);
  }
  if (prefixes.empty()) {
    if (result.contains("train_loss")) return "";
    prefixes.emplace_back("");
  }
  std::string text = fmt::format("{:<20}", "");
  std::vector<std::string> names;
  for (const auto& [key, value] : result.members()) {
    for (const std::string& prefix : prefixes) {
      if (!key.starts_with(prefix) || !(value.is_number_float() || value.is_null())) continue;
      const std::string name = key.substr(prefix.size());
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      break;
    }
  }
  for (const std::string& prefix : prefixes) {
    text += fmt::format("{:>12}", prefix.empty() ? "" : prefix.substr(0, prefix.size() - 1));
  }
  text = prefixes == std::vector<std::string>{""} ? "" : text + "\n";
  for (const std::string& name : names) {
    text += fmt::format("{:<20}", printable(name));
    for (const std::string& prefix : prefixes) {
      const bool there = is_number(result, prefix + name);
      text += there ? figure_text(result[prefix + name].get<double>()) : fmt::format("{:>12}", "-");
    }
    text += "\n";
  }
  const std::string& last = prefixes.back();
  if (result.contains(last + "confusion")) text += confusion_text(result[last + "confusion"]);
  for (const std::string& line : lost_comparisons(result, last)) text += line + "\n";
  return text;
}

}  // namespace unroll::app
