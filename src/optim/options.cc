#include "optim/options.h"

#include <algorithm>
#include <variant>

#include "core/names.h"
#include "core/range.h"
#include "optim/registry.h"
#include "unroll/core/error.h"

namespace unroll {
namespace optim {
namespace {

struct NumberOption {
  std::string_view name;
  std::optional<double> OptimizerOptions::*given;
  double Hyper::*value;
  Interval range;
};
constexpr NumberOption kNumbers[] = {
    {"weight_decay",
     &OptimizerOptions::weight_decay,
     &Hyper::weight_decay,
     {0, kInfinity, true, false}},
    {"momentum", &OptimizerOptions::momentum, &Hyper::momentum, {0, 1, true, false}},
    {"beta1", &OptimizerOptions::beta1, &Hyper::beta1, {0, 1, true, false}},
    {"beta2", &OptimizerOptions::beta2, &Hyper::beta2, {0, 1, true, false}},
    {"decay", &OptimizerOptions::decay, &Hyper::decay, {0, 1, true, false}},
    {"epsilon", &OptimizerOptions::epsilon, &Hyper::epsilon, {0, kInfinity, false, false}},
    {"eta_minus", &OptimizerOptions::eta_minus, &Hyper::eta_minus, {0, 1, false, false}},
    {"eta_plus", &OptimizerOptions::eta_plus, &Hyper::eta_plus, {1, kInfinity, false, false}},
    {"step_min", &OptimizerOptions::step_min, &Hyper::step_min, {0, kInfinity, true, false}},
    {"step_max", &OptimizerOptions::step_max, &Hyper::step_max, {0, kInfinity, false, true}},
};

struct SwitchOption {
  std::string_view name;
  std::optional<bool> OptimizerOptions::*given;
  bool Hyper::*value;
};
constexpr SwitchOption kSwitches[] = {
    {"nesterov", &OptimizerOptions::nesterov, &Hyper::nesterov},
    {"hold_on_sign_change", &OptimizerOptions::hold_on_sign_change, &Hyper::hold_on_sign_change},
    {"zero_is_sign_change", &OptimizerOptions::zero_is_sign_change, &Hyper::zero_is_sign_change},
};

// Fills `given` in from the rule; throws when the rule does not have it.
template <class Value>
void fill_in(const Rule& rule, std::string_view name, std::optional<Value>& given) {
  const auto found = std::find_if(rule.options.begin(), rule.options.end(),
                                  [&](const OptionDefault& o) { return o.name == name; });
  if (found != rule.options.end()) {
    if (!given) given = static_cast<Value>(found->value);
    return;
  }
  if (!given) return;
  std::string has;
  for (const OptionDefault& option : rule.options) {
    has += (has.empty() ? "" : ", ") + std::string(option.name);
  }
  throw ValueError("the optimizer '" + std::string(rule.name) + "' has no option " +
                   std::string(name) + "; it has " + has);
}

}  // namespace

const Rule& find_rule(const OptimizerOptions& options) {
  std::vector<std::string_view> names;
  for (const Rule* rule : rules()) names.push_back(rule->name);
  return *rules()[find_name("optimizer", options.name, names)];
}

Hyper hyper_of(const OptimizerOptions& complete) {
  Hyper hyper;
  for (const NumberOption& option : kNumbers) {
    hyper.*option.value = (complete.*option.given).value_or(0);
  }
  for (const SwitchOption& option : kSwitches) {
    hyper.*option.value = (complete.*option.given).value_or(false);
  }
  return hyper;
}

}  // namespace optim

OptimizerOptions complete(const OptimizerOptions& options) {
  OptimizerOptions result = options;
  const optim::Rule& rule = optim::find_rule(options);
  for (const optim::NumberOption& option : optim::kNumbers) {
    std::optional<double>& value = result.*option.given;
    optim::fill_in(rule, option.name, value);
    if (value) check_range(option.name, *value, option.range);
  }
  for (const optim::SwitchOption& option : optim::kSwitches) {
    optim::fill_in(rule, option.name, result.*option.given);
  }
  if (result.step_min && *result.step_min > *result.step_max) {
    throw ValueError("step_min is " + number_text(*result.step_min) +
                     ", above step_max, which is " + number_text(*result.step_max));
  }
  if (result.nesterov && *result.nesterov && *result.momentum == 0) {
    throw ValueError("nesterov is set, but momentum is 0; give a momentum in (0, 1)");
  }
  return result;
}

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names;
  for (const optim::Rule* rule : optim::rules()) names.emplace_back(rule->name);
  return names;
}

}  // namespace unroll
