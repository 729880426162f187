#include <fmt/format.h>

#include <algorithm>

#include "demo/cylinder_bell_funnel.h"
#include "demo/job.h"
#include "demo/layout.h"
#include "demo/nearest_neighbour.h"
#include "unroll/io/file.h"

namespace unroll::app::demo {
namespace {

constexpr const char* kTrain = "curves-train.csv";
constexpr const char* kTest = "curves-test.csv";
constexpr std::uint64_t kSeed = 1;  // of the curves
constexpr std::size_t kTrainCurves = 3 * 40, kTestCurves = 3 * 100;

std::string confusion_lines(const Json& confusion) {
  std::string text = fmt::format("\n  {:<12}", "is, said to be");
  for (const Json& name : confusion["classes"])
    text += fmt::format("{:>12}", name.get<std::string>());
  for (std::size_t row = 0; row < confusion["classes"].size(); ++row) {
    text += fmt::format("\n  {:<14}", confusion["classes"][row].get<std::string>());
    for (const Json& count : confusion["counts"][row]) {
      text += fmt::format("{:>12}", count.get<std::uint64_t>());
    }
  }
  return text + "\n\n";
}

Json run(const Guide& guide) {
  const std::vector<LabelledCurve> train = make_curves(kSeed, 0, kTrainCurves);
  const std::vector<LabelledCurve> test = make_curves(kSeed, kTrainCurves, kTestCurves);
  write_file_atomically(guide.file(kTrain), curves_csv(train));
  write_file_atomically(guide.file(kTest), curves_csv(test));
  guide.print("== classify: cylinder, bell or funnel?\n\n");
  guide.say(fmt::format(
      "Noisy curves of three shapes (Saito, 1994), made by the program: a plateau, a slow rise, a "
      "slow fall, each somewhere in 128 steps. {} to train on, {} for the test, in {} and {}.",
      kTrainCurves, kTestCurves, guide.file(kTrain), guide.file(kTest)));
  const Json result = guide.train("train classify --train {} --test {}",
                                  {guide.file(kTrain), guide.file(kTest)}, guide.file("classify"));

  const double accuracy = result.at("test_accuracy").get<double>();
  const double majority = result.at("test_accuracy_majority").get<double>();
  const double nearest = nearest_neighbour_accuracy(train, test);
  guide.print(score_table("share of the test curves that is named rightly",
                          {{"this model", accuracy},
                           {"the name of the nearest training curve", nearest},
                           {"always the same name", majority}},
                          Better::kMore, "{:.3f}"));
  guide.print(confusion_lines(result.at("test_confusion")));
  guide.offer("train classify --train YOURS.csv --target LABEL --output runs/classify");

  return {{"test_curves", kTestCurves},
          {"accuracy", accuracy},
          {"accuracy_nearest_neighbour", nearest},
          {"accuracy_majority", majority},
          {"confusion", result.at("test_confusion")},
          {"seconds", result.at("seconds")}};
}

}  // namespace

DemoJob classify_job() {
  return {.name = "classify", .files = {kTrain, kTest}, .duration = "5 seconds", .run = run};
}

}  // namespace unroll::app::demo
