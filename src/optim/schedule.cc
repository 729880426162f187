#include "unroll/optim/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "core/names.h"
#include "core/range.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"constant", "divide", "plateau", "cosine"};

// Gives the option its default where the schedule has it; throws where it was given and the
// schedule does not have it.
template <class Value>
void fill_in(const std::string& schedule, const char* name, bool has, std::optional<Value>& option,
             Value otherwise) {
  if (has && !option) option = otherwise;
  if (!has && option) {
    throw ValueError("the schedule '" + schedule + "' has no option " + name);
  }
}

ScheduleOptions complete(const ScheduleOptions& given) {
  ScheduleOptions o = given;
  find_name("schedule", o.name, kNames);
  const bool divide = o.name == "divide", plateau = o.name == "plateau";
  const bool cosine = o.name == "cosine";
  fill_in(o.name, "divide_by", divide || plateau, o.divide_by, 2.0);
  fill_in(o.name, "divide_from", divide, o.divide_from, std::uint64_t{2});
  fill_in(o.name, "warmup", cosine, o.warmup, std::uint64_t{0});
  fill_in(o.name, "final_rate", cosine, o.final_rate, 0.0);

  check_range("learning_rate", o.learning_rate, {0, kInfinity, false, false});
  if (o.divide_by) check_range("divide_by", *o.divide_by, {1, kInfinity, true, false});
  if (o.divide_from && *o.divide_from == 0) {
    throw ValueError("divide_from is 0; wanted an epoch, counted from 1");
  }
  if (o.final_rate) {
    check_range("final_rate", *o.final_rate, {0, o.learning_rate, true, true});
  }
  if (cosine && *o.warmup >= o.total_updates) {
    throw ValueError("warmup is " + std::to_string(*o.warmup) + " and total_updates is " +
                     std::to_string(o.total_updates) +
                     "; the schedule 'cosine' wants warmup < total_updates");
  }
  return o;
}

double cosine_rate(const ScheduleOptions& o, std::uint64_t update) {
  const std::uint64_t warmup = *o.warmup;
  if (update < warmup) {
    return o.learning_rate * (static_cast<double>(update + 1) / static_cast<double>(warmup));
  }
  if (update >= o.total_updates) return *o.final_rate;
  const double progress =
      static_cast<double>(update - warmup) / static_cast<double>(o.total_updates - warmup);
  const double height = (1 + std::cos(std::numbers::pi * progress)) / 2;
  return *o.final_rate + (o.learning_rate - *o.final_rate) * height;
}

}  // namespace

std::vector<std::string> schedule_names() { return {kNames.begin(), kNames.end()}; }

Schedule::Schedule(const ScheduleOptions& options) : options_(complete(options)) {}

double Schedule::rate(std::uint64_t epoch, std::uint64_t update) const {
  if (epoch == 0) throw ValueError("epoch is 0; epochs count from 1");
  if (options_.name == "cosine") return cosine_rate(options_, update);
  if (options_.name == "divide" && epoch >= *options_.divide_from) {
    const double divisions = static_cast<double>(epoch - *options_.divide_from) + 1;
    return options_.learning_rate / std::pow(*options_.divide_by, divisions);
  }
  return options_.learning_rate / state_.divisor;
}

void Schedule::epoch_finished(double validation_loss) {
  if (options_.name != "plateau") return;
  if (validation_loss < state_.best_loss.value_or(kInfinity)) {
    state_.best_loss = validation_loss;
  } else {
    state_.divisor =
        std::min(state_.divisor * *options_.divide_by, std::numeric_limits<double>::max());
  }
}

void Schedule::restore(const ScheduleState& state) {
  check_range("the schedule's divisor", state.divisor, {1, kInfinity, true, false});
  state_ = state;
}

}  // namespace unroll
