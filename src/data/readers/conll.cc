// Columns as the shared tasks of CoNLL have them: a token a line, an empty line between sentences.
// Where nothing says otherwise the token is in the first column and its tag in the last; of CoNLL-U
// (universaldependencies.org/format.html) the form and its universal part of speech.
#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "data/number.h"
#include "data/readers/readers.h"
#include "data/readers/tokens.h"
#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll::detail {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kConlluColumns[] = {"ID"sv,    "FORM"sv, "LEMMA"sv,  "UPOS"sv, "XPOS"sv,
                                               "FEATS"sv, "HEAD"sv, "DEPREL"sv, "DEPS"sv, "MISC"sv};
constexpr std::size_t kForm = 1, kUpos = 3;

// At tabs where the line has one, else at white space.
void split(std::string_view line, std::vector<std::string_view>& columns) {
  constexpr std::string_view kSpace = " \v\f\r";
  columns.clear();
  const bool tabs = line.find('\t') != line.npos;
  std::string_view rest = tabs ? line : trim(line);
  for (;;) {
    const std::size_t end = tabs ? rest.find('\t') : rest.find_first_of(kSpace);
    columns.push_back(trim(rest.substr(0, end)));
    if (end == rest.npos) return;
    rest.remove_prefix(end + 1);
    if (!tabs) rest = trim(rest);
  }
}

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

class ConllReader {
 public:
  ConllReader(LineReader& lines, const SequenceReaderOptions& options, Sequences& out)
      : lines_(lines), options_(options), out_(out) {}

  void read() {
    conllu_ = out_.reading.format == "conllu";
    std::string_view line;
    while (lines_.next(line)) {
      if (options_.comment && !options_.comment->empty() && line.starts_with(*options_.comment)) {
        ++comment_count_;
      } else if (count_ == 0 && is_comment(line)) {
        comments_.emplace_back(line);  // of CoNLL-U, or a token, as the columns will tell
      } else if (trim(line).empty()) {
        end_sentence();
      } else {
        split(line, columns_);
        if (count_ == 0) begin();
        read_line(line);
      }
    }
    if (count_ == 0) replay_comments();
    end_sentence();
    refuse_comments();
    note();
  }

 private:
  bool tagged() const { return out_.target == TargetKind::kStepLabel; }
  static bool is_comment(std::string_view line) {
    return line.starts_with('#') && line.find('\t') == line.npos;
  }

  // The first line that is no comment, and no mark between documents.
  void begin() {
    if (columns_[0] == "-DOCSTART-") return;
    const bool is_one = columns_[0] == "1" || columns_[0].starts_with("1-");
    if (!conllu_ && columns_.size() == std::size(kConlluColumns) && is_one) {
      conllu_ = true;
      out_.reading.notes.emplace_back("ten columns and the first is 1: CoNLL-U");
    }
    if (conllu_) {
      comment_count_ += comments_.size();
    } else {
      const std::vector<std::string_view> columns = columns_;
      replay_comments();
      columns_ = columns;
    }
    comments_.clear();
  }

  void replay_comments() {
    const std::vector<std::string> comments = std::move(comments_);
    comments_.clear();
    replays_ = true;
    for (const std::string& comment : comments) {
      split(comment, columns_);
      read_line(comment);
    }
    replays_ = false;
  }

  void read_line(std::string_view line) {
    if (conllu_ && is_comment(line)) {
      ++comment_count_;
      return;
    }
    if (columns_[0] == "-DOCSTART-") return end_sentence();
    if (count_ == 0) choose_columns();
    if (columns_.size() != count_) {
      const bool hash = columns_[0] == "#" || (hashes_ == 1 && steps_ == 1 && out_.size() == 0);
      lines_.fail("has " + counted(columns_.size(), "column") + ", line " +
                  std::to_string(first_line_) + " has " + std::to_string(count_) +
                  (hash ? "; comments are left out by --comment '# '" : ""));
    }
    if (conllu_ && !is_whole_number(columns_[0])) return pass_over();
    const std::string_view token = columns_[token_];
    if (const char* problem = token_problem(token, Level::kWord)) {
      fail(line, token_, "the token " + quote(token) + ", in " + name(token_) + ", " + problem);
    }
    counts_ = counts_ && columns_[token_] == std::to_string(steps_ + 1);
    hashes_ += steps_ == 0 && token == "#" ? 1 : 0;
    out_.tokens.emplace_back(token);
    if (tagged()) {
      if (columns_[label_].empty()) {
        fail(line, label_, "the tag, in " + name(label_) + ", is empty");
      }
      out_.labels.emplace_back(columns_[label_]);
    }
    ++steps_;
  }

  // A range of words, 2-3, or a word that is not in the text, 1.1.
  void pass_over() {
    const std::string_view id = columns_[0];
    const std::size_t mark = id.find_first_of("-.");
    if (mark == id.npos || !is_whole_number(id.substr(0, mark)) ||
        !is_whole_number(id.substr(mark + 1))) {
      lines_.fail(quote(id) + " in the first column is no number of a word, such as 3, 2-3 or 1.1");
    }
    ++(id[mark] == '-' ? ranges_ : empty_words_);
  }

