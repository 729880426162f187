#include "onednn_network.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

namespace unroll::benchmarks {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

memory::desc array(const memory::dims& dims, Tag tag) {
  return {dims, memory::data_type::f32, tag};
}

memory::dim dim(std::size_t size) { return static_cast<memory::dim>(size); }

float* data_of(const memory& array) { return static_cast<float*>(array.get_data_handle()); }

memory zeros(const memory::desc& description, const dnnl::engine& engine) {
  memory result(description, engine);
  std::memset(result.get_data_handle(), 0, description.get_size());
  return result;
}

// The inputs, outputs and states of a pass; the gradients that a backward pass takes and gives.
constexpr int kForward[] = {DNNL_ARG_SRC_LAYER, DNNL_ARG_SRC_ITER, DNNL_ARG_SRC_ITER_C,
                            DNNL_ARG_DST_LAYER, DNNL_ARG_DST_ITER, DNNL_ARG_DST_ITER_C,
                            DNNL_ARG_WORKSPACE};
constexpr int kBackward[] = {DNNL_ARG_DIFF_SRC_LAYER,  DNNL_ARG_DIFF_SRC_ITER,
                             DNNL_ARG_DIFF_SRC_ITER_C, DNNL_ARG_DIFF_DST_LAYER,
                             DNNL_ARG_DIFF_DST_ITER,   DNNL_ARG_DIFF_DST_ITER_C};
constexpr int kWeights[] = {DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_BIAS};
constexpr int kGradients[] = {DNNL_ARG_DIFF_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_ITER,
                              DNNL_ARG_DIFF_BIAS};

}  // namespace

// The array that goes by this name in all passes that have it.
memory OnednnNetwork::memory_of(const dnnl::primitive_desc_base& description, int argument) {
  const memory::desc wanted = description.query_md(dnnl::query::exec_arg_md, argument);
  const auto found = shared_.find(argument);
  if (found != shared_.end() && found->second.get_desc() == wanted) return found->second;
  return shared_[argument] = zeros(wanted, engine_);
}

// The kept weights where the primitive takes them as they are, else a copy and how to make it.
void OnednnNetwork::add_weights(const dnnl::primitive_desc_base& description, Arguments& arguments,
                                std::vector<Reorder>& reorders) {
  for (const int argument : kWeights) {
    const memory& kept = kept_.at(argument);
    const memory::desc wanted = description.query_md(dnnl::query::exec_arg_md, argument);
    if (kept.get_desc() == wanted) {
      arguments[argument] = kept;
      continue;
    }
    const memory copy = zeros(wanted, engine_);
    arguments[argument] = copy;
    reorders.push_back({dnnl::reorder(kept, copy), {{DNNL_ARG_FROM, kept}, {DNNL_ARG_TO, copy}}});
  }
}

void OnednnNetwork::add_gradients(const dnnl::primitive_desc_base& description) {
  for (const int argument : kGradients) {
    memory& kept = kept_.at(argument);
    const memory::desc wanted = description.query_md(dnnl::query::exec_arg_md, argument);
    if (kept.get_desc() == wanted) {
      backward_arguments_[argument] = kept;
    } else {
      const memory own = zeros(wanted, engine_);
      backward_arguments_[argument] = own;
      gradient_reorders_.push_back(
          {dnnl::reorder(own, kept), {{DNNL_ARG_FROM, own}, {DNNL_ARG_TO, kept}}});
    }
    gradients_.push_back(backward_arguments_[argument]);
  }
}

