// What came of a load test: the value that every report of it renders, and summary.json in memory.
//
//  * `LoadPlanFacts`  what was asked
//  * `LoadSummary`    and what came of it
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "loadgen/outcome.hpp"

namespace loadgen {

// Known before the first byte is sent; about.json.
struct LoadPlanFacts {
  std::string version;  // of billcast
  std::string url;      // as it was typed: a ${NAME} in it stays a name
  std::string address;  // where it led: "127.0.0.1:8080"
  std::string method;
  std::vector<std::string> headers;  // names only, never values
  std::string api;                   // "", "chat" or "completions"
  std::string traffic;               // in words: "constant, 1000/s", "configs/million-users.yaml from 18 h"
  bool closed_loop = false;
  std::int64_t concurrency = 0;  // of a closed loop
  core::Duration think_time{};
  std::uint64_t seed = 1;
  std::int64_t requests = 0;  // planned; of a closed loop 0, or the most there may be
  core::Duration length{};    // of the plan
  double mean_per_s = 0;
  double peak_per_s = 0;    // of the busiest second
  std::string plan_sha256;  // of the plan's rows, as --plan-only writes them; empty for a closed loop
  std::string catch_up;     // "burst" or "drop"
  std::int64_t most_connections = 0;
  core::Duration timeout{};
  core::Duration drain{};
  core::Duration start_since_epoch{};
  std::vector<std::string> arguments;  // of the command, without what may be secret
};

// One row of a latency table; nanoseconds.
struct LatencyRow {
  std::string metric;
  std::int64_t count = 0;
  std::int64_t mean_ns = 0;
  std::int64_t p50_ns = 0;
  std::int64_t p90_ns = 0;
  std::int64_t p95_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t p999_ns = 0;
  std::int64_t max_ns = 0;
  // The highest of 50, 90, 95, 99, 99.9 % for which there are enough samples (loadgen/judge/enough_samples.hpp); 0:
  // none.
  double highest_claimed = 0;
};

struct JudgedThreshold {
  std::string text;      // as typed: "p99>200ms"
  std::string measured;  // in the threshold's unit: "212 ms", "0.03 %"
  bool failed = false;   // the condition that must not hold did hold
  bool enough = true;    // enough samples for the percentile it speaks of; too few count as failed
  std::string reason;    // why, in a sentence, when it failed
};

// One rate tried by --find-max.
struct Probe {
  double rate_per_s = 0;
  std::string verdict;  // "held", "broken", "undecided"
  std::string measured;
  std::int64_t samples = 0;
};

struct FoundMax {
  std::string condition;  // "p99<200ms"
  double highest_held_per_s = 0;
  double lowest_broken_per_s = 0;  // 0: none was found up to the bound
  double confidence = 0;           // of each verdict
  std::string note;
  std::vector<Probe> probes;
};

struct FailureSample {
  std::string outcome;  // its name
  std::int64_t count = 0;
  std::string first;  // what the first of them said: "Connection refused", "status 503"
};

struct LoadSummary {
  LoadPlanFacts plan{};
  bool interrupted = false;
  bool valid = true;
  std::vector<std::string> invalid_because;  // sentences
  std::vector<std::string> warnings;         // sentences
  OutcomeCounts counts{};
  std::int64_t retried = 0;
  std::int64_t sent_late = 0;  // over 10 ms after their time, in a burst to catch up
  std::int64_t connects = 0;
  std::int64_t closed_by_server = 0;
  std::int64_t bytes_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t tokens = 0;
  std::int64_t token_events = 0;
  bool tokens_from_usage = false;  // else they are event counts, an estimate
  core::Duration length{};         // of the run, with the drain
  double asked_per_s = 0;          // over the plan's length
  double reached_per_s = 0;        // sent, over the time it took to send them
  double answered_per_s = 0;
  std::vector<LatencyRow> latencies;  // of the whole run; the first is "waited" (loadgen/measurement.hpp)
  // The steady part: where warm-up ended, by which rule, and the same rows from there on. Empty rows: no steady part.
  core::Duration steady_from{};
  std::string steady_rule;
  std::vector<LatencyRow> steady_latencies;
  std::vector<FailureSample> failures;
  std::vector<JudgedThreshold> thresholds;
  std::vector<FoundMax> found_max;  // none or one
};

}  // namespace loadgen
