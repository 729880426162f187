#include "onednn_primitives.h"

#include "unroll/core/error.h"

namespace unroll::benchmarks {
namespace {

using dnnl::prop_kind;

constexpr auto kDirection = dnnl::rnn_direction::unidirectional_left2right;

// The description of a primitive. Up to version 2 an operation is described first.
template <class Primitive, class... Arguments>
typename Primitive::primitive_desc describe(const dnnl::engine& engine,
                                            const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR < 3
  return {typename Primitive::desc(arguments...), engine};
#else
  return {engine, arguments...};
#endif
}
// The same of a backward pass for a forward pass.
template <class Primitive, class Forward, class... Arguments>
typename Primitive::primitive_desc describe_backward(const dnnl::engine& engine,
                                                     const Forward& forward,
                                                     const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR < 3
  return {typename Primitive::desc(arguments...), engine, forward};
#else
  return {engine, arguments..., forward};
#endif
}

// forward_of(prop_kind, shapes) and backward_of(forward).
template <class ForwardOf, class BackwardOf>
OnednnPrimitives primitives(const OnednnShapes& shapes, const ForwardOf& forward_of,
                            const BackwardOf& backward_of) {
  const auto inference = forward_of(prop_kind::forward_inference, shapes);
  const auto forward = forward_of(prop_kind::forward_training, shapes);
  OnednnShapes as_trained = shapes;
  as_trained.weights_layer = forward.weights_layer_desc();
  as_trained.weights_iter = forward.weights_iter_desc();
  return {inference, forward_of(prop_kind::forward_inference, as_trained), forward,
          backward_of(forward)};
}

OnednnPrimitives lstm(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  return primitives(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return describe<dnnl::lstm_forward>(engine, kind, kDirection, s.x, s.state, s.state,
                                            s.weights_layer, s.weights_iter, s.bias, s.y, s.state,
                                            s.state);
      },
      [&](const auto& forward) {
        return describe_backward<dnnl::lstm_backward>(
            engine, forward, prop_kind::backward, kDirection, s.x, s.state, s.state,
            s.weights_layer, s.weights_iter, s.bias, s.y, s.state, s.state, s.x, s.state, s.state,
            s.weights_layer, s.weights_iter, s.bias, s.y, s.state, s.state);
      });
}

template <class Forward, class Backward>
OnednnPrimitives gru(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  return primitives(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return describe<Forward>(engine, kind, kDirection, s.x, s.state, s.weights_layer,
                                 s.weights_iter, s.bias, s.y, s.state);
      },
      [&](const auto& forward) {
        return describe_backward<Backward>(engine, forward, prop_kind::backward, kDirection, s.x,
                                           s.state, s.weights_layer, s.weights_iter, s.bias, s.y,
                                           s.state, s.x, s.state, s.weights_layer, s.weights_iter,
                                           s.bias, s.y, s.state);
      });
}

OnednnPrimitives elman(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  constexpr auto kTanh = dnnl::algorithm::eltwise_tanh;
  return primitives(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return describe<dnnl::vanilla_rnn_forward>(engine, kind, kTanh, kDirection, s.x, s.state,
                                                   s.weights_layer, s.weights_iter, s.bias, s.y,
                                                   s.state);
      },
      [&](const auto& forward) {
        return describe_backward<dnnl::vanilla_rnn_backward>(
            engine, forward, prop_kind::backward, kTanh, kDirection, s.x, s.state, s.weights_layer,
            s.weights_iter, s.bias, s.y, s.state, s.x, s.state, s.weights_layer, s.weights_iter,
            s.bias, s.y, s.state);
      });
}

}  // namespace

OnednnPrimitives onednn_primitives(const CellOptions& cell, const OnednnShapes& shapes,
                                   const dnnl::engine& engine) {
  if (cell.name == "lstm") return lstm(shapes, engine);
  if (cell.name == "gru" && cell.reset == "after") {
    return gru<dnnl::lbr_gru_forward, dnnl::lbr_gru_backward>(shapes, engine);
  }
  if (cell.name == "gru") return gru<dnnl::gru_forward, dnnl::gru_backward>(shapes, engine);
  if (cell.name == "elman" && cell.activation == "tanh") return elman(shapes, engine);
  throw ValueError("oneDNN has no cell '" + cell.name + "' in this variant");
}

}  // namespace unroll::benchmarks
