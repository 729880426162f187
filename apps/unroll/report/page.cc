#include "report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <vector>

#include "output/figures.h"
#include "report/curves.h"
#include "report/page_template.h"
#include "report/prediction_figures.h"
#include "report/tables.h"
#include "support/utf8.h"
#include "unroll/core/error.h"
#include "unroll/version.h"

namespace unroll::app::report {
namespace {

namespace mustache = kainjow::mustache;

// Text that HTML can hold: what is not UTF-8, and control characters, become U+FFFD.
std::string page_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Utf8Sequence sequence = utf8_sequence(text);
    const std::uint32_t c = sequence.code_point;
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
    if (sequence.problem || control) {
      result += "\xEF\xBF\xBD";
    } else {
      result += text.substr(0, sequence.length);
    }
    text.remove_prefix(sequence.length);
  }
  return result;
}

// Objects, arrays, texts and truth values.
mustache::data to_mustache(const PageData& value) {
  if (value.is_boolean()) return mustache::data(value.get<bool>());
  if (value.is_string()) return mustache::data(page_text(value.text()));
  if (value.is_array()) {
    mustache::data list(mustache::data::type::list);
    for (const PageData& item : value) list.push_back(to_mustache(item));
    return list;
  }
  if (!value.is_object()) return mustache::data(false);
  mustache::data object(mustache::data::type::object);
  for (const auto& [key, item] : value.members()) object.set(key, to_mustache(item));
  return object;
}

PageData drawn(const std::vector<Figure>& figures) {
  PageData list = PageData::array();
  for (const Figure& figure : figures) {
    list.push_back({{"title", figure.title},
                    {"caption", figure.caption},
                    {"wide", figure.chart.wide},
                    {"svg", draw(figure.chart)}});
  }
  return list;
}

std::string folder_name(const std::string& folder) {
  std::error_code error;
  const auto path = std::filesystem::absolute(folder, error).lexically_normal();
  const std::string name =
      path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
  return name.empty() ? folder : name;
}

// Each of the options epochs and updates is a lower bound. 0 where it is not known.
std::uint64_t planned_epochs(const RunRecord& run) {
  const auto number = [&](const char* name) {
    const std::string text = run.setting(name);
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  const auto of_last = [&](const char* key) {
    const PageData value = run.log.empty() ? PageData() : run.log.back()[key];
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
  };
  const std::uint64_t epochs = number("epochs"), updates = number("updates");
  if (updates == 0) return epochs;
  const std::uint64_t epoch = of_last("epoch");
  const std::uint64_t per_epoch = epoch == 0 ? 0 : of_last("updates") / epoch;
  return per_epoch == 0 ? 0 : std::max(epochs, (updates - 1) / per_epoch + 1);
}

// "1 epoch", "12 of 60 epochs".
std::string epochs(const RunRecord& run) {
  const std::size_t done = run.log.size();
  const std::uint64_t planned = planned_epochs(run);
  if (!run.result && planned > 0) return fmt::format("{} of {} epochs", done, planned);
  return done == 1 ? "1 epoch" : fmt::format("{} epochs", done);
}

// Why there are no predictions; empty for a language model, which has none.
std::string no_predictions(const RunRecord& run, bool of_text) {
  if (of_text) return "";
  return run.result ? "There are none: the run had neither validation nor test data."
                    : "There are none yet: predictions.csv is written when the run is finished.";
}

PageData page_data(const RunRecord& run, const std::optional<PredictionFile>& predictions,
                   const std::optional<SampleText>& sample) {
  const std::vector<Figure> curves = training_curves(run);
  PageData page = {{"title", folder_name(run.folder)},
                   {"version", std::string(version())},
                   {"epochs", epochs(run)},
                   {"kept_epoch", std::to_string(run.kept_epoch)},
                   {"has_kept_epoch", run.kept_epoch > 0},
                   {"finished", run.result.has_value()},
                   {"curves", drawn(curves)},
                   {"has_curves", !curves.empty()},
                   {"speed", speed_table(run)},
                   {"configuration", configuration_table(run)},
                   {"results", false},
                   {"confusion", false},
                   {"samples", false},
                   {"sample_text", false}};
  if (run.result) {
    const std::string data = judged_by(*run.result);
    page["data"] = data == "test_" ? "test data" : "validation data";
    page["results"] = results_table(run);
    page["losses"] = lost_comparisons(*run.result, data);
    const PageData confusion = confusion_table(run);
    if (confusion.is_object()) page["confusion"] = confusion;
  }
  std::vector<Figure> figures;
  if (predictions) {
    figures = prediction_figures(*predictions);
    page["samples"] = sample_table(*predictions);
  }
  page["figures"] = drawn(figures);
  page["has_figures"] = !figures.empty();
  page["figures_title"] = predictions && predictions->kind() == PredictionFile::Kind::kForecasts
                              ? "Forecasts and truth"
                              : "Predicted and true values";
  if (sample) {
    page["sample_text"] = {{"body", sample->text},
                           {"tokens", std::to_string(sample->tokens)},
                           {"begins_with_token", sample->begins_with_token}};
  }
  const std::string none = no_predictions(run, sample.has_value() || run.items() == "tokens");
  page["no_predictions"] = none;
  page["says_no_predictions"] = !predictions && !none.empty();
  return page;
}

}  // namespace

std::string report_page(const RunRecord& run, const std::optional<PredictionFile>& predictions,
                        const std::optional<SampleText>& sample) {
  mustache::mustache page(kReportTemplate);
  std::string text = page.render(to_mustache(page_data(run, predictions, sample)));
  if (!page.is_valid()) throw ValueError("page.html: " + page.error_message());
  return text;
}

}  // namespace unroll::app::report
