#include "command_line/completions.h"

#include <algorithm>

namespace unroll::app {
namespace {

// 'text', as all three shells read it.
std::string in_quotes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : " ") + word;
  return result;
}

std::vector<std::string> names_of(const Argument& option) {
  std::vector<std::string> names = {option.name};
  if (option.negatable) names.push_back("--no" + option.name.substr(1));
  return names;
}

bool is_folder(const Argument& option) { return option.type == "DIR"; }

// The first word of every verb, and behind "train" the second one.
std::vector<std::string> first_words(const std::vector<DeclaredVerb>& verbs) {
  std::vector<std::string> words;
  for (const DeclaredVerb& verb : verbs) {
    const std::string word = verb.verb->name.substr(0, verb.verb->name.find(' '));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> second_words(const std::vector<DeclaredVerb>& verbs,
                                      const std::string& first) {
  std::vector<std::string> words;
  for (const DeclaredVerb& verb : verbs) {
    if (verb.verb->name.starts_with(first + " ")) {
      words.push_back(verb.verb->name.substr(first.size() + 1));
    }
  }
  return words;
}

std::string bash(const std::vector<DeclaredVerb>& verbs) {
  std::string script =
      "# Completions of unroll for bash, made by `unroll completions bash`.\n"
      "_unroll() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local verb=${COMP_WORDS[1]} options=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    COMPREPLY=($(compgen -W " +
      in_quotes(joined(first_words(verbs)) + " --help --version") +
      " -- \"$word\"))\n"
      "    return\n"
      "  fi\n";
  for (const std::string& first : first_words(verbs)) {
    const std::vector<std::string> seconds = second_words(verbs, first);
    if (seconds.empty()) continue;
    script += "  if [ \"$verb\" = " + first +
              " ]; then\n"
              "    if [ \"$COMP_CWORD\" = 2 ]; then\n"
              "      COMPREPLY=($(compgen -W " +
              in_quotes(joined(seconds) + " --help") +
              " -- \"$word\"))\n"
              "      return\n"
              "    fi\n"
              "    verb+=\" ${COMP_WORDS[2]}\"\n"
              "  fi\n";
  }
  script += "  case \"$verb $before\" in\n";
  for (const DeclaredVerb& verb : verbs) {
    for (const Argument& option : verb.line.options()) {
      if (option.type.empty()) continue;
      const std::string of = option.choices.empty() ? std::string(is_folder(option) ? "-d" : "-f")
                                                    : "-W " + in_quotes(joined(option.choices));
      script += "    " + in_quotes(verb.verb->name + " " + option.name) +
                ") COMPREPLY=($(compgen " + of + " -- \"$word\")); return ;;\n";
    }
  }
  script += "  esac\n  case \"$verb\" in\n";
  for (const DeclaredVerb& verb : verbs) {
    std::vector<std::string> options = {"--help"};
    for (const Argument& option : verb.line.options()) {
      for (const std::string& name : names_of(option)) options.push_back(name);
    }
    std::string words;
    for (const Argument& word : verb.line.words()) {
      if (!word.choices.empty()) words += joined(word.choices) + " ";
    }
    script += "    " + in_quotes(verb.verb->name) +
              ") options=" + in_quotes(words + joined(options)) + " ;;\n";
  }
  return script +
         "  esac\n"
         "  case \"$word\" in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -W \"${options%%--*}\" -- \"$word\") $(compgen -f -- "
         "\"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _unroll unroll\n";
}

// A description between [ and ], where zsh reads \ [ ] and : itself.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '[' || c == ']' || c == ':') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh(const std::vector<DeclaredVerb>& verbs) {
  std::string script =
      "#compdef unroll\n"
      "# Completions of unroll for zsh, made by `unroll completions zsh`.\n"
      "_unroll() {\n"
      "  local verb=$words[2]\n"
      "  if (( CURRENT == 2 )); then\n"
      "    compadd -- " +
      joined(first_words(verbs)) +
      " --help --version\n"
      "    return\n"
      "  fi\n";
  for (const std::string& first : first_words(verbs)) {
    const std::vector<std::string> seconds = second_words(verbs, first);
    if (seconds.empty()) continue;
    script += "  if [[ $verb == " + first + " ]]; then\n    if (( CURRENT == 3 )); then\n" +
              "      compadd -- " + joined(seconds) +
              " --help\n      return\n    fi\n    verb+=\" $words[3]\"\n    shift words\n"
              "    (( CURRENT-- ))\n  fi\n";
  }
  script += "  shift words\n  (( CURRENT-- ))\n  case $verb in\n";
  for (const DeclaredVerb& verb : verbs) {
    script += "    " + in_quotes(verb.verb->name) + ") _arguments '--help[show this page]'";
    for (const Argument& option : verb.line.options()) {
      for (const std::string& name : names_of(option)) {
        std::string spec = name + "[" + zsh_text(option.help) + "]";
        if (!option.type.empty()) {
          spec +=
              ":" + zsh_text(option.type) + ":" +
              (!option.choices.empty() ? "(" + joined(option.choices) + ")"
                                       : std::string(is_folder(option) ? "_files -/" : "_files"));
        }
        script += " \\\n      " + in_quotes(spec);
      }
    }
    for (const Argument& word : verb.line.words()) {
      const std::string of = word.choices.empty() ? "_files" : "(" + joined(word.choices) + ")";
      script += " \\\n      " + in_quotes((word.required ? ":" : "::") + word.name + ":" + of);
    }
    script += " ;;\n";
  }
  return script + "  esac\n}\n_unroll \"$@\"\n";
}

std::string fish(const std::vector<DeclaredVerb>& verbs) {
  std::string script =
      "# Completions of unroll for fish, made by `unroll completions fish`.\n"
      "complete -c unroll -n __fish_use_subcommand -f -a " +
      in_quotes(joined(first_words(verbs))) +
      "\ncomplete -c unroll -n __fish_use_subcommand -f -l version\n"
      "complete -c unroll -l help -d 'show the options'\n";
  for (const DeclaredVerb& verb : verbs) {
    const std::string& name = verb.verb->name;
    const std::size_t space = name.find(' ');
    std::string when = "__fish_seen_subcommand_from " + name;
    if (space != std::string::npos) {
      const std::string group = name.substr(0, space), second = name.substr(space + 1);
      const std::string in_group = "__fish_seen_subcommand_from " + group;
      const std::vector<std::string> seconds = second_words(verbs, group);
      when = in_group + "; and __fish_seen_subcommand_from " + second;
      script += "complete -c unroll -n " +
                in_quotes(in_group + "; and not __fish_seen_subcommand_from " + joined(seconds)) +
                " -f -a " + second + " -d " + in_quotes(verb.verb->description) + "\n";
    }
    for (const Argument& word : verb.line.words()) {
      if (word.choices.empty()) continue;
      script += "complete -c unroll -n " + in_quotes(when) + " -f -a " +
                in_quotes(joined(word.choices)) + "\n";
    }
    for (const Argument& option : verb.line.options()) {
      for (const std::string& option_name : names_of(option)) {
        script += "complete -c unroll -n " + in_quotes(when) + " -l " + option_name.substr(2) +
                  " -d " + in_quotes(option.help);
        if (!option.choices.empty()) {
          script += " -x -a " + in_quotes(joined(option.choices));
        } else if (!option.type.empty()) {
          script += " -r";
        }
        script += "\n";
      }
    }
  }
  return script;
}

}  // namespace

std::string completions(const std::string& shell, const std::vector<DeclaredVerb>& verbs) {
  if (shell == "zsh") return zsh(verbs);
  return shell == "fish" ? fish(verbs) : bash(verbs);
}

}  // namespace unroll::app
