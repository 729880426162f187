#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "nn/random_fill.h"
#include "unroll/nn/dropout.h"
#include "unroll/nn/head.h"
#include "unroll/nn/linear.h"
#include "unroll/nn/recurrence_pass.h"
#include "unroll/train/gradient_check.h"

namespace unroll {

struct GradientCase {
  CellOptions cell = {};
  std::size_t layers = 1;
  bool bidirectional = false, dropout = false;
  Bias bias = Bias::kTwo;
  HeadOptions loss = {};

  std::string text() const {
    const char* biases[] = {"none", "one", "two"};
    return cell.name + " activation=" + cell.activation + " reset=" + cell.reset +
           " layers=" + std::to_string(layers) +
           " bidirectional=" + (bidirectional ? "yes" : "no") +
           " dropout=" + (dropout ? "yes" : "no") + " bias=" + biases[static_cast<int>(bias)] +
           " loss=" + loss.name;
  }
};

// What a check of the check leaves out of the backward pass.
struct LeaveOut {
  static constexpr std::size_t kNone = 99;
  std::size_t d_final = kNone;    // the gradient of this final state
  bool output_dropout = false;    // the mask before the output layer
  bool reverse_dx = false;        // dx of the reverse direction (of a single layer)
  bool loss_term = false;         // the loss's target; of the squared error, its factor 2
  bool loss_mask = false;         // the rows' weights
  std::uint64_t mask_update = 0;  // draw the dropout masks of another update
};

// Recurrence -> dropout -> linear -> loss with weighted and masked rows, plus a term that is linear
// in the final states. The input x and the initial states are parameters too, so that their
// gradients are checked. Lengths are out of order, and one is zero.
//
// A ReLU's pre-activations keep away from its kink: x and the states are positive, and all weights
// and biases of a unit have one sign, so that each pre-activation is at least 0.05 from zero, or
// exactly zero and stays it, as its inputs are all dropped.
class GradientModel {
 public:
  static constexpr std::size_t kSteps = 4, kBatch = 4, kInputs = 2, kHidden = 3, kWidth = 4;

  explicit GradientModel(const GradientCase& c)
      : case_(c),
        recurrence_({.cell = c.cell,
                     .input_size = kInputs,
                     .hidden_size = kHidden,
                     .layers = c.layers,
                     .bidirectional = c.bidirectional,
                     .dropout = c.dropout ? 0.4 : 0,
                     .bias = c.bias}),
        dropout_(c.dropout ? 0.3 : 0, 255),
        head_(make_head(c.loss)),
        width_(kWidth % head_->width(1) == 0 ? kWidth : head_->width(2)),
        linear_({.input_size = recurrence_.output_size(),
                 .output_size = width_,
                 .bias = c.bias != Bias::kNone}) {
    const bool relu = c.cell.activation == "relu";
    x_ = input("x", {kSteps, kBatch, kInputs});
    for (std::size_t k = 0; k < recurrence_.state_names().size(); ++k) {
      initial_.push_back(
          input("initial " + recurrence_.state_names()[k], recurrence_.state_shapes(kBatch)[k]));
    }
    if (const auto own = head_->parameter(width_)) {
      head_parameter_ = input("head." + own->name, {own->rows, own->columns});
    }
    std::uint64_t stream = 1;
    for (Parameter<double>* p : parameters()) {
      if (p->trainable) fill_random(p->edit(), stream++, 0.6);
      if (relu && p->name().find("linear") == std::string::npos) keep_from_kink(*p);
    }
    const std::size_t rows = kSteps * kBatch;
    targets_.resize(rows * width_), classes_.resize(rows), mask_.resize(rows);
    fill_random(targets_, 50);
    for (std::size_t r = 0; r < rows; ++r) {
      classes_[r] = static_cast<std::uint32_t>(r * 7 % width_);
      mask_[r] = r / kBatch < lengths_[r % kBatch] ? 0.5 + 0.25 * static_cast<double>(r % 4) : 0;
      if (head_->of_sequences()) mask_[r] = mask_[r] == 0 || r == 4 ? 0 : 1;
    }
    if (head_->targets() == HeadTargets::kClassSet) {
      for (double& t : targets_) t = (t + 1) / 2;
    }
    // Away from the kinks at |x - t| = 0 and 1.
    if (head_->targets() == HeadTargets::kNumbers && case_.loss.name != "squared_error" &&
        case_.loss.name != "gaussian") {
      for (std::size_t i = 0; i < targets_.size(); ++i) targets_[i] += i % 2 == 0 ? 9 : -9;
    }
    d_final_ = recurrence_.zero_states(kBatch);
    fill_random_states(d_final_, 60);
  }

  Parameters<double> parameters() {
    Parameters<double> all = recurrence_.parameters();
    for (Parameter<double>* p : linear_.parameters()) all.push_back(p);
    all.push_back(x_.get());
    for (auto& state : initial_) all.push_back(state.get());
    if (head_parameter_) all.push_back(head_parameter_.get());
    return all;
  }

  double loss() { return forward(0, nullptr); }

