#include "unroll/data/csv_file.h"

#include "data/readers/csv_table.h"

namespace unroll {

struct CsvFile::Implementation {
  Implementation(const std::string& path, char delimiter)
      : lines(detail::open_text(path, "a CSV file")), table(lines, delimiter) {
    table.take_header();
    for (std::size_t c = 0; c < table.columns(); ++c) names.push_back(table.name(c));
  }

  detail::LineReader lines;
  detail::CsvTable table;
  std::vector<std::string> names = {};
};

CsvFile::CsvFile(const std::string& path, char delimiter)
    : implementation_(std::make_unique<Implementation>(path, delimiter)) {}
CsvFile::~CsvFile() = default;

const std::vector<std::string>& CsvFile::names() const { return implementation_->names; }
bool CsvFile::next() { return implementation_->table.next(); }
std::string_view CsvFile::cell(std::size_t column) const {
  return implementation_->table.cell(column);
}
double CsvFile::number(std::size_t column) const { return implementation_->table.number(column); }

}  // namespace unroll
