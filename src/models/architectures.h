#pragma once

#include "models/model_file.h"
#include "unroll/models/language_model_file.h"
#include "unroll/models/sequence_model_file.h"

namespace unroll {

// The architectures of model files, each with how it is read from an open file (model.cc lists
// them).
inline constexpr char kTextModel[] = "language_model", kSequenceModel[] = "sequence_model";

template <class T>
TextModel<T> read_text_model(const ModelFile& file);
TextModelInfo read_text_model_info(const ModelFile& file);

template <class T>
TrainedSequenceModel<T> read_sequence_model(const ModelFile& file);
SequenceModelInfo read_sequence_model_info(const ModelFile& file);

}  // namespace unroll
