#include "report/svg.h"

#include <pugixml.hpp>
#include <sstream>

#include "unroll/core/error.h"

namespace unroll::app::report {
namespace {

void remove_all(pugi::xml_node root, const char* nodes) {
  for (const pugi::xpath_node& found : root.select_nodes(nodes)) {
    found.node().parent().remove_child(found.node());
  }
}

// Symbols are kept where something uses them, one of which may use another.
void remove_unused_symbols(pugi::xml_node root) {
  for (bool removed = true; removed;) {
    removed = false;
    for (const pugi::xpath_node& found : root.select_nodes("//defs/*")) {
      pugi::xml_node symbol = found.node();
      const std::string reference = std::string("#") + symbol.attribute("id").value();
      pugi::xpath_variable_set variables;
      variables.set("reference", reference.c_str());
      if (root.select_node("//use[@*[name()='xlink:href']=$reference]", &variables)) continue;
      symbol.parent().remove_child(symbol);
      removed = true;
    }
  }
}

void rename_symbols(pugi::xml_node root, const std::string& prefix) {
  for (const pugi::xpath_node& found : root.select_nodes("//g[@id]")) {
    found.node().remove_attribute("id");
  }
  for (const pugi::xpath_node& found : root.select_nodes("//*[@id]")) {
    pugi::xml_attribute id = found.node().attribute("id");
    id.set_value((prefix + id.value()).c_str());
  }
  for (const pugi::xpath_node& found : root.select_nodes("//use")) {
    pugi::xml_attribute link = found.node().attribute("xlink:href");
    link.set_value(("#" + prefix + (link.value() + 1)).c_str());
    link.set_name("href");
  }
}

void set_colours(pugi::xml_node root, const std::vector<SvgColour>& colours) {
  // Groups set `color` for their own use of currentColor, which here is the page's colour of text.
  for (const pugi::xpath_node& found : root.select_nodes("//g[@color]")) {
    found.node().remove_attribute("color");
  }
  for (const pugi::xpath_node& found : root.select_nodes("//@stroke | //@fill | //@color")) {
    pugi::xml_attribute attribute = found.attribute();
    for (const SvgColour& colour : colours) {
      if (attribute.value() == colour.drawn) attribute.set_value(colour.shown.c_str());
    }
  }
}

}  // namespace

std::string page_svg(const std::string& file, const SvgStyle& style) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_string(file.c_str());
  pugi::xml_node root = document.child("svg");
  if (!parsed || !root) {
    throw FormatError(std::string("gnuplot drew no SVG: ") +
                      (parsed ? "there is no element svg" : parsed.description()));
  }
  remove_all(root, "//title | //desc | //filter");
  remove_unused_symbols(root);
  rename_symbols(root, style.id + "-");
  set_colours(root, style.colours);
  while (root.select_node("//g[not(*)] | //defs[not(*)]")) {
    remove_all(root, "//g[not(*)] | //defs[not(*)]");
  }
  root.remove_attribute("xmlns");
  root.remove_attribute("xmlns:xlink");
  root.append_attribute("role") = "img";
  root.append_attribute("aria-label") = style.description.c_str();
  std::ostringstream out;
  root.print(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace unroll::app::report
