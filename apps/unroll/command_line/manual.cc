#include "command_line/manual.h"

#include "unroll/version.h"

namespace unroll::app {
namespace {

// What troff would read as commands stays text: \ anywhere, . and ' at the begin of a line. A -
// that is to be copied into a shell is \-.
std::string troff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool line_begins = result.empty() || result.back() == '\n';
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string entry(const std::string& bold, const std::string& type, const std::string& text) {
  std::string result = ".TP\n\\fB" + troff(bold) + "\\fR";
  if (!type.empty()) result += " \\fI" + troff(type) + "\\fR";
  return result + "\n" + troff(text) + "\n";
}

std::string option_entry(const Argument& option) {
  const std::string no = option.negatable ? ", --no" + option.name.substr(1) : "";
  const std::string standard = option.standard.empty() ? "" : " [" + option.standard + "]";
  return entry(option.name + no, option.type, option.help + standard);
}

std::string verb_section(const DeclaredVerb& declared) {
  const Verb& verb = *declared.verb;
  std::string text = ".SS unroll " + troff(verb.name) + "\n" + troff(verb.description) + ".\n.PP\n";
  text += "\\fBunroll " + troff(verb.name) + "\\fR [\\fIOPTIONS\\fR]";
  for (const Argument& word : declared.line.words()) {
    text += word.required ? " \\fI" + word.name + "\\fR" : " [\\fI" + word.name + "\\fR]";
  }
  text += "\n";
  for (const Argument& word : declared.line.words()) text += entry(word.name, "", word.help);
  std::string group;
  for (const Argument& option : declared.line.options()) {
    if (option.group.empty()) text += option_entry(option);
  }
  for (const Argument& option : declared.line.options()) {
    if (option.group.empty()) continue;
    if (option.group != group) text += ".PP\n" + troff(option.group) + ":\n";
    group = option.group;
    text += option_entry(option);
  }
  return text + ".PP\nExample:\n.PP\n.RS\n.nf\n" + troff(verb.example) + "\n.fi\n.RE\n";
}

}  // namespace

std::string manual_page(const std::vector<DeclaredVerb>& verbs) {
  std::string page =
      ".TH UNROLL 1 \"\" \"unroll " + std::string(version()) +
      "\" \"User Commands\"\n"
      ".SH NAME\nunroll \\- train, check and run recurrent neural networks\n"
      ".SH SYNOPSIS\n\\fBunroll\\fR \\fIVERB\\fR [\\fIOPTIONS\\fR] [\\fIFILES\\fR]\n"
      ".SH DESCRIPTION\nTrains recurrent neural networks (Elman, LSTM, GRU and others) on texts, "
      "sequences "
      "and series, checks their gradients, and runs them. Results go to standard output, "
      "everything "
      "else to standard error.\n"
      ".PP\n\\fBunroll \\-\\-help\\fR and \\fBunroll VERB \\-\\-help\\fR show the options, "
      "\\fBunroll \\-\\-version\\fR the versions and the instruction set in use.\n"
      ".SH VERBS\n";
  for (const DeclaredVerb& verb : verbs) page += verb_section(verb);
  page += ".SH EXIT STATUS\n" +
          entry("0", "", "success, also when the reader of the output ended") +
          entry("1", "", "a failure: a file that cannot be read or written, data that do not fit") +
          entry("2", "", "a wrong command line, configuration or environment") +
          entry("130", "", "interrupted; a checkpoint was written") + ".SH ENVIRONMENT\n" +
          entry("UNROLL_TARGET", "",
                "instruction set to run on, one of those that `unroll --version` lists; the best "
                "one when not set") +
          entry("UNROLL_CACHES", "",
                "sizes of L1, L2 and L3, such as 32K,512K,32M, in the place of those found; they "
                "change the speed, never the result") +
          entry("UNROLL_PROCESSORS", "",
                "processors to use at the most, in the place of what was found");
  return page;
}

}  // namespace unroll::app
