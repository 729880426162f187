#include "command_line/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "errors.h"
#include "unroll/core/suggest.h"

namespace unroll::app {
namespace {

struct Option {
  CLI::Option* parsed;
  const Argument* argument;
};

// A verb as CLI11 knows it.
struct Subcommand {
  CLI::App* app;
  const DeclaredVerb* verb;
  std::vector<Option> options;
};

// Every verb as a subcommand of `app`; "train lm" is the subcommand lm of train.
std::vector<Subcommand> subcommands_of(CLI::App& app, const std::vector<DeclaredVerb>& verbs) {
  std::vector<Subcommand> subcommands;
  const auto ignore = [](const std::string&) {};
  for (const DeclaredVerb& verb : verbs) {
    CLI::App* parent = &app;
    const std::string& name = verb.verb->name;
    const std::size_t space = name.find(' ');
    if (space != std::string::npos) {
      const std::string group = name.substr(0, space);
      const auto same =
          app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == group; });
      parent = same.empty() ? app.add_subcommand(group) : same.front();
      parent->require_subcommand(0, 1);
    }
    CLI::App* sub = parent->add_subcommand(name.substr(space == std::string::npos ? 0 : space + 1));
    sub->allow_extras();
    Subcommand subcommand = {sub, &verb, {}};
    for (const Argument& word : verb.line.words()) {
      CLI::Option* option = sub->add_option_function<std::string>(word.name, ignore);
      option->required(word.required);
      subcommand.options.push_back({option, &word});
    }
    for (const Argument& argument : verb.line.options()) {
      const std::string no = argument.negatable ? ",!--no" + argument.name.substr(1) : "";
      CLI::Option* option = argument.type.empty()
                                ? sub->add_flag(argument.name + no)
                                : sub->add_option_function<std::string>(argument.name, ignore);
      subcommand.options.push_back({option, &argument});
    }
    subcommands.push_back(std::move(subcommand));
  }
  return subcommands;
}

// Throws UsageError for what the command line has beside the verb's options.
void refuse_extras(const Subcommand& subcommand) {
  const std::vector<std::string> extras = subcommand.app->remaining();
  if (extras.empty()) return;
  const std::string given = extras.front().substr(0, extras.front().find('='));
  if (given.size() < 2 || given[0] != '-') {
    throw UsageError("unexpected '" + extras.front() + "'; see --help");
  }
  std::vector<std::string> known = {"--help"};
  for (const Argument& argument : subcommand.verb->line.options()) {
    known.push_back(argument.name);
    if (argument.negatable) known.push_back("--no" + argument.name.substr(1));
  }
  const std::string nearest = nearest_name(given, known);
  throw UsageError("unknown option " + given +
                   (nearest.empty() ? "; see --help" : "; did you mean " + nearest + "?"));
}

}  // namespace

std::vector<DeclaredVerb> declare(const std::vector<Verb>& verbs) {
  std::vector<DeclaredVerb> declared;
  for (const Verb& verb : verbs) {
    DeclaredVerb made = {&verb, {}, {}};
    made.run = verb.declare(made.line);
    declared.push_back(std::move(made));
  }
  return declared;
}

Request parse_command_line(const std::vector<std::string>& words,
                           const std::vector<DeclaredVerb>& verbs) {
  CLI::App app("", "unroll");
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", "");
  app.require_subcommand(0, 1);
  app.allow_extras();
  const std::vector<Subcommand> subcommands = subcommands_of(app, verbs);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes from the end
  } catch (const CLI::CallForHelp&) {
    Request request = {.kind = Request::Kind::kHelp};
    for (auto subs = app.get_subcommands(); !subs.empty(); subs = subs.front()->get_subcommands()) {
      request.help_of += (request.help_of.empty() ? "" : " ") + subs.front()->get_name();
    }
    return request;
  } catch (const CLI::CallForVersion&) {
    return {.kind = Request::Kind::kVersion};
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  for (const Subcommand& subcommand : subcommands) {
    if (!subcommand.app->parsed()) continue;
    refuse_extras(subcommand);
    for (const Option& option : subcommand.options) {
      if (option.parsed->count() > 0) option.argument->take(option.parsed->results().back());
    }
    return {.verb = subcommand.verb};
  }
  std::vector<std::string> names;
  for (const DeclaredVerb& verb : verbs) names.push_back(verb.verb->name);
  std::vector<std::string> rest = app.remaining(true);
  if (const auto subs = app.get_subcommands(); !subs.empty()) {
    rest.insert(rest.begin(), subs.front()->get_name());
  }
  if (rest.empty()) throw UsageError("a verb is missing; see `unroll --help`");
  std::string given = rest[0];
  if (given == "train" && rest.size() > 1) given += " " + rest[1];
  throw UsageError(unknown_name_message("verb", given, names));
}

}  // namespace unroll::app
