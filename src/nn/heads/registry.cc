#include "unroll/core/error.h"
#include "unroll/core/suggest.h"
#include "unroll/nn/head.h"

namespace unroll {

// One line a head, defined in the file of its name.
std::unique_ptr<const Head> absolute_head(const HeadOptions& options);
std::unique_ptr<const Head> crf_head(const HeadOptions& options);
std::unique_ptr<const Head> gaussian_head(const HeadOptions& options);
std::unique_ptr<const Head> huber_head(const HeadOptions& options);
std::unique_ptr<const Head> quantiles_head(const HeadOptions& options);
std::unique_ptr<const Head> sigmoid_head(const HeadOptions& options);
std::unique_ptr<const Head> softmax_head(const HeadOptions& options);
std::unique_ptr<const Head> squared_error_head(const HeadOptions& options);

namespace {

struct Entry {
  const char* name;
  std::unique_ptr<const Head> (*make)(const HeadOptions&);
};

constexpr Entry kHeads[] = {
    {"softmax", softmax_head},     {"sigmoid", sigmoid_head}, {"squared_error", squared_error_head},
    {"absolute", absolute_head},   {"huber", huber_head},     {"gaussian", gaussian_head},
    {"quantiles", quantiles_head}, {"crf", crf_head},
};

}  // namespace

std::unique_ptr<const Head> make_head(const HeadOptions& options) {
  for (const Entry& entry : kHeads) {
    if (options.name != entry.name) continue;
    std::unique_ptr<const Head> head = entry.make(options);
    if (head->options().quantiles.empty() && !options.quantiles.empty()) {
      throw ValueError("the loss '" + options.name + "' has no quantiles");
    }
    return head;
  }
  throw ValueError(unknown_name_message("loss", options.name, head_names()));
}

std::vector<std::string> head_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kHeads) names.emplace_back(entry.name);
  return names;
}

std::vector<std::string> head_names(HeadTargets targets) {
  std::vector<std::string> names;
  for (const Entry& entry : kHeads) {
    if (entry.make({.name = entry.name})->targets() == targets) names.emplace_back(entry.name);
  }
  return names;
}

template <class T>
double loss(const ThreadTeam& team, const HeadOptions& head, const LossRows<T>& rows,
            Reduction reduction, T* d_predictions) {
  return make_head(head)->loss(team, rows, reduction, d_predictions);
}

template double loss(const ThreadTeam&, const HeadOptions&, const LossRows<float>&, Reduction,
                     float*);
template double loss(const ThreadTeam&, const HeadOptions&, const LossRows<double>&, Reduction,
                     double*);

}  // namespace unroll
