// The verbs that print what is made from the tables of all verbs.
#include <memory>
#include <string>

#include "command_line/completions.h"
#include "command_line/manual.h"
#include "command_line/parser.h"
#include "errors.h"
#include "output/print.h"
#include "verbs/verbs.h"

namespace unroll::app {

std::function<int()> declare_man(CommandLine&) {
  return [] {
    print(manual_page(declare(verbs())));
    return kSuccess;
  };
}

std::function<int()> declare_completions(CommandLine& line) {
  auto shell = std::make_shared<std::string>();
  line.word("SHELL", *shell, "bash, zsh or fish", {"bash", "zsh", "fish"});
  return [shell] {
    print(completions(*shell, declare(verbs())));
    return kSuccess;
  };
}

}  // namespace unroll::app