OnednnNetwork::OnednnNetwork(const NetworkShape& shape, int threads, const OwnNetwork& own)
    : shape_(shape), threads_(threads), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
  omp_set_num_threads(threads_);
  const bool gru = shape.cell.name == "gru";
  gates_ = gru ? 3 : shape.cell.name == "lstm" ? 4 : 1;
  biases_ = gru && shape.cell.reset == "after" ? 4 : gates_;
  // Ours: r, z, n; theirs: z, r, n. The others are in the same order.
  order_ = gru ? std::vector<std::size_t>{1, 0, 2} : std::vector<std::size_t>{0, 1, 2, 3};

  const memory::dim t = dim(shape.steps), n = dim(shape.batch), i = dim(shape.inputs),
                    h = dim(shape.hidden), l = dim(shape.layers), g = dim(gates_);
  const memory::dims weights_layer = {l, 1, i, g, h}, weights_iter = {l, 1, h, g, h};
  const memory::dims bias = {l, 1, dim(biases_), h};
  const OnednnPrimitives primitives =
      onednn_primitives(shape.cell,
                        {.x = array({t, n, i}, Tag::tnc),
                         .state = array({l, 1, n, h}, Tag::ldnc),
                         .weights_layer = array(weights_layer, Tag::any),
                         .weights_iter = array(weights_iter, Tag::any),
                         .bias = array(bias, Tag::any),
                         .y = array({t, n, h}, Tag::tnc)},
                        engine_);

  const auto keep = [&](int argument, int gradient, const memory::desc& description) {
    kept_[argument] = zeros(description, engine_);
    kept_[gradient] = zeros(description, engine_);
  };
  // Input, gate, unit: the layout from and to which the reorders take least, half the time of
  // PyTorch's.
  keep(DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_LAYER, array(weights_layer, Tag::ldigo));
  keep(DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_DIFF_WEIGHTS_ITER, array(weights_iter, Tag::ldigo));
  keep(DNNL_ARG_BIAS, DNNL_ARG_DIFF_BIAS, array(bias, Tag::ldgo));
  write_weights(own.weights());

  const auto add = [&](const dnnl::primitive_desc_base& description, const auto& names,
                       Arguments& arguments) {
    for (const int argument : names) {
      if (description.query_md(dnnl::query::exec_arg_md, argument).is_zero()) continue;
      arguments[argument] = memory_of(description, argument);
    }
  };
  add(primitives.inference, kForward, inference_arguments_);
  add(primitives.forward, kForward, forward_arguments_);
  add_weights(primitives.forward, forward_arguments_, forward_reorders_);
  add(primitives.backward, kForward, backward_arguments_);
  add(primitives.backward, kBackward, backward_arguments_);
  add_weights(primitives.backward, backward_arguments_, backward_reorders_);
  add_gradients(primitives.backward);
  std::copy(own.x().begin(), own.x().end(), data_of(shared_.at(DNNL_ARG_SRC_LAYER)));
  std::copy(own.dy().begin(), own.dy().end(), data_of(shared_.at(DNNL_ARG_DIFF_DST_LAYER)));
  forward_ = dnnl::primitive(primitives.forward.get());
  backward_ = dnnl::primitive(primitives.backward.get());
  choose_inference(primitives);
}

// Takes the faster one of two layouts of the weights: the one that the primitive prefers takes up
// to twice as long as training's where the batch is 1 or H is 1500.
void OnednnNetwork::choose_inference(const OnednnPrimitives& primitives) {
  struct Candidate {
    dnnl::primitive primitive;
    Arguments arguments;
    double seconds = std::numeric_limits<double>::infinity();
  } candidates[2];
  const dnnl::primitive_desc_base* const descriptions[] = {&primitives.inference,
                                                           &primitives.inference_as_trained};
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<Reorder> reorders;
    candidates[i].primitive = dnnl::primitive(descriptions[i]->get());
    candidates[i].arguments = inference_arguments_;
    add_weights(*descriptions[i], candidates[i].arguments, reorders);
    run(reorders);
    stream_.wait();
  }
  using Clock = std::chrono::steady_clock;
  constexpr int kFewest = 5;
  const Clock::time_point start = Clock::now();
  for (int run = 0; run < kFewest || Clock::now() - start < std::chrono::milliseconds(50); ++run) {
    for (Candidate& candidate : candidates) {
      candidate.primitive.execute(stream_, candidate.arguments);  // into the caches
      stream_.wait();
      const Clock::time_point begin = Clock::now();
      candidate.primitive.execute(stream_, candidate.arguments);
      stream_.wait();
      const std::chrono::duration<double> passed = Clock::now() - begin;
      candidate.seconds = std::min(candidate.seconds, passed.count());
    }
  }
  const Candidate& chosen =
      candidates[0].seconds <= candidates[1].seconds ? candidates[0] : candidates[1];
  inference_ = chosen.primitive;
  inference_arguments_ = chosen.arguments;
}

void OnednnNetwork::run(const std::vector<Reorder>& reorders) {
  for (const Reorder& reorder : reorders) reorder.first.execute(stream_, reorder.second);
}

void OnednnNetwork::inference() {
  omp_set_num_threads(threads_);
  inference_.execute(stream_, inference_arguments_);
  stream_.wait();
}

void OnednnNetwork::training_forward() {
  omp_set_num_threads(threads_);
  run(forward_reorders_);
  forward_.execute(stream_, forward_arguments_);
  stream_.wait();
}

void OnednnNetwork::backward() {
  omp_set_num_threads(threads_);
  run(backward_reorders_);
  for (const memory& gradient : gradients_) {
    std::memset(gradient.get_data_handle(), 0, gradient.get_desc().get_size());
  }
  backward_.execute(stream_, backward_arguments_);
  run(gradient_reorders_);
  stream_.wait();
}

void OnednnNetwork::rest() { omp_pause_resource_all(omp_pause_soft); }

