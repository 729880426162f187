#include <algorithm>
#include <vector>

#include "nn/heads/linear_chain.h"
#include "nn/heads/row_head.h"
#include "unroll/core/error.h"

// Linear-chain conditional random field. Source: Lafferty, McCallum, Pereira, "Conditional random
// fields", 2001. With the scores s(k) of linear_chain.h the loss of a sequence is
//   -log Σ exp s(those k that have the known labels) + log Σ exp s(all k): a label whose
// mask is 0 is summed over.
namespace unroll {
namespace {

template <class T>
std::size_t row_of(const LossRows<T>& rows, std::size_t n, std::size_t t) {
  return (rows.first.empty() ? n : rows.first[n]) + t * rows.stride;
}

template <class T>
LinearChain chain_of(const LossRows<T>& rows) {
  return {rows.width, {rows.parameter.begin(), rows.parameter.end()}};
}

// The outputs of sequence n.
template <class T>
void take(const LossRows<T>& rows, std::size_t n, LinearChain& chain) {
  chain.assign(rows.lengths[n]);
  for (std::size_t t = 0; t < chain.steps(); ++t) {
    const T* x = rows.predictions + row_of(rows, n, t) * rows.width;
    std::copy_n(x, rows.width, chain.outputs(t));
  }
}

class Crf : public Head {
 public:
  std::string name() const override { return "crf"; }
  HeadTargets targets() const override { return HeadTargets::kClass; }
  bool of_sequences() const override { return true; }
  std::optional<HeadParameter> parameter(std::size_t width) const override {
    return HeadParameter{"transitions", width + 2, width};
  }

  double loss(const ThreadTeam& team, const LossRows<float>& rows, Reduction reduction,
              float* d_predictions, float* d_parameter) const override {
    return sum(team, rows, reduction, d_predictions, d_parameter);
  }
  double loss(const ThreadTeam& team, const LossRows<double>& rows, Reduction reduction,
              double* d_predictions, double* d_parameter) const override {
    return sum(team, rows, reduction, d_predictions, d_parameter);
  }
  Decoded<float> decode(const LossRows<float>& rows) const override { return answers(rows); }
  Decoded<double> decode(const LossRows<double>& rows) const override { return answers(rows); }

 private:
  // Sequences of a block add up in order, and so do the blocks. The grid depends on N alone.
  static constexpr std::size_t kMaxBlocks = 16;

  // Whether a sequence has this row. Throws unless the sequences are disjoint rows.
  template <class T>
  std::vector<bool> covered(const LossRows<T>& rows) const {
    const std::size_t wanted = (rows.width + 2) * rows.width;
    if (rows.parameter.size() != wanted) {
      throw ValueError("the loss 'crf' has " + std::to_string(rows.parameter.size()) +
                       " transitions; wanted (K+2) K = " + std::to_string(wanted));
    }
    std::vector<bool> covered(rows.rows);
    for (std::size_t n = 0; n < rows.lengths.size(); ++n) {
      for (std::size_t t = 0; t < rows.lengths[n]; ++t) {
        const std::size_t row = row_of(rows, n, t);
        if (row >= rows.rows || covered[row]) {
          throw ValueError("step " + std::to_string(t) + " of sequence " + std::to_string(n) +
                           " of the loss 'crf' is row " + std::to_string(row) +
                           ", which is none of its own");
        }
        covered[row] = true;
      }
    }
    return covered;
  }

