#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "unroll/core/error.h"
#include "unroll/data/preprocessing.h"

namespace unroll {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 5> kTargets = {"none", "label", "step_label", "value",
                                                 "step_value"};

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
    json.at("features").get_to(p.features_);
    json.at("feature_names").get_to(p.feature_names_);
    json.at("mean").get_to(p.mean_);
    json.at("scale").get_to(p.scale_);
    json.at("classes").get_to(p.classes_);
    json.at("class_counts").get_to(p.class_counts_);
    json.at("training_mean").get_to(p.training_mean_);
    json.at("training_deviation").get_to(p.training_deviation_);
    json.at("target_names").get_to(p.target_names_);
    json.at("target_mean").get_to(p.target_mean_);
    json.at("target_scale").get_to(p.target_scale_);
    if (!json.at("vocabulary").is_null()) {
      p.vocabulary_ = Vocabulary::from_json(json.at("vocabulary").dump(), source);
    }
    if (p.mean_.size() != p.features_ || p.scale_.size() != p.features_ ||
        p.target_mean_.size() != p.target_scale_.size() ||
        p.target_mean_.size() != p.training_mean_.size() ||
        p.target_mean_.size() != p.training_deviation_.size() ||
        p.classes_.size() != p.class_counts_.size() ||
        (p.features_ == 0) != p.vocabulary_.has_value() ||
        (!p.feature_names_.empty() && p.feature_names_.size() != p.features_)) {
      throw damaged("its parts do not fit together");
    }
    return p;
  } catch (const Json::exception& error) {
    throw damaged(error.what());
  } catch (const ValueError& error) {
    throw damaged(error.what());
  }
}

}  // namespace unroll
