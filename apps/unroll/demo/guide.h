#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"

namespace unroll::app::demo {

// The program was told to stop, and the command that was running has ended.
class Interrupted : public std::exception {};

// What the demo shows on the way, and the commands that it runs.
class Guide {
 public:
  struct Options {
    std::string folder = {};               // for data and runs
    std::vector<std::string> common = {};  // the options that every training gets: --seed 2
    bool shown = true;                     // false: nothing is printed
  };
  explicit Guide(Options options) : options_(std::move(options)) {}

  std::string file(const std::string& name) const { return options_.folder + "/" + name; }

  // Whole lines to standard output.
  void print(std::string_view lines) const;
  // Text in lines of 80 columns, and an empty line.
  void say(std::string_view text) const;
  // The command that does the same with the user's own file.
  void offer(std::string_view command) const;

  // Shows a command line of the program, runs it in this process, and returns what it printed.
  // Words are separated by a space, and every {} is the next one of `words`. Throws what the
  // command throws, and Interrupted.
  std::string run(std::string_view command, const std::vector<std::string>& words) const;
  // The same for a verb of training, with the common options and --output; returns its result.json.
  Json train(std::string_view command, const std::vector<std::string>& words,
             const std::string& output) const;

 private:
  std::string run(const std::vector<std::string>& command) const;

  Options options_;
};

}  // namespace unroll::app::demo
