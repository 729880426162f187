#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace unroll::app {

// One thing that the program does.
struct Verb {
  std::string name;  // "eval", or two words, "train lm"
  std::string description;
  std::string example;  // shown under --help
  // Declares the options on `app`. What it returns runs the verb and gives the exit code.
  std::function<int()> (*declare)(CLI::App& app);
};

// A new verb is its own file, one declaration and one line in verbs.cc.
std::function<int()> declare_train_lm(CLI::App& app);
std::function<int()> declare_train_classify(CLI::App& app);
std::function<int()> declare_train_tag(CLI::App& app);
std::function<int()> declare_train_regress(CLI::App& app);
std::function<int()> declare_train_forecast(CLI::App& app);
std::function<int()> declare_predict(CLI::App& app);
std::function<int()> declare_eval(CLI::App& app);
std::function<int()> declare_generate(CLI::App& app);
std::function<int()> declare_check(CLI::App& app);
std::function<int()> declare_bench(CLI::App& app);
std::function<int()> declare_info(CLI::App& app);
std::function<int()> declare_report(CLI::App& app);
std::function<int()> declare_demo(CLI::App& app);

const std::vector<Verb>& verbs();

}  // namespace unroll::app
