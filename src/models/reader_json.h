#pragma once

#include "support/json.h"
#include "unroll/data/read_sequences.h"

namespace unroll {

// How files are read, as a model file has it. Members that older files lack are at their defaults;
// reader_of() throws JsonError and ValueError.
Json reader_json(const SequenceReaderOptions& reader);
SequenceReaderOptions reader_of(const Json& json);

}  // namespace unroll
