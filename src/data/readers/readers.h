#pragma once

#include <string>

#include "data/line_reader.h"
#include "unroll/data/read_sequences.h"

namespace unroll::detail {

// One reader a format. Each fills `out`, whose source and target are set, and throws as
// read_sequences() does; options that are not its own are at their defaults.
void read_ts(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_csv(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_json_lines(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_labelled_text(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_conll(LineReader& lines, const SequenceReaderOptions& options, Sequences& out);
void read_npy_file(const std::string& path, Sequences& out);
void read_npz_file(const std::string& path, Sequences& out);

// "3 values", "1 value".
std::string counted(std::size_t count, const std::string& noun);

// Ends the sequence that began at begin.back().
inline void end_sequence(Sequences& out, std::size_t length) {
  out.begin.push_back(out.begin.back() + length);
}

}  // namespace unroll::detail
