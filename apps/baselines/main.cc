// unroll-baselines TRAIN TEST: what a character model must beat.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "baselines.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"

namespace {

// A row of the table of bits per character; columns without a number stay empty.
struct Row {
  std::string name;
  std::optional<double> train, valid, test;
};

std::string cell(std::optional<double> bits) { return bits ? fmt::format("{:.3f}", *bits) : "-"; }

void print(const Row& row) {
  fmt::print("{:<44}{:>11}{:>13}{:>10}\n", row.name, cell(row.train), cell(row.valid),
             cell(row.test));
}

// The object that `unroll train lm --json` printed into the file at `path`.
Row model_row(const std::string& path) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  const nlohmann::json result = nlohmann::json::parse(unroll::read_file(path, kMaxBytes), nullptr,
                                                      /*allow_exceptions=*/false);
  const auto bits = [&](const char* key) -> std::optional<double> {
    const bool present = result.is_object() && result.contains(key);
    if (present && result[key].is_null()) return {};
    if (!present || !result[key].is_number()) {
      throw unroll::FormatError(path + ": no number '" + key +
                                "'; wanted what `unroll train lm --json` prints");
    }
    return std::log2(result[key].get<double>());
  };
  return {"this model", bits("train_perplexity"), bits("valid_perplexity"),
          bits("test_perplexity")};
}

int run(const std::string& train, const std::string& test, const std::string& result) {
  std::optional<Row> model;
  if (!result.empty()) model = model_row(result);
  const Row unigram{
      "characters by their frequency in training", {}, {}, unroll::unigram_bits(train, test)};
  const Row xz{"xz -9e, after the training text", {}, {}, unroll::xz_bits(train, test)};

  fmt::print("{:<44}{:>11}{:>13}{:>10}\n", "bits per character", "training", "validation", "test");
  if (model) print(*model);
  print(unigram);
  print(xz);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Prints the bits per character that two baselines need for TEST once they know TRAIN:\n"
      "independent characters with the frequencies of TRAIN (each count plus one, over all\n"
      "characters of both texts), and xz -9e: size(TRAIN and TEST) - size(TRAIN).\n"
      "Example: unroll-baselines train.txt test.txt",
      "unroll-baselines");
  std::string train, test, result;
  app.add_option("TRAIN", train, "The training text, UTF-8")->required();
  app.add_option("TEST", test, "The test text, UTF-8")->required();
  app.add_option("--result", result,
                 "Shows a model beside them: the JSON of `unroll train lm --level char --json`")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run(train, test, result);
  } catch (const std::exception& error) {
    fmt::print(stderr, "unroll-baselines: {}\n", error.what());
    return 1;
  }
}
