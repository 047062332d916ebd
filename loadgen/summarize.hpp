// Makes a recording's summary out of its files.
//
//  * `JudgementConfig`  what is judged, and from when on
//  * `RunFacts`         what the files do not tell
//  * `summarize`        the summary
//
// The rule of validity: the measurement is INVALID when the 99th percentile of the generator's own delay (planned time
// to the moment when it looked at the request) is above 1 ms and above 5 % of the 99th percentile of the response
// times: then what was measured is to a good part the generator's own lateness.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loadgen/judge/threshold.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/sender.hpp"
#include "loadgen/summary.hpp"

namespace loadgen {

struct JudgementConfig {
  std::vector<judge::Threshold> thresholds{};
  // Thresholds look at what came after it; none: at the whole run.
  std::optional<core::Duration> warm_up{};
  bool finds_warm_up = false;  // --warm-up auto: thresholds look at the steady part
};

// What of a run is in no file.
struct RunFacts {
  bool interrupted = false;
  bool killed = false;                      // the recording is all that is left of it
  std::vector<FailureSample> first_said{};  // by outcome; counts are filled in
  std::int64_t sent_late = 0;
  core::Duration late_after{};
  core::Duration last_send{};
  bool tokens_from_usage = false;
  std::string local_limit{};
};
RunFacts facts_of(const SenderEnd& end, const SenderConfig& config);

// Throws core::ConfigError when the recording cannot be read.
LoadSummary summarize(const FileReader& read, const LoadPlanFacts& plan, const RunFacts& run,
                      const JudgementConfig& judgement);

// The sentence that says why a measurement is invalid; empty: it is valid.
std::string invalid_because(const Measurement& measurement);

}  // namespace loadgen
