#include <vector>

#include "data/date_readings.h"

namespace unroll::detail {

const std::vector<DateReading>& date_readings() {
  static const std::vector<DateReading> kReadings = {
      {{{"%Y-%m-%d", true},
        {"%Y/%m/%d", true},
        {"%Y.%m.%d", true},
        {"%Y-%m", false},
        {"%Y", false},
        {"%Y%m%d", false}}},
      {{{"%d.%m.%Y", true}}},
      {{{"%YQ%q", false},
        {"%Y Q%q", false},
        {"%Y-Q%q", false},
        {"Q%q %Y", false},
        {"Q%q-%Y", false}}},
      {{{"%G-W%V-%u", false}, {"%G-W%V", false}, {"%GW%V", false}, {"%G W%V", false}}},
      {{{"%Y-%b-%d", true}, {"%Y %b %d", true}, {"%Y-%b", false}, {"%Y %b", false}}},
      {{{"%d-%b-%Y", true},
        {"%d/%b/%Y", true},
        {"%d%b%Y", true},
        {"%d %b %Y", true},
        {"%b %d, %Y", true},
        {"%b %d %Y", true},
        {"%b-%Y", false},
        {"%b %Y", false}}},
      {{{"%d/%m/%Y", true}, {"%d-%m-%Y", true}}, false, true},
      {{{"%m/%d/%Y", true}, {"%m-%d-%Y", true}}, false, true},
      {{{"%d/%m/%y", true}, {"%d-%m-%y", true}}, true},
      {{{"%m/%d/%y", true}, {"%m-%d-%y", true}}, true},
      {{{"%d.%m.%y", true}}, true},
      {{{"%y-%m-%d", true}, {"%y/%m/%d", true}}, true},
      {{{"%d-%b-%y", true}, {"%d %b %y", true}}, true},
      {{{"%b-%y", false}, {"%b %y", false}}, true},
      {{{"%y-%b", false}}, true},
  };
  return kReadings;
}

}  // namespace unroll::detail
