// What users of a language model must feel, in one line of a command: "ttft.p95<500ms".
//
//  * `LatencyObjective`         one such line: a metric, a statistic, and the time that it must stay below
//  * `parse_latency_objective`  from its text
//
//     OBJECTIVE  = METRIC "." STATISTIC COMPARATOR TIME
//     METRIC     = "ttft"     from the arrival of a request to the first token of its answer
//                | "tpot"     the pace after it: (last token - first token) ÷ (tokens - 1), of answers of two or more
//                | "latency"  from the arrival to the whole answer
//     STATISTIC  = "p" and a number from 50 to 99.9 ("p95", "p99.5") | "mean"
//     COMPARATOR = "<" | "<="
//     TIME       = a number with its unit: "500ms", "1.5s"
//
// Blanks may stand between the parts. A scenario's `slo` section says the same for whole months (decision/slo.hpp);
// this one is for questions that are asked in passing.
//
// Example:
//   const LatencyObjective objective = parse_latency_objective("ttft.p95<500ms", "--slo");
//   objective.holds(objective.value_of(ttft_ns));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/histogram.hpp"
#include "core/time.hpp"

namespace decision {

enum class LatencyMetric : std::uint8_t { time_to_first_token, time_per_output_token, latency };
std::string_view word_of(LatencyMetric metric);  // "ttft"

struct LatencyObjective {
  LatencyMetric metric = LatencyMetric::time_to_first_token;
  std::int32_t per_ten_thousand = 9500;  // 9500 is p95; 0 is the mean
  bool or_equal = false;                 // <= instead of <
  core::Duration limit{};

  std::string statistic() const;  // "p95", "mean"
  std::string name() const;       // "ttft.p95"
  std::string text() const;       // "ttft.p95<500ms"

  bool is_mean() const { return per_ten_thousand == 0; }
  double quantile() const { return static_cast<double>(per_ten_thousand) / 10'000; }
  // In whole nanoseconds, of a histogram of nanoseconds; 0 of an empty one.
  std::int64_t value_of(const core::Histogram& metric_ns) const;
  bool holds(std::int64_t value_ns) const;
  bool operator==(const LatencyObjective&) const = default;
};

// Throws core::ConfigError, "--slo: found …, expected …"; `option` is what stands at its beginning.
LatencyObjective parse_latency_objective(std::string_view text, std::string_view option);

}  // namespace decision
