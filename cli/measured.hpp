// The measurements that an option is served from, to be shown beside what is simulated with them.
//
//  * `MeasuredOption`  of one option, and of each part of a mixture
//  * `read_measured`   of `serving: {histogram: recordings/monday}` the service times, of a `time_to_first_token` in
//                      `serving` or `latency` those of first tokens
//
// Latencies that are typed in, and tables of quantiles without counts, are no measurements that could be drawn.
#pragma once

#include <optional>
#include <vector>

#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "reports/result.hpp"

namespace cli {

struct MeasuredOption {
  std::optional<reports::MeasuredTimes> times{};
  std::vector<MeasuredOption> parts{};  // of a mixture, in the order of the scenario
};

// Of an option that sim::read_scenario has accepted.
MeasuredOption read_measured(const core::Section& option, const core::traffic::TextLoader& load_text);

}  // namespace cli
