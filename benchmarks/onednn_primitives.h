#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "unroll/nn/cell.h"

namespace unroll::benchmarks {

// Shapes of a network; the weights are in the layouts that a primitive prefers.
struct OnednnShapes {
  dnnl::memory::desc x, state, weights_layer, weights_iter, bias, y;
};

struct OnednnPrimitives {
  dnnl::primitive_desc_base inference;             // with the weights as it prefers them
  dnnl::primitive_desc_base inference_as_trained;  // with the weights as `forward` prefers them
  dnnl::primitive_desc_base forward, backward;     // of training
};

// One direction, from the first step to the last. Cells: lstm, gru in both variants, elman (tanh).
OnednnPrimitives onednn_primitives(const CellOptions& cell, const OnednnShapes& shapes,
                                   const dnnl::engine& engine);

}  // namespace unroll::benchmarks