  void forward_backward(const LeaveOut& out = {}) {
    std::vector<double> d(kSteps * kBatch * width_), dy(dropped_.size());
    forward(out.mask_update, d.data());
    dy.resize(dropped_.size());
    damage(out, d);
    linear_.backward(team_, kSteps * kBatch, dropped_.data(), d.data(), dy.data());
    const DropoutKey key{3, out.mask_update};
    if (!out.output_dropout) dropout_.backward(team_, key, dy.size(), dy.data(), dy.data());
    States<double> d_final = d_final_, d_initial;
    if (out.d_final != LeaveOut::kNone) d_final[out.d_final].fill(0);
    pass_.backward(team_, dy.data(), &d_final, x_->gradient.data(), &d_initial);
    for (std::size_t k = 0; k < initial_.size(); ++k) initial_[k]->gradient = d_initial[k];
    if (out.reverse_dx) {
      // dx once more, from the forward direction alone.
      std::vector<Tensor<double>> kept;
      for (Parameter<double>* p : recurrence_.parameters()) kept.push_back(p->gradient);
      for (std::size_t i = 0; i < dy.size(); ++i) {
        if (i % (2 * kHidden) >= kHidden) dy[i] = 0;
      }
      for (Tensor<double>& state : d_final) {
        std::fill(state.begin() + state.size() / 2, state.end(), 0);
      }
      forward(out.mask_update, nullptr);
      pass_.backward(team_, dy.data(), &d_final, x_->gradient.data(), nullptr);
      for (std::size_t p = 0; p < kept.size(); ++p) recurrence_.parameters()[p]->gradient = kept[p];
    }
  }

  GradientCheck check(const LeaveOut& out = {}) {
    return check_gradients<double>(
        parameters(), [&] { return loss(); }, [&] { forward_backward(out); },
        {.step = difference_step(case_.cell)});
  }

 private:
  static std::unique_ptr<Parameter<double>> input(const std::string& name, const Shape& shape) {
    auto made = std::make_unique<Parameter<double>>(name, shape);
    made->gradient = Tensor<double>(shape);
    return made;
  }

  void keep_from_kink(Parameter<double>& p) {
    const bool is_weight = p.name().find("weight") != std::string::npos;
    const bool is_input = p.name() == "x" || p.name().find("initial") == 0;
    if (!p.trainable) return;
    Tensor<double>& value = p.edit();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::size_t unit = is_weight ? i / p.shape()[1] : i;
      const double magnitude = 0.1 + std::fabs(value[i]) / 2;
      value[i] = is_input ? 0.5 + std::fabs(value[i]) : unit == 1 ? -magnitude : magnitude;
    }
  }

  double forward(std::uint64_t update, double* d_predictions) {
    States<double> initial, final;
    for (auto& state : initial_) initial.push_back(state->value());
    const DropoutKey key{3, update};
    const double* y = pass_.forward(team_, x_->value().data(),
                                    {.steps = kSteps,
                                     .batch = kBatch,
                                     .lengths = lengths_,
                                     .initial = &initial,
                                     .final = &final,
                                     .training = true,
                                     .dropout = key});
    const std::size_t rows = kSteps * kBatch;
    dropped_.resize(rows * recurrence_.output_size());
    dropout_.forward(team_, key, dropped_.size(), y, dropped_.data());
    std::vector<double> predictions(rows * width_);
    linear_.forward(team_, rows, dropped_.data(), predictions.data());
    LossRows<double> call{.rows = rows,
                          .width = width_,
                          .predictions = predictions.data(),
                          .classes = classes_.data(),
                          .targets = targets_.data(),
                          .mask = mask_.data(),
                          .lengths = lengths_,
                          .stride = kBatch};
    double* d_parameter = nullptr;
    if (head_parameter_) {
      call.parameter = {head_parameter_->value().data(), head_parameter_->size()};
      if (d_predictions != nullptr) d_parameter = head_parameter_->gradient.data();
    }
    double sum = head_->loss(team_, call, Reduction::kMean, d_predictions, d_parameter);
    for (std::size_t k = 0; k < final.size(); ++k) {
      for (std::size_t i = 0; i < final[k].size(); ++i) sum += d_final_[k][i] * final[k][i];
    }
    return sum;
  }

  void damage(const LeaveOut& out, std::vector<double>& d) const {
    double count = 0;
    for (const double w : mask_) count += w;
    if (head_->targets() != HeadTargets::kClass) {
      count *= static_cast<double>(width_ / head_->width(1));
    }
    for (std::size_t i = 0; i < d.size(); ++i) {
      const double w = mask_[i / width_];
      if (out.loss_mask && w != 0) d[i] *= head_->of_sequences() ? 2 : 1 / w;
      if (!out.loss_term) continue;
      if (head_->targets() == HeadTargets::kClass) {
        d[i] += i % width_ == classes_[i / width_] ? w / count : 0;
      } else if (head_->targets() == HeadTargets::kClassSet) {
        d[i] += targets_[i] * w / count;
      } else if (case_.loss.name == "gaussian") {
        d[i] *= i % width_ < width_ / 2 ? 1 : 2;
      } else {
        d[i] /= 2;
      }
    }
  }

  GradientCase case_;
  ThreadTeam team_;
  Recurrence<double> recurrence_;
  RecurrencePass<double> pass_{recurrence_};
  Dropout dropout_;
  std::unique_ptr<const Head> head_;
  const std::size_t width_;  // W
  Linear<double> linear_;
  std::unique_ptr<Parameter<double>> x_, head_parameter_;
  std::vector<std::unique_ptr<Parameter<double>>> initial_;
  const std::vector<std::size_t> lengths_ = {3, 0, 4, 1};
  std::vector<std::uint32_t> classes_;
  std::vector<double> targets_, mask_, dropped_;
  States<double> d_final_;
};

}  // namespace unroll
