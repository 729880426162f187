#include "command_line/help.h"

#include <cstddef>
#include <sstream>

namespace unroll::app {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 27;  // where descriptions begin
constexpr const char* kFooter =
    "\n`unroll VERB --help` shows the options of a verb and an example.\n";

// `left`, then `text` in lines from kColumn on.
std::string two_columns(const std::string& left, const std::string& text) {
  std::string result = "  " + left;
  std::size_t column = result.size();
  if (column + 2 > kColumn && !text.empty()) {
    result += '\n';
    column = 0;
  }
  std::istringstream words(text);
  bool line_begins = true;
  for (std::string word; words >> word;) {
    if (!line_begins && column + 1 + word.size() > kWidth) {
      result += '\n';
      column = 0;
      line_begins = true;
    }
    if (line_begins) {
      result.append(kColumn - column, ' ');
      column = kColumn;
    } else {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    line_begins = false;
  }
  return result + '\n';
}

std::string option_row(const Argument& option) {
  std::string left = option.name;
  if (option.negatable) left += ",--no" + option.name.substr(1);
  if (!option.type.empty()) left += ' ' + option.type;
  const std::string standard = option.standard.empty() ? "" : " [" + option.standard + "]";
  return two_columns(left, option.help + standard);
}

std::string verb_page(const DeclaredVerb& declared) {
  const Verb& verb = *declared.verb;
  const CommandLine& line = declared.line;
  std::string page = verb.description + "\nUsage: unroll " + verb.name + " [OPTIONS]";
  for (const Argument& word : line.words()) {
    page += word.required ? " " + word.name : " [" + word.name + "]";
  }
  page += '\n';
  if (!line.words().empty()) page += "\nPositionals:\n";
  for (const Argument& word : line.words()) page += two_columns(word.name, word.help);
  page += "\nOptions:\n" + two_columns("-h,--help", "show this page");
  std::string group;
  for (const Argument& option : line.options()) {
    if (option.group.empty()) page += option_row(option);
  }
  for (const Argument& option : line.options()) {
    if (option.group.empty()) continue;
    if (option.group != group) page += "\n" + option.group + ":\n";
    group = option.group;
    page += option_row(option);
  }
  page += "\nExample:\n  ";
  for (const char c : verb.example) page += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return page + '\n';
}

}  // namespace

std::string help_page(const std::vector<DeclaredVerb>& verbs, const std::string& name) {
  for (const DeclaredVerb& declared : verbs) {
    if (declared.verb->name == name) return verb_page(declared);
  }
  const bool whole = name.empty();
  std::string page = whole ? "unroll trains, checks and runs recurrent neural networks.\n"
                             "Usage: unroll [OPTIONS] [SUBCOMMAND]\n"
                           : "Train a model\nUsage: unroll " + name + " [OPTIONS] [SUBCOMMAND]\n";
  page += "\nOptions:\n" + two_columns("-h,--help", "show this page");
  if (whole) page += two_columns("--version", "show the version and what it runs on");
  page += "\nSubcommands:\n";
  std::string last;
  for (const DeclaredVerb& declared : verbs) {
    const std::string& verb = declared.verb->name;
    const std::size_t space = verb.find(' ');
    const std::string first = verb.substr(0, space);
    if (!whole && first == name) {
      page += two_columns(verb.substr(space + 1), declared.verb->description);
    } else if (whole && first != last) {
      page += two_columns(
          first, space == std::string::npos ? declared.verb->description : "Train a model");
    }
    last = first;
  }
  return page + kFooter;
}

}  // namespace unroll::app
