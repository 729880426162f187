#include <fmt/format.h>

#include <cmath>

#include "demo/count_model.h"
#include "demo/embedded.h"
#include "demo/job.h"
#include "demo/layout.h"
#include "output/progress.h"
#include "unroll/data/text.h"
#include "unroll/io/file.h"

namespace unroll::app::demo {
namespace {

constexpr const char* kTrain = "text-train.txt";
constexpr const char* kValid = "text-valid.txt";
constexpr const char* kTest = "text-test.txt";

struct Texts {
  std::string train, valid, test;
};

// The lines of `text` all of whose characters `known` has: a model knows no others.
std::string known_lines(std::string_view text, std::string_view known) {
  std::string kept;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    text.remove_prefix(line.size());
    TextReader characters = TextReader::from_memory(line, Level::kCharacter);
    bool all = true;
    for (std::string_view c; all && characters.next(c);) all = known.find(c) != known.npos;
    if (all) kept += line;
  }
  return kept;
}

// The first 90 %, the next 5 % and the last 5 %, cut at line ends.
Texts split(std::string_view text) {
  const std::size_t valid = text.find('\n', text.size() * 90 / 100) + 1;
  const std::size_t test = text.find('\n', text.size() * 95 / 100) + 1;
  const std::string_view train = text.substr(0, valid);
  return {.train = std::string(train),
          .valid = known_lines(text.substr(valid, test - valid), train),
          .test = known_lines(text.substr(test), train)};
}

Json run(const Guide& guide) {
  const auto [train, valid, test] = split(demo_text());
  write_file_atomically(guide.file(kTrain), train);
  write_file_atomically(guide.file(kValid), valid);
  write_file_atomically(guide.file(kTest), test);
  const std::string output = guide.file("lm");
  guide.print("== lm: what does C++ look like, character by character?\n\n");
  guide.say(
      fmt::format("{} holds {} bytes of this project's own headers and sources, the test text "
                  "a part that follows them.",
                  guide.file(kTrain), thousands(train.size())));
  const Json result = guide.train(
      "train lm --level char --train {} --valid {} --test {} --cell gru --hidden 256 "
      "--embedding 64 --learning-rate 0.005 --epochs 4",
      {guide.file(kTrain), guide.file(kValid), guide.file(kTest)}, output);

  const double bits = std::log2(result.at("test_perplexity").get<double>());
  const double order_0 = count_model_bits(train, test, 0),
               order_2 = count_model_bits(train, test, 2);
  guide.print(score_table("bits per character of the test text, fewer are better",
                          {{"this model", bits},
                           {"counts of what follows two characters", order_2},
                           {"characters by their frequency", order_0}},
                          Better::kLess, "{:.2f}"));
  guide.print("\n");

  const std::string sample = guide.run("generate {} --prompt {} --length 300 --temperature 0.6",
                                       {output, "template <class T>"});
  guide.print("\n");
  guide.print(folded(sample) + "\n");
  guide.offer("train lm --level char --train YOURS.txt --output runs/lm");

  return {{"training_bytes", train.size()},
          {"bits_per_character", bits},
          {"bits_counts", order_2},
          {"bits_frequency", order_0},
          {"sample", sample},
          {"seconds", result.at("seconds")}};
}

}  // namespace

DemoJob lm_job() {
  return {.name = "lm", .files = {kTrain, kValid, kTest}, .duration = "half a minute", .run = run};
}

}  // namespace unroll::app::demo
