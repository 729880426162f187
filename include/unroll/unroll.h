#pragma once

// All public headers of the library.

#include "unroll/core/arena.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/core/suggest.h"
#include "unroll/core/tensor.h"
#include "unroll/core/threads.h"
#include "unroll/data/text.h"
#include "unroll/data/truncated_bptt.h"
#include "unroll/data/vocabulary.h"
#include "unroll/io/data_type.h"
#include "unroll/io/file.h"
#include "unroll/io/safetensors.h"
#include "unroll/nn/cell.h"
#include "unroll/nn/parameter.h"
#include "unroll/nn/recurrence.h"
