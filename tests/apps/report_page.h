#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <pugixml.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "program.h"

namespace unroll {

inline bool gnuplot_is_there() {
  std::istringstream folders(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/gnuplot").c_str(), X_OK) == 0) return true;
  }
  return false;
}

// The page that `unroll report` wrote, as a tree of elements: it is XML too.
class ReportPage {
 public:
  explicit ReportPage(const std::string& path) : text_(contents(path)) {
    const pugi::xml_parse_result parsed =
        page_.load_string(text_.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    EXPECT_TRUE(parsed) << path << ": " << parsed.description() << " at byte " << parsed.offset;
  }

  const std::string& text() const { return text_; }
  bool says(const std::string& words) const { return all_text().find(words) != std::string::npos; }
  std::size_t count(const char* elements) const { return page_.select_nodes(elements).size(); }

  // The text of each of these elements.
  std::vector<std::string> texts(const char* elements) const {
    std::vector<std::string> result;
    for (const pugi::xpath_node& found : page_.select_nodes(elements)) {
      result.push_back(found.attribute() ? found.attribute().value() : text_of(found.node()));
    }
    return result;
  }
  // Of the table under the heading with this id: a list of cells a row.
  std::vector<std::vector<std::string>> rows(const std::string& heading) const {
    std::vector<std::vector<std::string>> result;
    const std::string path = "//section[@aria-labelledby='" + heading + "']//tbody/tr";
    for (const pugi::xpath_node& row : page_.select_nodes(path.c_str())) {
      result.emplace_back();
      for (const pugi::xml_node cell : row.node().children()) {
        if (cell.type() == pugi::node_element) result.back().push_back(text_of(cell));
      }
    }
    return result;
  }

  // What holds for every page.
  void check() const {
    for (const char* outside : {"http:", "https:", "url(", "@import"}) {
      EXPECT_EQ(text_.find(outside), std::string::npos) << outside;
    }
    for (const std::string& link : texts("//@href")) EXPECT_EQ(link[0], '#') << link;
    EXPECT_EQ(count("//script | //link | //iframe | //img | //object | //form | //@src"), 0u);
    EXPECT_EQ(count("//@*[starts-with(name(), 'on')]"), 0u);
    EXPECT_EQ(texts("/html/@lang"), Words{"en"});
    EXPECT_EQ(count("/html/head/title"), 1u);
    EXPECT_EQ(count("//h1"), 1u);
    EXPECT_EQ(count("//table[not(caption)]"), 0u);
    EXPECT_EQ(count("//th[not(@scope)]"), 0u);
    EXPECT_EQ(count("//svg[not(@role='img') or not(@aria-label)]"), 0u);
    const Words ids = texts("//@id");
    const std::set<std::string> different(ids.begin(), ids.end());
    EXPECT_EQ(different.size(), ids.size());
    for (const std::string& id : texts("//@aria-labelledby")) EXPECT_EQ(different.count(id), 1u);
    for (std::string link : texts("//use/@href")) EXPECT_EQ(different.count(link.substr(1)), 1u);
  }

 private:
  static std::string text_of(const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return node.value();
    std::string text;
    for (const pugi::xml_node child : node.children()) text += text_of(child);
    return text;
  }
  std::string all_text() const { return text_of(page_.select_node("//body").node()); }

  std::string text_;
  pugi::xml_document page_;
};

}  // namespace unroll
