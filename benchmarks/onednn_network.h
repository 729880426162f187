#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "network.h"
#include "onednn_primitives.h"
#include "own_network.h"
#include "shapes.h"

namespace unroll::benchmarks {

// oneDNN's RNN primitives, as an application uses them: weights in the layouts that the primitives
// prefer, reordered from and back to the layout in which the application keeps them.
class OnednnNetwork : public Network {
 public:
  // The same weights, input and gradient as `own`. Layers above the first want I = H.
  OnednnNetwork(const NetworkShape& shape, int threads, const OwnNetwork& own);

  void inference() override;
  void training_forward() override;
  void backward() override;
  Arrays results() const override;
  void rest() override;

  static std::string version();

 private:
  using Arguments = std::unordered_map<int, dnnl::memory>;
  using Reorder = std::pair<dnnl::reorder, Arguments>;

  dnnl::memory memory_of(const dnnl::primitive_desc_base& description, int argument);
  void add_weights(const dnnl::primitive_desc_base& description, Arguments& arguments,
                   std::vector<Reorder>& reorders);
  void add_gradients(const dnnl::primitive_desc_base& description);
  void run(const std::vector<Reorder>& reorders);
  void choose_inference(const OnednnPrimitives& primitives);
  template <class Visit>
  void visit_weights(int argument, const Visit& visit) const;
  void write_weights(const std::vector<LayerArrays>& weights);

  NetworkShape shape_;
  int threads_;
  std::size_t gates_, biases_;      // of a unit; a GRU with reset after has a bias more
  std::vector<std::size_t> order_;  // the place in oneDNN of each of our gates
  dnnl::engine engine_;
  dnnl::stream stream_;
  Arguments kept_;    // weights, bias and their gradients as the application keeps them
  Arguments shared_;  // input, output, states and their gradients
  Arguments inference_arguments_, forward_arguments_, backward_arguments_;
  std::vector<Reorder> forward_reorders_, backward_reorders_, gradient_reorders_;
  std::vector<dnnl::memory> gradients_;  // what backward() adds to
  dnnl::primitive inference_, forward_, backward_;
};

}  // namespace unroll::benchmarks