  template <class T>
  double sum(const ThreadTeam& team, const LossRows<T>& rows, Reduction reduction, T* d_predictions,
             T* d_parameter) const {
    check_loss_rows(*this, rows);
    const std::vector<bool> in_sequence = covered(rows);
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const auto refuse = [&](const char* what) {
        throw ValueError("row " + std::to_string(r) + " of the loss 'crf' " + what);
      };
      if (!counts(rows, r)) continue;
      if (rows.mask != nullptr && rows.mask[r] != 1)
        refuse("has a weight; wanted a mask of 0 or 1");
      if (!in_sequence[r]) refuse("counts, and is in no sequence");
    }
    const double scale = loss_scale(*this, rows, reduction);
    const std::size_t count = rows.lengths.size(), labels = rows.width;
    const std::size_t step = std::max<std::size_t>(1, (count + kMaxBlocks - 1) / kMaxBlocks);
    double sums[kMaxBlocks] = {};
    std::vector<double> d_transitions[kMaxBlocks];
    team.for_each_block((count + step - 1) / step, [&](std::size_t block) {
      LinearChain chain = chain_of(rows);
      std::vector<double> d_x, &d_a = d_transitions[block];
      d_a.assign((labels + 2) * labels, 0);
      for (std::size_t n = block * step; n < std::min(count, (block + 1) * step); ++n) {
        take(rows, n, chain);
        d_x.assign(chain.steps() * labels, 0);
        sums[block] += sequence(rows, n, chain, scale, d_predictions != nullptr, d_x, d_a);
        for (std::size_t t = 0; d_predictions != nullptr && t < chain.steps(); ++t) {
          T* d = d_predictions + row_of(rows, n, t) * labels;
          for (std::size_t j = 0; j < labels; ++j) d[j] = static_cast<T>(d_x[t * labels + j]);
        }
      }
    });
    for (std::size_t r = 0; d_predictions != nullptr && r < rows.rows; ++r) {
      if (!in_sequence[r]) std::fill_n(d_predictions + r * labels, labels, T(0));
    }
    for (std::size_t i = 0; d_parameter != nullptr && i < rows.parameter.size(); ++i) {
      double all = 0;
      for (const std::vector<double>& block : d_transitions) all += block.empty() ? 0 : block[i];
      d_parameter[i] = static_cast<T>(all);
    }
    double all = 0;
    for (const double block : sums) all += block;
    return all * scale;
  }

  // The loss of sequence n; with gradients, times `scale`, added to d_x and d_transitions.
  template <class T>
  double sequence(const LossRows<T>& rows, std::size_t n, LinearChain& chain, double scale,
                  bool gradients, std::vector<double>& d_x,
                  std::vector<double>& d_transitions) const {
    bool known = false;
    for (std::size_t t = 0; t < chain.steps(); ++t) {
      const std::size_t row = row_of(rows, n, t);
      if (!counts(rows, row)) continue;
      chain.restrict_to(t, rows.classes[row]);
      known = true;
    }
    if (!known) return 0;
    const double of_known = chain.log_partition();
    if (gradients) chain.add_gradient(-scale, d_x, d_transitions);
    chain.allow_all();
    const double of_all = chain.log_partition();
    if (gradients) chain.add_gradient(scale, d_x, d_transitions);
    return of_all - of_known;
  }

  // The labels with the largest score, and each label's marginal probability.
  template <class T>
  Decoded<T> answers(const LossRows<T>& rows) const {
    static_cast<void>(covered(rows));
    const std::size_t labels = rows.width;
    Decoded<T> decoded;
    decoded.classes.resize(rows.rows), decoded.probabilities.resize(rows.rows * labels);
    LinearChain chain = chain_of(rows);
    for (std::size_t n = 0; n < rows.lengths.size(); ++n) {
      if (rows.lengths[n] == 0) continue;
      take(rows, n, chain);
      chain.log_partition();
      const std::vector<std::uint32_t>& best = chain.best_labels();
      for (std::size_t t = 0; t < chain.steps(); ++t) {
        const std::size_t row = row_of(rows, n, t);
        decoded.classes[row] = best[t];
        for (std::size_t j = 0; j < labels; ++j) {
          decoded.probabilities[row * labels + j] = static_cast<T>(chain.marginal(t, j));
        }
      }
    }
    return decoded;
  }
};

}  // namespace

std::unique_ptr<const Head> crf_head(const HeadOptions&) { return std::make_unique<Crf>(); }

}  // namespace unroll
