#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "unroll/data/reading.h"
#include "unroll/data/sequences.h"
#include "unroll/data/text.h"

#pragma GCC visibility push(default)

namespace unroll {

// How a file is to be read; what is empty or not given follows from the file.
struct SequenceReaderOptions {
  std::string format = {};  // of sequence_formats(); empty: from the ending of the name
  TargetKind target = TargetKind::kNone;  // what is wanted of it

  // all formats but npy and npz
  std::string encoding = {};  // "utf-8", the same as empty; "latin-1" (code page 1252); "utf-16"

  // csv, conll, conllu
  std::optional<std::string> comment = {};  // lines that begin so are left out; of conllu also #

  // csv; a column is given by its name, or by its number from 1
  std::optional<bool> header = {};                // whether the first row has names; detected
  char delimiter = 0;                             // detected: , ; tab or |; a space: white space
  char decimal = '.';                             // or ','
  std::vector<std::string> missing_values = {};   // beside an empty cell, NA, ? and NaN
  std::size_t skip_rows = 0;                      // lines before the table
  std::string layout = {};                        // "wide": a row a sequence; "long": a row a step
  std::size_t features_per_step = 1;              // wide: I; a row holds step after step
  std::string id_column = {};                     // long: rows of one sequence share it
  std::string time_column = {};                   // long: rises within a sequence; no feature
  std::vector<std::string> target_columns = {};   // one with labels, or W with numbers
  std::vector<std::string> ignored_columns = {};  // nothing of the sequences; jsonl: keys
  std::optional<TableColumns> trained = {};       // of the table that a model was trained on

  // text, conll, conllu: a column is given by its number from 1, of conllu by its name too
  std::string token_column = {};  // conll: 1; conllu: FORM
  std::string label_column =
      {};  // conll: the last one; conllu: UPOS; text: 1, or 2 for text<TAB>label

  // text, jsonl
  Level level = Level::kWord;  // of texts: words or characters
};

// The formats, as `format` names them: "ts", "csv", "npy", "npz", "jsonl", "text", "conll",
// "conllu".
std::vector<std::string> sequence_formats();

// Reads a whole file. A file without targets is accepted where options.target is kNone only;
// targets that the file has and nobody wants are left out. A sequence may have no step where the
// format can say so. A missing value is NaN; infinite ones are refused. Labels are as in the file,
// without white space at their ends. Throws FileError; FormatError, naming file, line and column;
// ValueError for options that contradict each other or the format.
//
// The format follows from the ending of the name: .ts, .csv, .tsv, .npy, .npz, .jsonl, .ndjson,
// .txt (text, or conll where step labels are wanted), .conll, .bio, .iob or .conllu; all but .npz
// may be followed by .gz, and are then decompressed.
//
// ts     Header and cases of the time-series archive. What the header claims is checked. Times of
//        @timeStamps true are left out; the dimensions of a case must have the same length.
// csv    RFC 4180, quoted cells with line ends included. Every row has as many cells as the first.
//        Missing: an empty cell, NA, ? or NaN.
//        Empty cells at the end of every row are none, and a first line "sep=;" names the
//        delimiter. delimiter: the one of , ; tab | that the first line has most often outside
//        quotes, the
//          first of these on a tie.
//        header: detected where an option names a column; where a cell of the first row is neither
//          number nor date nor missing, one with a label aside; and where all are. Where the rest
//          are numbers that rise evenly, as 0, 1, 2, with a label's name that no row below has, or
//          at least 8 that count from 0 or 1; and where a label's name stands above numbers alone.
//        index: a first column that alone has no name is left out; it has whole numbers.
//        layout: long where id_column or time_column is given, and where the header has an id and a
//          time, date, datetime, timestamp or step; else wide. These names, in capitals or not, are
//          found without an option.
//        target: target_columns, else the column called label, class, target or y (not beside x),
//          else the last one. Of a .tsv file without a header, as UCR's archive has them, labels
//          are in the first column where that has few whole numbers and the last one has not; then
//          NaN at the end of a row is no step. A target that is not wanted may be absent.
//        trained: columns are those of the training by name, in any order, and others are left out;
//          or by number, where there are no names: as many columns as there, or those without the
//          targets where none is wanted. Features that are absent are refused.
//        wide: empty cells at the end of a row are no steps. Its id, where there is one, is kept.
//        long: the rows of an id are adjacent; times, numbers or dates, rise strictly within it.
//          Without an id all rows are one sequence. kLabel and kValue are the same in all rows of
//          an id, kStepLabel and kStepValue are the row's own.
// npy    x of shape (n, T) or (n, T, I), in C or Fortran order: floats, or integers of at most 64
//        bits; labels may be texts or bytes.
// npz    x or X as above; lengths (n), 0 … T; and y, label, labels, target or targets: integers or
//        texts for labels, numbers for values, of shape (n), (n, W), (n, T) or (n, T, W).
// jsonl  A JSON object a line. "x": a list of steps, each a list of I numbers, or a number where I
//        is 1; null is missing. In its place "text", cut by `level`, or "tokens", a list of
//        strings. "label" (string or integer), "labels" (one a step), "y" (a number or a list; for
//        kStepValue a list of these), "id".
// text   label<TAB>text a line, cut by `level`; for kValue a number in place of the label. Without
//        a target, lines have none if the first one has no tab.
// conll  A token a line, in the first column, its label in the last; columns separated by tabs or
//        white space; empty lines between sequences; lines of -DOCSTART- are left out. Ten columns,
//        of which the first is 1, are CoNLL-U.
//        Where every sentence begins with #, `comment` has to say what that is.
// conllu CoNLL-U: the tokens are FORM, their labels UPOS; comments (#), ranges (2-3) and empty
// words
//        (1.1) are left out.
Sequences read_sequences(const std::string& path, const SequenceReaderOptions& options);

}  // namespace unroll

#pragma GCC visibility pop