  void choose_columns() {
    count_ = columns_.size();
    first_line_ = lines_.line();
    if (conllu_ && count_ != std::size(kConlluColumns)) {
      lines_.fail("has " + counted(count_, "column") + "; CoNLL-U has 10, separated by tabs");
    }
    if (tagged() && count_ < 2) {
      lines_.fail("has 1 column; wanted a token in the first and its tag in the last");
    }
    token_ = conllu_ ? kForm : 0;
    label_ = conllu_ ? kUpos : count_ - 1;
    if (!options_.token_column.empty()) token_ = column("token_column", options_.token_column);
    if (!options_.label_column.empty() && tagged()) {
      label_ = column("label_column", options_.label_column);
    }
    if (conllu_) {
      out_.reading.notes.push_back("tokens in " + name(token_) +
                                   (tagged() ? ", labels in " + name(label_) : ""));
    }
  }

  [[noreturn]] void fail(std::string_view line, std::size_t column, const std::string& what) const {
    if (replays_) lines_.fail(what);
    const std::string_view cell = columns_[column];
    lines_.fail_at(!cell.empty() ? cell.data() : line.data() + (column == 0 ? 0 : line.size()),
                   what);
  }

  std::size_t column(const char* option, const std::string& given) const {
    if (is_whole_number(given)) {
      std::size_t number = 0;
      std::from_chars(given.data(), given.data() + given.size(), number);
      if (number >= 1 && number <= count_) return number - 1;
      throw ValueError(lines_.name() + ": " + option + " is " + printable(given) +
                       "; its columns have the numbers 1 to " + std::to_string(count_));
    }
    if (!conllu_) {
      throw ValueError(lines_.name() + ": " + option + " is " + quote(given) +
                       "; the columns have no names, but the numbers 1 to " +
                       std::to_string(count_));
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (equal_ignoring_case(given, kConlluColumns[i])) return i;
    }
    throw ValueError(lines_.name() + ": " +
                     unknown_name_message(option, given,
                                          {std::begin(kConlluColumns), std::end(kConlluColumns)}));
  }

  std::string name(std::size_t column) const {
    if (conllu_) {
      return "column " + std::to_string(column + 1) + " (" + std::string(kConlluColumns[column]) +
             ")";
    }
    if (column == 0) return "the first column";
    return column + 1 == count_ ? "the last column" : "column " + std::to_string(column + 1);
  }

  void end_sentence() {
    if (steps_ > 1) numbered_ += counts_ ? 1 : -1;
    if (steps_ > 0) end_sequence(out_, steps_);
    steps_ = 0, counts_ = true;
    if (numbered_ >= static_cast<int>(kNumberedSentences) && tagged() &&
        options_.token_column.empty()) {
      throw FormatError(lines_.name() + ": the tokens are 1, 2, 3, … in every sentence: " +
                        name(token_) + " numbers them; name the column of the tokens " +
                        "(--token-column 2) and that of the labels (--label-column)");
    }
  }

  // Ids of sentences, hardly tokens.
  void refuse_comments() const {
    if (options_.comment || hashes_ < kNumberedSentences || hashes_ < out_.size()) return;
    throw FormatError(lines_.name() + ": every sentence begins with #; are these lines comments? " +
                      "--comment '# ' leaves them out, --comment '' reads them");
  }

  void note() {
    std::string text;
    const auto add = [&](std::size_t count, const std::string& what) {
      if (count > 0) text += (text.empty() ? "" : ", ") + counted(count, what);
    };
    add(comment_count_, "comment"), add(ranges_, "range"), add(empty_words_, "empty word");
    if (!text.empty()) out_.reading.notes.push_back(text + " left out");
  }

  static constexpr std::size_t kNumberedSentences = 3;  // that do not count by chance

  LineReader& lines_;
  const SequenceReaderOptions& options_;
  Sequences& out_;
  bool conllu_ = false;
  std::vector<std::string> comments_;  // before the first token
  std::vector<std::string_view> columns_;
  bool replays_ = false;   // reads comments_, not the current line
  std::size_t count_ = 0;  // of columns
  std::uint64_t first_line_ = 0;
  std::size_t token_ = 0, label_ = 0;
  std::size_t steps_ = 0;   // of the current sentence
  bool counts_ = true;      // its tokens are 1, 2, 3, …
  int numbered_ = 0;        // sentences whose tokens count, less others
  std::size_t hashes_ = 0;  // sentences whose first token is #
  std::size_t comment_count_ = 0, ranges_ = 0, empty_words_ = 0;
};

}  // namespace

void read_conll(LineReader& lines, const SequenceReaderOptions& options, Sequences& out) {
  if (out.target != TargetKind::kStepLabel && out.target != TargetKind::kNone) {
    throw ValueError(lines.name() + ": CoNLL columns have a label a step, and nothing else");
  }
  ConllReader(lines, options, out).read();
}

}  // namespace unroll::detail
