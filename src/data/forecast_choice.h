#pragma once

#include <vector>

#include "unroll/data/forecast.h"

namespace unroll::detail {

double apply(Transform transform, double x);
bool allows(Transform transform, double x);  // never a number that is not finite

// What ForecastOptions says of the choice of the transform, over all columns together, and of a
// trend.
Transform choose_transform(const std::vector<std::vector<double>>& columns);
bool has_trend(const std::vector<double>& column);

// Steps of a season; 0 where there is none.
std::size_t season_of(Frequency frequency);

}  // namespace unroll::detail
