// What the simulation of one option says.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/histogram.hpp"
#include "core/timeline.hpp"
#include "core/usage.hpp"
#include "sim/api/api_summary.hpp"

namespace sim {

// A fleet over the whole horizon; what it used hour by hour stands in the usage.
struct FleetSummary {
  std::int64_t replica_starts = 0;
  std::int64_t peak_replicas = 0;
  double mean_replicas = 0;        // alive, averaged over the horizon
  double utilisation = 0;          // busy slot time / ready slot time; it comes out of the run, nobody types it in
  std::int64_t longest_queue = 0;  // most requests waiting at once; of engines, at one of them
  // What the fleet could not have, and what was taken from it.
  std::int64_t most_pending = 0;   // replicas wanted that had no node, at once
  std::int64_t quota_waits = 0;    // replicas that the quota of nodes kept waiting
  std::int64_t spot_nodes = 0;     // bought as spot
  std::int64_t spot_refusals = 0;  // times that no zone had capacity
  std::int64_t lost_requests = 0;  // that went under with their replica while being served; they were served again
  bool operator==(const FleetSummary&) const = default;
};

// Of a fleet whose clients come again.
struct RetrySummary {
  std::int64_t requests = 0;
  std::int64_t attempts = 0;  // the first ones included
  std::int64_t retries = 0;
  std::int64_t denied = 0;                    // by the budget
  std::int64_t peak_attempts_per_minute = 0;  // of a minute by the clock
  bool operator==(const RetrySummary&) const = default;
};

// The engines of a fleet that batches continuously, over the whole horizon.
struct EngineSummary {
  std::int64_t replicas_per_instance = 0;
  std::int64_t kv_tokens = 0;       // that the memory of one replica holds
  std::int64_t peak_kv_tokens = 0;  // most tokens of answers in one replica at once
  std::int64_t iterations = 0;
  std::int64_t decode_tokens = 0;   // made beyond the first of each answer
  std::int64_t prefill_tokens = 0;  // prompt tokens computed, those computed again included
  std::int64_t evictions = 0;       // of requests whose memory was needed for older ones
  // Of prompts, where there is a prefix cache: their tokens, and those that need not be computed.
  std::int64_t looked_up_tokens = 0;
  std::int64_t found_tokens = 0;
  double busy_share = 0;  // time in iterations / ready time of the replicas
  bool operator==(const EngineSummary&) const = default;
};

// A fleet that batches dynamically, over the whole horizon.
struct BatchSummary {
  std::int64_t batches = 0;   // that were started
  std::int64_t requests = 0;  // in them
  bool operator==(const BatchSummary&) const = default;
};

// The identities that hold in every run; a violation is our own fault and ends the run with the seed.
struct Checks {
  bool conservation = false;      // every arrival in exactly one bucket
  bool causality = false;         // arrival ≤ start ≤ end, of every request
  bool littles_law = false;       // ∫ requests in the system dt = Σ times in the system, to the nanosecond
  bool busy_time = false;         // slot time spent = Σ service given
  bool billed_time = true;        // billed seconds = Σ lives of instances, each rounded up; true without instances
  bool work_conservation = true;  // no slot was idle while somebody waited
  bool kv_memory = true;          // what engines count as held = what the requests in them hold; true without engines
  double mean_in_system = 0;      // L
  double arrival_rate_per_s = 0;  // λ
  double mean_time_in_system_s = 0;  // W
  bool operator==(const Checks&) const = default;
};

// The requests of one class that the option itself answered: no cache hits.
struct ClassResult {
  std::string name;
  core::Histogram latency_ns{3'600'000'000'000};
  core::Histogram time_to_first_token_ns{3'600'000'000'000};
  std::array<std::int64_t, core::outcome_count> outcomes{};  // by core::Outcome
};

struct OptionResult {
  std::string name;
  core::Usage usage;
  // Of answered requests, cache hits included, in nanoseconds: until the whole answer, until its first token.
  core::Histogram latency_ns{3'600'000'000'000};
  core::Histogram time_to_first_token_ns{3'600'000'000'000};
  bool has_first_token = false;  // false: the serving model does not know it
  // Time spent waiting for a slot; served and timed-out requests that reached the option (0 for a managed API).
  core::Histogram wait_ns{3'600'000'000'000};
  // From the first token to the last, divided by the tokens after the first; answers of one token have none.
  core::Histogram time_per_output_token_ns{3'600'000'000'000};
  std::optional<std::int64_t> cache_hit_ns;  // what a hit of the cache takes; nothing: there is no cache
  std::vector<ClassResult> classes;          // when the traffic has classes
  FleetSummary fleet;                        // zeros for a managed API
  std::optional<RetrySummary> retries;       // of fleets whose clients come again
  std::optional<EngineSummary> engine;       // of options that are simulated iteration by iteration
  std::optional<ApiSummary> api;             // of managed APIs with more than a latency
  std::optional<BatchSummary> batches;       // of options whose requests leave batch by batch
  Checks checks;
  std::optional<core::Timeline> timeline;  // when it was asked for
  // Of a mixture: each part as an option of its own, in the order of the scenario. The usage of the mixture then counts
  // requests once, as users made them, and tokens and instances as the sums over the parts; a peak is the sum of the
  // parts' peaks, which need not be at one time. `front` is what its users met: one answer each, no instances.
  std::vector<OptionResult> parts{};
  std::optional<core::Usage> front{};
};

}  // namespace sim
