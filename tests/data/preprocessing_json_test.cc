// Preprocessing as text: every bit comes back, and what does not fit together is refused.

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "messages.h"
#include "unroll/core/error.h"
#include "unroll/data/preprocessing.h"

namespace unroll {
namespace {

using Json = nlohmann::ordered_json;

Sequences regression() {
  return {.source = "a.csv",
          .begin = {0, 1, 3},
          .features = 2,
          .feature_names = {"größe", "y"},
          .values = {0.1, 1. / 3, std::numeric_limits<double>::quiet_NaN(), 1e-310, 5, 7},
          .target = TargetKind::kValue,
          .target_width = 1,
          .targets = {1e17 / 3, 2},
          .target_names = {"price"}};
}
Sequences tagging() {
  return {.source = "t.conll",
          .begin = {0, 4},
          .tokens = {"a", "b", "a", "\xe2\x82\xac"},
          .target = TargetKind::kStepLabel,
          .labels = {"O", "B-\"x\"", "O", "I\n"}};
}
Sequences sets() {
  return {.source = "s.csv",
          .begin = {0, 1, 2},
          .features = 1,
          .values = {1, 2},
          .target = TargetKind::kLabel,
          .labels = {"a|b", ""}};
}

TEST(PreprocessingJson, RoundTrip) {
  const std::pair<Sequences, PreprocessingOptions> cases[] = {
      {regression(), {.missing = Missing::kPrevious, .missing_mask = true}},
      {regression(), {.standardize = false, .missing = Missing::kMean}},
      {tagging(), {.level = Level::kCharacter, .vocabulary = {.min_count = 2}}},
      {sets(), {.multi_label = true}}};
  for (const auto& [train, options] : cases) {
    const Preprocessing p = Preprocessing::learn(train, options);
    const Preprocessing q = Preprocessing::from_json(p.to_json(), "m");
    EXPECT_EQ(q.to_json(), p.to_json());
    EXPECT_EQ(q.options().standardize, options.standardize);
    EXPECT_EQ(q.options().missing, options.missing);
    EXPECT_EQ(q.options().missing_mask, options.missing_mask);
    EXPECT_EQ(q.options().multi_label, options.multi_label);
    EXPECT_EQ(q.options().level, options.level);
    EXPECT_EQ(q.target(), p.target());
    EXPECT_EQ(q.input_size(), p.input_size());
    EXPECT_EQ(q.vocabulary_size(), p.vocabulary_size());
    EXPECT_EQ(q.classes(), p.classes());
    EXPECT_EQ(q.class_counts(), p.class_counts());
    EXPECT_EQ(q.target_names(), p.target_names());
    EXPECT_EQ(q.target_width(), p.target_width());
    const EncodedSequences a = p.encode(train), b = q.encode(train);
    EXPECT_EQ(a.values, b.values);
    EXPECT_EQ(a.tokens, b.tokens);
    ASSERT_EQ(a.targets.index(), b.targets.index());
    if (const auto* classes = std::get_if<ClassTargets>(&a.targets)) {
      EXPECT_EQ(classes->classes, b.class_targets().classes);
    } else if (const auto* sets = std::get_if<ClassSetTargets>(&a.targets)) {
      EXPECT_EQ(sets->members, b.class_set_targets().members);
    } else {
      EXPECT_EQ(a.number_targets().values, b.number_targets().values);
    }
  }
}

std::string damaged(const Sequences& train, const PreprocessingOptions& options,
                    const std::function<void(Json&)>& change) {
  Json json = Json::parse(Preprocessing::learn(train, options).to_json());
  change(json);
  return message_of<FormatError>([&] { Preprocessing::from_json(json.dump(), "m.safetensors"); });
}

TEST(PreprocessingJson, RefusesDamage) {
  const PreprocessingOptions fill = {.missing = Missing::kZero};
  const std::function<void(Json&)> changes[] = {
      [](Json& j) { j.erase("mean"); },
      [](Json& j) { j["mean"] = {1}; },
      [](Json& j) {
        j["mean"] = {1, "2"};
      },
      [](Json& j) {
        j["scale"] = {1, 0};
      },
      [](Json& j) {
        j["scale"] = {1, -2};
      },
      [](Json& j) { j["features"] = 3; },
      [](Json& j) { j["features"] = -2; },
      [](Json& j) { j["features"] = 0; },
      [](Json& j) { j["feature_names"] = {"only"}; },
      [](Json& j) { j["target"] = "price"; },
      [](Json& j) { j["target"] = "none"; },
      [](Json& j) { j["target"] = "label"; },
      [](Json& j) { j["missing"] = "nothing"; },
      [](Json& j) { j["missing"] = 1; },
      [](Json& j) { j["level"] = "bit"; },
      [](Json& j) { j["multi_label"] = "yes"; },
      [](Json& j) {
        j["target_mean"] = {1, 2};
      },
      [](Json& j) { j["target_scale"] = {0}; },
      [](Json& j) { j["training_mean"] = Json::array(); },
      [](Json& j) { j["training_deviation"] = {-1}; },
      [](Json& j) {
        j["target_names"] = {"a", "b"};
      },
      [](Json& j) {
        j["classes"] = {"a", "b"};
      },
      [](Json& j) {
        j["vocabulary"] = {{"level", "word"}};
      },
      [](Json& j) { j = 3; },
      [](Json& j) { j = Json::array(); },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    SCOPED_TRACE(i);
    EXPECT_TRUE(contains(damaged(regression(), fill, changes[i]), "m.safetensors"));
  }
  const std::function<void(Json&)> of_classes[] = {
      [](Json& j) { j["classes"] = Json::array(); }, [](Json& j) { j["classes"] = {"a", "a"}; },
      [](Json& j) { j["class_counts"] = {1}; },      [](Json& j) { j["class_counts"] = {1, -1}; },
      [](Json& j) { j["classes"] = {"a", 2}; },
  };
  for (std::size_t i = 0; i < std::size(of_classes); ++i) {
    SCOPED_TRACE(i);
    EXPECT_TRUE(contains(damaged(sets(), {.multi_label = true}, of_classes[i]), "m.safetensors"));
  }
  expect_error<FormatError>([] { Preprocessing::from_json("{", "m.safetensors"); },
                            {"m.safetensors", "damaged"});
  EXPECT_TRUE(contains(damaged(tagging(), {}, [](Json& j) { j["vocabulary"] = nullptr; }), "fit"));
}

}  // namespace
}  // namespace unroll