// visit(number in a kept array, layer, our gate, unit, input); biases have input 0 alone, and
// the further bias of a unit counts as gate `gates_`.
template <class Visit>
void OnednnNetwork::visit_weights(int argument, const Visit& visit) const {
  const bool bias = argument == DNNL_ARG_BIAS;
  const std::size_t gates = bias ? biases_ : gates_, h = shape_.hidden;
  const std::size_t inputs = bias ? 1 : argument == DNNL_ARG_WEIGHTS_LAYER ? shape_.inputs : h;
  for (std::size_t layer = 0; layer < shape_.layers; ++layer) {
    for (std::size_t gate = 0; gate < gates; ++gate) {
      const std::size_t place = gate < gates_ ? order_[gate] : gate;
      for (std::size_t unit = 0; unit < h; ++unit) {
        for (std::size_t input = 0; input < inputs; ++input) {
          visit(((layer * inputs + input) * gates + place) * h + unit, layer, gate, unit, input);
        }
      }
    }
  }
}

void OnednnNetwork::write_weights(const std::vector<LayerArrays>& weights) {
  const std::size_t h = shape_.hidden;
  float* const layer_weights = data_of(kept_.at(DNNL_ARG_WEIGHTS_LAYER));
  float* const iter_weights = data_of(kept_.at(DNNL_ARG_WEIGHTS_ITER));
  float* const bias = data_of(kept_.at(DNNL_ARG_BIAS));
  visit_weights(DNNL_ARG_WEIGHTS_LAYER, [&](auto to, auto l, auto gate, auto unit, auto input) {
    layer_weights[to] = weights[l].weight_ih[(gate * h + unit) * shape_.inputs + input];
  });
  visit_weights(DNNL_ARG_WEIGHTS_ITER, [&](auto to, auto l, auto gate, auto unit, auto input) {
    iter_weights[to] = weights[l].weight_hh[(gate * h + unit) * h + input];
  });
  // Where both biases of the last gate are there, the further one is its bias_hh.
  visit_weights(DNNL_ARG_BIAS, [&](auto to, auto l, auto gate, auto unit, auto) {
    const bool further = gate == gates_, apart = biases_ > gates_ && gate >= gates_ - 1;
    const std::size_t from = (further ? gates_ - 1 : gate) * h + unit;
    bias[to] = further ? weights[l].bias_hh[from]
               : apart ? weights[l].bias_ih[from]
                       : weights[l].bias_ih[from] + weights[l].bias_hh[from];
  });
}

Arrays OnednnNetwork::results() const {
  const auto copy = [&](int argument) {
    const memory& from = shared_.at(argument);
    const float* data = data_of(from);
    return std::vector<float>(data, data + from.get_desc().get_size() / sizeof(float));
  };
  Arrays results = {.y = copy(DNNL_ARG_DST_LAYER), .dx = copy(DNNL_ARG_DIFF_SRC_LAYER)};
  const std::size_t h = shape_.hidden, rows = gates_ * h;
  for (std::size_t l = 0; l < shape_.layers; ++l) {
    results.layers.push_back({.weight_ih = std::vector<float>(rows * shape_.inputs),
                              .weight_hh = std::vector<float>(rows * h),
                              .bias_ih = std::vector<float>(rows)});
  }
  const float* const layer_weights = data_of(kept_.at(DNNL_ARG_DIFF_WEIGHTS_LAYER));
  const float* const iter_weights = data_of(kept_.at(DNNL_ARG_DIFF_WEIGHTS_ITER));
  const float* const bias = data_of(kept_.at(DNNL_ARG_DIFF_BIAS));
  visit_weights(DNNL_ARG_WEIGHTS_LAYER, [&](auto from, auto l, auto gate, auto unit, auto input) {
    results.layers[l].weight_ih[(gate * h + unit) * shape_.inputs + input] = layer_weights[from];
  });
  visit_weights(DNNL_ARG_WEIGHTS_ITER, [&](auto from, auto l, auto gate, auto unit, auto input) {
    results.layers[l].weight_hh[(gate * h + unit) * h + input] = iter_weights[from];
  });
  visit_weights(DNNL_ARG_BIAS, [&](auto from, auto l, auto gate, auto unit, auto) {
    if (gate < gates_) results.layers[l].bias_ih[gate * h + unit] = bias[from];
  });
  return results;
}

std::string OnednnNetwork::version() {
  const dnnl_version_t& v = *dnnl::version();
  std::string text = "oneDNN " + std::to_string(v.major);
  text += '.' + std::to_string(v.minor);
  text += '.' + std::to_string(v.patch);
  return text;
}

}  // namespace unroll::benchmarks
