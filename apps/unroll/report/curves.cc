#include "report/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "support/json.h"

namespace unroll::app::report {
namespace {

constexpr std::size_t kMaxPoints = 2000;  // more than a chart has pixels
constexpr const char* kValid = "valid_";
constexpr double kLogarithmicFrom = 20;  // largest over smallest

std::vector<Json> thinned(const std::vector<Json>& log) {
  if (log.size() <= kMaxPoints) return log;
  const std::size_t every = (log.size() - 1) / kMaxPoints + 1;
  std::vector<Json> kept;
  for (std::size_t i = (log.size() - 1) % every; i < log.size(); i += every) kept.push_back(log[i]);
  return kept;
}

Curve curve(const std::vector<Json>& log, const std::string& name, Line line,
            const std::string& key) {
  Curve result = {.name = name, .line = line};
  for (const Json& record : log) {
    const bool there = record.contains(key) && record[key].is_number();
    result.x.push_back(record["epoch"].get<double>());
    result.y.push_back(there ? record[key].get<double>()
                             : std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

bool has_numbers(const Curve& curve) {
  return std::any_of(curve.y.begin(), curve.y.end(), [](double y) { return std::isfinite(y); });
}

// Curves that fall by more than an order of magnitude.
bool wants_logarithm(const std::vector<Curve>& curves) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Curve& c : curves) {
    for (const double y : c.y) {
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
    }
  }
  return low > 0 && high / low > kLogarithmicFrom;
}

std::string described(const std::string& title, const std::vector<Curve>& curves) {
  std::string text = title + " by epoch.";
  for (const Curve& c : curves) {
    std::size_t first = c.y.size(), last = 0;
    for (std::size_t i = 0; i < c.y.size(); ++i) {
      if (!std::isfinite(c.y[i])) continue;
      first = std::min(first, i);
      last = i;
    }
    text += fmt::format(" {}: {} in epoch {}, {} in epoch {}.", c.name.empty() ? "values" : c.name,
                        shown(c.y[first]), c.x[first], shown(c.y[last]), c.x[last]);
  }
  return text;
}

void add_sentence(std::string& text, const std::string& sentence) {
  if (sentence.empty()) return;
  text += (text.empty() ? "" : " ") + sentence;
}

enum class Scale { kLinear, kAsNeeded };

Figure figure(const std::string& title, std::vector<Curve> curves, Scale scale = Scale::kAsNeeded) {
  std::erase_if(curves, [](const Curve& c) { return !has_numbers(c); });
  Figure result;
  result.title = title;
  Chart& chart = result.chart;
  chart.x_label = "epoch";
  chart.whole_steps = true;
  chart.logarithmic = scale == Scale::kAsNeeded && wants_logarithm(curves);
  if (!curves.empty()) chart.description = described(title, curves);
  if (chart.logarithmic) add_sentence(result.caption, "Logarithmic scale.");
  chart.curves = std::move(curves);
  return result;
}

std::vector<Curve> training_and_validation(const std::vector<Json>& log, const std::string& name) {
  return {curve(log, "training", Line::kFirst, "train_" + name),
          curve(log, "validation", Line::kSecond, kValid + name)};
}

std::vector<std::string> validation_figures(const Json& record) {
  std::vector<std::string> names;
  for (const auto& [key, value] : record.members()) {
    if (key.starts_with(kValid) && key != "valid_loss")
      names.push_back(key.substr(std::string_view(kValid).size()));
  }
  return names;
}

// What an answer without a model reaches is no figure of its own: accuracy_majority of accuracy.
bool is_baseline(const std::string& name, const std::string& of) {
  return name.starts_with(of + "_");
}

bool is_baseline_of_any(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& of) { return is_baseline(name, of); });
}

// Of several, the one that is hardest to beat: accuracies rise, errors fall.
std::string hardest_baseline(const Json& record, const std::vector<std::string>& names,
                             const std::string& of) {
  std::string hardest;
  double reached = 0;
  for (const std::string& name : names) {
    const Json& value = record[kValid + name];
    if (!is_baseline(name, of) || !value.is_number()) continue;
    const double candidate = value.get<double>();
    const bool harder = of == "accuracy" ? candidate > reached : candidate < reached;
    if (hardest.empty() || harder) hardest = name, reached = candidate;
  }
  return hardest;
}

std::string best_epoch(const std::vector<Json>& log) {
  const Json* best = nullptr;
  for (const Json& record : log) {
    if (!record.contains("valid_loss") || !record["valid_loss"].is_number()) continue;
    if (!best || record["valid_loss"].get<double>() < (*best)["valid_loss"].get<double>()) {
      best = &record;
    }
  }
  return best ? fmt::format("Lowest of the validation data: {}, epoch {}.",
                            shown((*best)["valid_loss"].get<double>()),
                            (*best)["epoch"].get<std::uint64_t>())
              : "";
}

}  // namespace

std::string shown(double number) { return fmt::format("{:.4g}", number); }

std::string figure_name(const std::string& key) {
  const std::pair<const char*, const char*> abbreviations[] = {
      {"rmse", "RMSE"}, {"mae", "MAE"}, {"mase", "MASE"}, {"f1", "F1"}, {"ar", "AR"}};
  std::string name;
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('_', begin), key.size());
    std::string word = key.substr(begin, end - begin);
    for (const auto& [from, to] : abbreviations) {
      if (word == from) word = to;
    }
    name += (name.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
    name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  }
  return name;
}

std::vector<Figure> training_curves(const RunRecord& run) {
  if (run.log.empty()) return {};
  const std::vector<Json> log = thinned(run.log);
  std::vector<Figure> figures = {figure("Loss", training_and_validation(log, "loss"))};
  add_sentence(figures[0].caption, best_epoch(run.log));
  const std::vector<std::string> names = validation_figures(run.log.back());
  for (const std::string& name : names) {
    if (is_baseline_of_any(names, name)) continue;
    std::vector<Curve> curves = training_and_validation(log, name);
    const std::string baseline = hardest_baseline(run.log.back(), names, name);
    if (!baseline.empty()) {
      curves.push_back(curve(log, "without a model", Line::kThin, kValid + baseline));
    }
    figures.push_back(figure(figure_name(name), std::move(curves)));
    if (baseline.empty()) continue;
    add_sentence(figures.back().caption,
                 fmt::format("Without a model: {}, {}.", figure_name(baseline),
                             shown(run.log.back()[kValid + baseline].get<double>())));
  }
  figures.push_back(
      figure("Learning rate", {curve(log, "", Line::kFirst, "learning_rate")}, Scale::kLinear));
  figures.push_back(
      figure("Norm of the gradient", {curve(log, "", Line::kFirst, "gradient_norm")}));
  std::erase_if(figures, [](const Figure& f) { return !has_points(f.chart); });
  for (std::size_t i = 0; i < figures.size(); ++i) {
    figures[i].chart.id = fmt::format("curve-{}", i + 1);
  }
  return figures;
}

}  // namespace unroll::app::report
