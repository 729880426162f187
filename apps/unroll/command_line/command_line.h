#pragma once

#include <functional>
#include <string>
#include <vector>

namespace unroll::app {

// A word or an option of a command line, and where its value goes.
struct Argument {
  std::string name;  // "MODEL", or "--output"
  std::string help;
  std::string type = {};      // of an option's value, such as "FILE"; empty: a switch
  std::string group = {};     // heading in --help
  std::string standard = {};  // what holds when it is not given, for --help
  std::vector<std::string> choices = {};
  bool required = false;
  bool negatable = false;                              // a switch that has --no-name too
  std::function<void(const std::string& given)> take;  // a switch is given "true" or "false"
};

// What a verb takes. The parser, --help, the manual page and the completions of shells read it.
class CommandLine {
 public:
  void word(std::string name, std::string& value, std::string help,
            std::vector<std::string> choices = {});
  void optional_word(std::string name, std::string& value, std::string help,
                     std::vector<std::string> choices = {});
  void text(std::string name, std::string& value, std::string type, std::string help,
            std::vector<std::string> choices = {});
  void flag(std::string name, bool& value, std::string help);
  void add(Argument option) { options_.push_back(std::move(option)); }

  const std::vector<Argument>& words() const { return words_; }
  const std::vector<Argument>& options() const { return options_; }

 private:
  std::vector<Argument> words_, options_;
};

}  // namespace unroll::app
