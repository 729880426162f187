#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <string>
#include <vector>

#include "errors.h"
#include "help.h"
#include "output.h"
#include "signals.h"
#include "unroll/core/suggest.h"
#include "verbs.h"

namespace unroll::app {
namespace {

// A verb as the command line knows it.
struct DeclaredVerb {
  CLI::App* app;
  std::function<int()> run;
};

std::string footer(const std::string& example) {
  std::string text = "\nExample:\n  ";
  for (const char c : example) text += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return text;
}

// Every verb as a subcommand of `app`; "train lm" is the subcommand lm of train.
std::vector<DeclaredVerb> declare(CLI::App& app) {
  std::vector<DeclaredVerb> declared;
  for (const Verb& verb : verbs()) {
    CLI::App* parent = &app;
    const std::size_t space = verb.name.find(' ');
    if (space != std::string::npos) {
      const std::string group = verb.name.substr(0, space);
      const auto same =
          app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == group; });
      parent = same.empty() ? app.add_subcommand(group, "Train a model") : same.front();
      parent->require_subcommand(0, 1);
    }
    const std::size_t begin = space == std::string::npos ? 0 : space + 1;
    CLI::App* sub = parent->add_subcommand(verb.name.substr(begin), verb.description);
    sub->footer(footer(verb.example));
    sub->allow_extras();
    declared.push_back({sub, verb.declare(*sub)});
  }
  return declared;
}

// Throws UsageError for what the command line has beside the verb's options.
void refuse_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return;
  const std::string given = extras.front().substr(0, extras.front().find('='));
  if (given.size() < 2 || given[0] != '-') {
    throw UsageError("unexpected '" + extras.front() + "'; see --help");
  }
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string nearest = nearest_name(given, known);
  throw UsageError("unknown option " + given +
                   (nearest.empty() ? "; see --help" : "; did you mean " + nearest + "?"));
}

int run(int argc, char** argv) {
  CLI::App app("unroll trains, checks and runs recurrent neural networks.", "unroll");
  app.formatter(help_formatter());
  app.set_help_flag("-h,--help", "show this page");
  app.set_version_flag("--version", "unroll " UNROLL_VERSION, "show the version");
  app.footer("\n`unroll VERB --help` shows the options of a verb and an example.");
  app.require_subcommand(0, 1);
  app.allow_extras();
  const std::vector<DeclaredVerb> declared = declare(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* shown = &app;
    std::string parents;
    for (auto subs = app.get_subcommands(); !subs.empty(); subs = shown->get_subcommands()) {
      parents += (parents.empty() ? "" : " ") + shown->get_name();
      shown = subs.front();
    }
    print(help_page(*shown, parents));
    return kSuccess;
  } catch (const CLI::CallForVersion&) {
    print("unroll " UNROLL_VERSION "\n");
    return kSuccess;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  for (const DeclaredVerb& verb : declared) {
    if (!verb.app->parsed()) continue;
    refuse_extras(*verb.app);
    return verb.run();
  }
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  std::vector<std::string> words = app.remaining(true);
  if (const auto subs = app.get_subcommands(); !subs.empty()) {
    words.insert(words.begin(), subs.front()->get_name());
  }
  if (words.empty()) throw UsageError("a verb is missing; see `unroll --help`");
  std::string given = words[0];
  if (given == "train" && words.size() > 1) given += " " + words[1];
  throw UsageError(unknown_name_message("verb", given, names));
}

// Error messages are one line, whatever is in the names that they quote.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "unroll: " + text + "\n";
}

}  // namespace
}  // namespace unroll::app

int main(int argc, char** argv) {
  using namespace unroll::app;
  try {
    ignore_closed_pipes();
    return run(argc, argv);
  } catch (const ClosedOutput&) {
    return kSuccess;
  } catch (const UsageError& error) {
    print_error(one_line(error.what()));
    return kUsage;
  } catch (const std::bad_alloc&) {
    print_error("unroll: out of memory; try a smaller model, batch or bptt\n");
    return kFailure;
  } catch (const std::exception& error) {
    print_error(one_line(error.what()));
    return kFailure;
  }
}
