#pragma once

#include <string>

#include "support/json.h"
#include "unroll/data/forecast.h"
#include "unroll/data/series_summary.h"

namespace unroll::app {

// What was read of a series, and what was chosen for it: an object, and lines for people.
Json to_json(const SeriesSummary& summary, const ForecastScheme& scheme);
std::string to_text(const SeriesSummary& summary, const ForecastScheme& scheme);

// "transform log, input change, 24 lags, horizon 1, season 12", of these members.
std::string choices_text(const Json& data);

}  // namespace unroll::app
