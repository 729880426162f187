#include <algorithm>
#include <array>
#include <set>

#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/data/preprocessing.h"

namespace unroll {
namespace {

constexpr std::array<const char*, 5> kTargets = {"none", "label", "step_label", "value",
                                                 "step_value"};

void read_sizes(const Json& json, std::vector<std::size_t>& to) {
  for (const Json& size : json) {
    if (!size.is_number_unsigned()) throw ValueError("a size is not a whole number");
    to.push_back(size.get<std::size_t>());
  }
}

bool all_positive(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return x > 0; });
}

}  // namespace

std::string Preprocessing::to_json() const {
  Json json = {{"target", kTargets[static_cast<std::size_t>(target_)]},
               {"standardize", options_.standardize},
               {"missing", missing_name(options_.missing)},
               {"missing_mask", options_.missing_mask},
               {"multi_label", options_.multi_label},
               {"level", level_name(options_.level)},
               {"features", features_},
               {"feature_names", feature_names_},
               {"mean", mean_},
               {"scale", scale_},
               {"classes", classes_},
               {"class_counts", class_counts_},
               {"target_names", target_names_},
               {"target_mean", target_mean_},
               {"target_scale", target_scale_},
               {"training_mean", training_mean_},
               {"training_deviation", training_deviation_}};
  json["vocabulary"] = vocabulary_ ? Json::parse(vocabulary_->to_json()) : Json();
  // Labels that are not UTF-8 do not get past the readers.
  return json.dump();
}

Preprocessing Preprocessing::from_json(std::string_view text, const std::string& source) {
  const auto damaged = [&](const std::string& what) {
    return FormatError(source + ": the preprocessing is damaged: " + what);
  };
  try {
    const Json json = Json::parse(text);
    Preprocessing p;
    const std::string target = json.at("target").get<std::string>();
    const auto found = std::find(kTargets.begin(), kTargets.end(), target);
    if (found == kTargets.end()) throw damaged("unknown target");
    p.target_ = static_cast<TargetKind>(found - kTargets.begin());
    json.at("standardize").get_to(p.options_.standardize);
    p.options_.missing = parse_missing(json.at("missing").get<std::string>());
    json.at("missing_mask").get_to(p.options_.missing_mask);
    json.at("multi_label").get_to(p.options_.multi_label);
    p.options_.level = parse_level(json.at("level").get<std::string>());
    if (!json.at("features").is_number_unsigned()) throw damaged("features is no whole number");
    json.at("features").get_to(p.features_);
    json.at("feature_names").get_to(p.feature_names_);
    json.at("mean").get_to(p.mean_);
    json.at("scale").get_to(p.scale_);
    json.at("classes").get_to(p.classes_);
    read_sizes(json.at("class_counts"), p.class_counts_);
    json.at("training_mean").get_to(p.training_mean_);
    json.at("training_deviation").get_to(p.training_deviation_);
    json.at("target_names").get_to(p.target_names_);
    json.at("target_mean").get_to(p.target_mean_);
    json.at("target_scale").get_to(p.target_scale_);
    if (!json.at("vocabulary").is_null()) {
      p.vocabulary_ = Vocabulary::from_json(json.at("vocabulary").dump(), source);
    }
    if (!p.fits_together()) throw damaged("its parts do not fit together");
    return p;
  } catch (const JsonError& error) {
    throw damaged(error.what());
  } catch (const ValueError& error) {
    throw damaged(error.what());
  }
}

// What learn() guarantees: nothing that encode() or an evaluation indexes is missing.
bool Preprocessing::fits_together() const {
  const std::set<std::string> different(classes_.begin(), classes_.end());
  const bool labels = is_label(target_);
  const std::size_t width = target_mean_.size();
  const bool features = mean_.size() == features_ && scale_.size() == features_ &&
                        all_positive(scale_) &&
                        (feature_names_.empty() || feature_names_.size() == features_) &&
                        (features_ == 0) == vocabulary_.has_value();
  const bool classes = classes_.empty() != labels && different.size() == classes_.size() &&
                       class_counts_.size() == classes_.size();
  const bool targets = (width == 0) == (labels || target_ == TargetKind::kNone) &&
                       target_scale_.size() == width && all_positive(target_scale_) &&
                       training_mean_.size() == width && training_deviation_.size() == width &&
                       std::none_of(training_deviation_.begin(), training_deviation_.end(),
                                    [](double x) { return x < 0; }) &&
                       (target_names_.empty() || target_names_.size() == width);
  return features && classes && targets;
}

}  // namespace unroll
