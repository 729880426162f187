// Any bytes as a file of sequences, in the format, for the target and with the options that the
// first two bytes choose: read_sequences() fills what sequences.h promises or throws an Error of
// one line. The last format stands for read_series().
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "unroll/core/error.h"
#include "unroll/data/read_sequences.h"
#include "unroll/data/series.h"
#include "unroll/data/series_summary.h"

namespace {

using unroll::SequenceReaderOptions;
using unroll::Sequences;
using unroll::TargetKind;

void check(bool condition) {
  if (!condition) std::abort();
}

// A folder with a file, and a second name of it that ends in .gz; removed at the end.
class Folder {
 public:
  Folder() {
    check(::mkdtemp(path_.data()) != nullptr);
    check(::symlink("file", (path_ + "/file.gz").c_str()) == 0);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string write(std::string_view bytes, bool compressed) const {
    std::ofstream(path_ + "/file", std::ios::binary | std::ios::trunc) << bytes;
    return path_ + (compressed ? "/file.gz" : "/file");
  }

 private:
  std::string path_ = "/tmp/unroll-fuzz-XXXXXX";
};

void check_sequences(const Sequences& s) {
  const std::size_t n = s.size();
  check(n > 0 && s.begin.front() == 0);
  for (std::size_t i = 0; i < n; ++i) check(s.begin[i] <= s.begin[i + 1]);
  check(s.ids.empty() || s.ids.size() == n);
  check(s.feature_names.empty() || s.feature_names.size() == s.features);
  check(s.values.size() == s.steps() * s.features);
  check(s.tokens.size() == (s.of_tokens() ? s.steps() : 0));
  for (const double value : s.values) check(!std::isinf(value));
  for (const std::string& token : s.tokens) check(!token.empty());
  const bool of_steps = s.target == TargetKind::kStepLabel || s.target == TargetKind::kStepValue;
  const bool labels = s.target == TargetKind::kLabel || s.target == TargetKind::kStepLabel;
  const bool values = s.target == TargetKind::kValue || s.target == TargetKind::kStepValue;
  const std::size_t items = of_steps ? s.steps() : n;
  check(s.labels.size() == (labels ? items : 0));
  for (const std::string& label : s.labels) check(!label.empty());
  check((s.target_width > 0) == values);
  check(s.targets.size() == (values ? items * s.target_width : 0));
  check(s.target_names.empty() || s.target_names.size() == s.target_width);
  for (const double target : s.targets) check(std::isfinite(target));
}

void check_series(const unroll::Series& s) {
  check(s.columns() > 0 && s.values.size() == s.columns() * s.steps());
  check(s.dates.empty() || s.dates.size() == s.steps());
  check(s.seconds.empty() || s.seconds.size() == s.steps());
  check(s.months.size() == s.seconds.size() && s.weekdays.size() == s.seconds.size() &&
        s.hours.size() == s.seconds.size());
  check(s.times.size() == s.seconds.size());
  for (std::size_t t = 1; t < s.times.size(); ++t) check(s.times[t - 1] < s.times[t]);
  unroll::summarize(s);
  unroll::time_after(s, 1), unroll::time_after(s, 1 << 16);
  for (std::size_t t = 0; t < s.seconds.size(); ++t) {
    check(s.months[t] >= 1 && s.months[t] <= 12 && s.weekdays[t] < 7 && s.hours[t] < 24);
  }
  for (const double value : s.values) check(!std::isinf(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const std::vector<std::string> formats = unroll::sequence_formats();
  const std::size_t format = data[0] % (formats.size() + 1);
  const bool compressed = data[0] >= 224;
  static const Folder folder;
  const std::string path =
      folder.write({reinterpret_cast<const char*>(data + 2), size - 2}, compressed);
  try {
    if (format == formats.size()) {
      check_series(unroll::read_series(path));
      return 0;
    }
    SequenceReaderOptions options;
    options.format = formats[format];
    options.target = static_cast<TargetKind>(data[1] % 5);
    const unsigned rest = data[1] / 5;
    if (options.format == "csv") {
      if (rest % 3 == 1) options.layout = "long";
      if (rest % 3 == 2) options.features_per_step = 2;
      if (rest / 3 % 3 == 1) options.id_column = "1";
      if (rest / 9 % 2 == 1) options.target_columns = {"2"};
      if (rest / 18 % 2 == 1) {
        options.delimiter = ' ', options.decimal = ',', options.missing_values = {"null", "-200"};
      }
    } else if ((options.format == "text" || options.format == "jsonl") && rest % 2 == 1) {
      options.level = unroll::Level::kCharacter;
    }
    const unroll::Sequences read = unroll::read_sequences(path, options);
    check_sequences(read);
    if (options.format != "csv") return 0;
    // The same file, as the table that a model was trained on.
    options.trained = read.reading.table;
    const unroll::Sequences again = unroll::read_sequences(path, options);
    check_sequences(again);
    check(again.begin == read.begin && again.labels == read.labels);
  } catch (const unroll::Error& error) {
    check(std::string_view(error.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
