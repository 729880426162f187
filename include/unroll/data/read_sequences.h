#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "unroll/data/sequences.h"
#include "unroll/data/text.h"

namespace unroll {

// How a file is to be read; what is empty or not given follows from the file.
struct SequenceReaderOptions {
  std::string format = {};  // of sequence_formats(); empty: from the ending of the name
  TargetKind target = TargetKind::kNone;  // what is wanted of it

  // csv, in columns of a name, or of a number from 1
  std::optional<bool> header = {};               // whether the first row has names; detected
  char delimiter = 0;                            // detected: , ; tab or |
  std::string layout = {};                       // "wide": a row a sequence; "long": a row a step
  std::size_t features_per_step = 1;             // wide: I; a row holds step after step
  std::string id_column = {};                    // long: rows of one sequence share it
  std::string time_column = {};                  // long: rises within a sequence; no feature
  std::vector<std::string> target_columns = {};  // label, or numbers
  std::vector<std::string> ignored_columns = {};

  // text, conll
  Level level = Level::kWord;  // of labelled text: words or characters
};

// The formats, as `format` names them: "ts", "csv", "npy", "npz", "jsonl", "text", "conll".
std::vector<std::string> sequence_formats();

// Reads a whole file. A file without targets is accepted where options.target is kNone only;
// targets that the file has and nobody wants are left out. Throws FileError; FormatError, naming
// file, line and column; ValueError for options that contradict each other or the format.
Sequences read_sequences(const std::string& path, const SequenceReaderOptions& options);

}  // namespace unroll
