#include "help.h"

#include <cstddef>
#include <sstream>
#include <string>

namespace unroll::app {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 27;  // where descriptions begin

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

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string left = is_positional ? option->get_name(true) : option->get_name(false, true);
    if (const auto brace = left.find('{'); brace != std::string::npos) left.erase(brace);
    if (!is_positional && !option->get_type_name().empty()) left += ' ' + option->get_type_name();
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
    return two_columns(left, text);
  }

  std::string make_subcommand(const CLI::App* sub) const override {
    return two_columns(sub->get_name(), sub->get_description());
  }
};

}  // namespace

std::shared_ptr<CLI::Formatter> help_formatter() { return std::make_shared<HelpFormatter>(); }

std::string help_page(const CLI::App& app, const std::string& parents) {
  std::string page = app.help(parents);
  for (std::size_t at; (at = page.find("\n\n\n")) != std::string::npos;) page.erase(at, 1);
  if (page.empty() || page.back() != '\n') page += '\n';
  return page;
}

}  // namespace unroll::app
