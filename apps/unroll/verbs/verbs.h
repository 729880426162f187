#pragma once

#include <functional>
#include <vector>

#include "command_line/verb.h"

namespace unroll::app {

// A new verb is its own file, one declaration and one line in verbs.cc.
std::function<int()> declare_train_lm(CommandLine& line);
std::function<int()> declare_train_classify(CommandLine& line);
std::function<int()> declare_train_tag(CommandLine& line);
std::function<int()> declare_train_regress(CommandLine& line);
std::function<int()> declare_train_forecast(CommandLine& line);
std::function<int()> declare_predict(CommandLine& line);
std::function<int()> declare_eval(CommandLine& line);
std::function<int()> declare_generate(CommandLine& line);
std::function<int()> declare_check(CommandLine& line);
std::function<int()> declare_bench(CommandLine& line);
std::function<int()> declare_info(CommandLine& line);
std::function<int()> declare_report(CommandLine& line);
std::function<int()> declare_man(CommandLine& line);
std::function<int()> declare_completions(CommandLine& line);
std::function<int()> declare_demo(CommandLine& line);

const std::vector<Verb>& verbs();

}  // namespace unroll::app
