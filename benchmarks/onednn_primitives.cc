#include "onednn_primitives.h"

#include "unroll/core/error.h"

namespace unroll::benchmarks {
namespace {

using dnnl::prop_kind;

constexpr auto kDirection = dnnl::rnn_direction::unidirectional_left2right;

// forward_of(prop_kind, shapes) and backward_of() give the descriptions of the operations.
template <class Forward, class Backward, class ForwardOf, class BackwardOf>
OnednnPrimitives primitives(const OnednnShapes& shapes, const ForwardOf& forward_of,
                            const BackwardOf& backward_of, const dnnl::engine& engine) {
  using Description = typename Forward::primitive_desc;
  const Description inference(forward_of(prop_kind::forward_inference, shapes), engine);
  const Description forward(forward_of(prop_kind::forward_training, shapes), engine);
  const typename Backward::primitive_desc backward(backward_of(), engine, forward);
  OnednnShapes as_trained = shapes;
  as_trained.weights_layer = forward.weights_layer_desc();
  as_trained.weights_iter = forward.weights_iter_desc();
  const Description other(forward_of(prop_kind::forward_inference, as_trained), engine);
  return {inference, other, forward, backward};
}

OnednnPrimitives lstm(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  using Forward = dnnl::lstm_forward;
  using Backward = dnnl::lstm_backward;
  return primitives<Forward, Backward>(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return Forward::desc(kind, kDirection, s.x, s.state, s.state, s.weights_layer,
                             s.weights_iter, s.bias, s.y, s.state, s.state);
      },
      [&] {
        return Backward::desc(prop_kind::backward, kDirection, s.x, s.state, s.state,
                              s.weights_layer, s.weights_iter, s.bias, s.y, s.state, s.state, s.x,
                              s.state, s.state, s.weights_layer, s.weights_iter, s.bias, s.y,
                              s.state, s.state);
      },
      engine);
}

template <class Forward, class Backward>
OnednnPrimitives gru(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  return primitives<Forward, Backward>(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return typename Forward::desc(kind, kDirection, s.x, s.state, s.weights_layer,
                                      s.weights_iter, s.bias, s.y, s.state);
      },
      [&] {
        return typename Backward::desc(
            prop_kind::backward, kDirection, s.x, s.state, s.weights_layer, s.weights_iter, s.bias,
            s.y, s.state, s.x, s.state, s.weights_layer, s.weights_iter, s.bias, s.y, s.state);
      },
      engine);
}

OnednnPrimitives elman(const OnednnShapes& shapes, const dnnl::engine& engine) {
  const OnednnShapes& s = shapes;
  using Forward = dnnl::vanilla_rnn_forward;
  using Backward = dnnl::vanilla_rnn_backward;
  constexpr auto kTanh = dnnl::algorithm::eltwise_tanh;
  return primitives<Forward, Backward>(
      shapes,
      [&](prop_kind kind, const OnednnShapes& s) {
        return Forward::desc(kind, kTanh, kDirection, s.x, s.state, s.weights_layer, s.weights_iter,
                             s.bias, s.y, s.state);
      },
      [&] {
        return Backward::desc(prop_kind::backward, kTanh, kDirection, s.x, s.state, s.weights_layer,
                              s.weights_iter, s.bias, s.y, s.state, s.x, s.state, s.weights_layer,
                              s.weights_iter, s.bias, s.y, s.state);
      },
      engine);
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
