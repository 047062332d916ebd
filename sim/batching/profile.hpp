// What was measured of an LLM engine on its machine, as a table.
//
//  * `ServingProfile`        costs of an iteration, and what the KV memory holds
//  * `read_serving_profile`  from YAML, schema serving-profile/v1
//
//   schema: serving-profile/v1
//   origin: "our own run of vLLM 0.11 on one A100"     # who measured what, on what
//   date: "2026-11-02"
//   unit: us                                           # of every time below: ns, us, ms or s
//   gpus: 1                                            # of one replica; default 1
//   kv_tokens: 53_248                                  # that the KV memory of a replica holds
//   context_length: 8192                               # most tokens of one request; default: what the tables reach
//   tokens: [[1, 9929], [128, 10_200], [512, 22_480]]  # all tokens of an iteration → time of what depends on them
//   alone attention:                                         # what depends on contexts, as a linear function …
//     decode: {base: 300, per_sequence: 1, per_token: 0.07}
//     prefill: {base: 100, per_pair: 0.000_003}        # per pair of tokens: Σ chunk × (tokens before + chunk / 2)
//   attention_tables:                                  # … or measured at the points of two grids
//     decode: {batches: [1, 64, 128], contexts: [0, 4096], times: [[100, 900], [100, 2000], [110, 3900]]}
//     prefill: {contexts: [0, 4096], chunks: [1, 512], times: [[10, 80], [60, 500]]}
//     group_overhead: {decode: 10%, prefill: 10%}      # beside, when more than one sequence is there; default none
//
// Between two points lies a straight line; beyond the last point of `tokens` the last line goes on, and a context or
// batch beyond the grids is an error when the scenario is read. A chunk beyond the grid costs as its square does. A
// decode time is that of a whole batch whose contexts have this mean; a prefill time is that of a chunk behind so many
// tokens. `times` has one list for each entry of the first axis, with one time for each of the second: no cell may be
// missing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/batching/iteration_cost.hpp"

namespace sim {

struct ServingProfile {
  std::string origin;
  std::string date;
  IterationCost cost;
  std::int64_t gpus = 1;
  std::int64_t kv_tokens = 0;
  std::int64_t context_length = 0;  // no request may be longer
  std::int64_t largest_batch = 0;   // that the tables reach
};

// Throws core::ConfigError. `name` stands in messages: "a100.yaml:7:12: …".
ServingProfile read_serving_profile(std::string_view name, std::string_view text);

}  // namespace sim
