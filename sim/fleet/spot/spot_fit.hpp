// A zone's process from a recording of it.
//
//  * `fit_spot`        availability, interruptions, and how long the zone stays up and down
//  * `read_spot_table` what was fitted, from a table that ships (`configs/spot/*.yaml`) or one of your own
//
// Both means are times over interruptions: time up ÷ (changes from up to down), time down ÷ the same number. That is
// the estimator which the spans cut off at both ends of the recording do not bend, and with it the process has exactly
// the availability and the interruptions per hour up that were observed. The shape is that of the spans recorded in
// full: quantiles on a grid, straight lines between, every value times one factor that gives the mean.
//
// What is lost: successive spans are drawn independently, so good and bad days are forgotten; nothing shorter than a
// tick is known, and nothing much longer than the longest span is ever drawn.
//
// Example:
//   const SpotFit fit = fit_spot(read_spot_trace("us-west-2c.json", text));   // availability 0.731
//   const SpotZone zone = SpotZone::alternating("us-west-2c", fit.times());
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantile_table.hpp"
#include "sim/fleet/spot/spot_trace.hpp"
#include "sim/fleet/spot/spot_zone.hpp"

namespace sim {

struct SpotFit {
  double availability = 0;               // time up ÷ all time
  std::int64_t interruptions = 0;        // changes from up to down
  double interruptions_per_up_hour = 0;  // of an instance that is there whenever it can be
  std::vector<core::QuantilePoint> up_ns;
  std::vector<core::QuantilePoint> down_ns;
  UpDown times() const { return {DwellTime::table(up_ns), DwellTime::table(down_ns)}; }
};

// Throws std::invalid_argument for a trace in which no span up and none down is recorded in full.
SpotFit fit_spot(const SpotTrace& trace);

// `measured`: origin and date, in words.
struct SpotTable {
  UpDown times;
  std::string measured;
};
// A file of the schema spot-zone/v1. Throws core::ConfigError.
SpotTable read_spot_table(std::string_view name, std::string_view text);

}  // namespace sim
