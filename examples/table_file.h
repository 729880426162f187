#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>

// FOLDER/NAME.csv, from which scripts/pictures draws. Makes the folder where it is missing.
class TableFile {
 public:
  TableFile(const std::string& folder, const std::string& name, const std::string& columns)
      : path_(folder + "/" + name + ".csv") {
    std::filesystem::create_directories(folder);
    file_.open(path_);
    file_ << columns << '\n';
  }

  void row(std::span<const double> numbers) {
    const char* before = "";
    for (const double number : numbers) {
      char text[32];
      std::snprintf(text, sizeof text, "%.9g", number);
      file_ << before << text;
      before = ",";
    }
    file_ << '\n';
  }

  void row(std::initializer_list<double> numbers) {
    row(std::span(numbers.begin(), numbers.size()));
  }

  // To be called at the end: says whether all rows reached the file.
  void close() {
    file_.close();
    if (!file_) throw std::runtime_error("cannot write '" + path_ + "'");
  }

 private:
  std::string path_;
  std::ofstream file_;
};
