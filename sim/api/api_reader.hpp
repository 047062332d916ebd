// What a scenario says of a managed API.
//
//   - {name: managed-api, kind: managed_api, model: gpt-4o-mini, timeout: 60s,
//      latency: {time_to_first_token: {p50: 400ms, p95: 900ms}, per_output_token: 9ms}}
#pragma once

#include "core/time.hpp"
#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/drills/fault.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

struct ManagedApiConfig {
  PacedLatency latency;
  core::Duration timeout;
  Faults faults{};
};

// `option`: an item of `options` with `kind: managed_api`. Throws core::ConfigError.
ManagedApiConfig read_managed_api(const core::Section& option, const core::traffic::TextLoader& load_text);

}  // namespace sim
