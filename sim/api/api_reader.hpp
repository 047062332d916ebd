// What a scenario says of a managed API.
//
//   - {name: managed-api, kind: managed_api, model: gpt-4o-mini, timeout: 60s,
//      latency: {time_to_first_token: {p50: 400ms, p95: 900ms}, per_output_token: 9ms}}
// and, each of them only if it is to be simulated:
//     limits: {requests_per_minute: 30_000, requests_per_day: 10_000_000, tokens_per_minute: 150_000_000,
//              input_tokens_per_minute: 2_000_000, output_tokens_per_minute: 400_000, concurrency: 500, burst: 1m,
//              estimate: actual, cached_tokens_count: false}
//             # estimate: max_output with max_output_tokens: 4096, corrected: true
//     retry: {max: 3, backoff: 500ms, cap: 30s, jitter: full, budget: 20%, reserve: 100, honour_retry_after: true}
//     hedging: {after: 2s}
//     errors: {share: 0.1%, billed: false, after: 300ms}    # without `after`: when the first token would have come
//     outages: {mean_between: 30d, mean_repair: 45m}
//     prompt_cache: {prefix_tokens: 1200, ttl: 5m, minimum_tokens: 1024, prefixes: 1, chosen_by: luck}   # or content
//     provisioned: {units: 360, tokens_per_minute_per_unit: 3000, output_weight: 4, spill: true, window: 1m,
//                   minimum_units: 50, unit_step: 50}       # and its price: pricing/cost_plan.hpp
//     batch: {deadline: 24h, turnaround: {lognormal: {p50: 1h, p95: 6h}}}      # instead of latency and all of these
#pragma once

#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/api/api_config.hpp"

namespace sim {

// `option`: an item of `options` with `kind: managed_api`. Throws core::ConfigError.
ManagedApiConfig read_managed_api(const core::Section& option, const core::traffic::TextLoader& load_text);

}  // namespace sim
