#pragma once

#include <vector>

#include "unroll/data/forecast.h"

namespace unroll::detail {

// Below `floor` log x is log floor + (x - floor) / floor, its tangent.
double apply(Transform transform, double x, double floor = 0);
double undo(Transform transform, double x, double floor = 0);
// Never a number that is not finite; 0 has a log where there is a floor.
bool allows(Transform transform, double x, double floor = 0);
bool is_constant(const std::vector<double>& column);
// Half the smallest value above 0; 0 where there is none.
double floor_of(const std::vector<double>& column);

// What ForecastOptions says of the choice of the transform, over all columns together, and of a
// trend.
Transform choose_transform(const std::vector<std::vector<double>>& columns);
bool has_trend(const std::vector<double>& column);

// Steps of a season; 0 where there is none.
std::size_t season_of(Frequency frequency, const TimeStep& step = {});

}  // namespace unroll::detail
