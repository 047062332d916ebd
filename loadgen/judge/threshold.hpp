// Conditions that must not hold: `--fail-if 'p99>200ms'`.
//
//  * `Threshold`        one condition
//  * `parse_threshold`  from its text
//  * `judge`            whether it holds of what was measured
//
//     CONDITION  = QUANTITY COMPARATOR VALUE
//     COMPARATOR = ">" | ">=" | "<" | "<="
//     QUANTITY   = [METRIC ("." | " ")] STATISTIC     VALUE: a time with its unit, "200ms"
//                | "errors" | OUTCOME                 VALUE: a share, "0.1%", or a whole number of requests, "10"
//                | "rate" | "sent_rate" | "tokens_per_s"            VALUE: a number per second, "950"
//     STATISTIC  = "p" and a number between 0 and 100 ("p50", "p99.9") | "mean" | "max"
//     METRIC     = "response" (the default: of all who waited, Measurement::waited) | "service" | "schedule" |
//                  "generator" | "connect" | "ttft" | "ttft_from_send" | "itl" | "tpot", or its name in
//                  loadgen/metric.hpp
//     OUTCOME    = a name of loadgen/outcome.hpp ("timeout"; also "timeouts")
//
// `errors` are all planned requests that were not answered: failed, open and unsent ones alike. A share is of the
// planned requests. `rate` counts the answered, `sent_rate` the sent requests.
//
// What is not known counts as failed, with the reason said: a percentile of too few samples
// (loadgen/judge/enough_samples.hpp, 99 %), and one that requests who were still waiting could have moved beyond the
// limit. Such a request counts at its age; if it waited on, the truth is higher. Only the mean, which a single one of
// them could move anywhere, is judged at their ages and says so. Percentiles are those of the histogram: up to 0.1 %
// too high, never too low.
//
// Example:
//   const auto threshold = judge::parse_threshold("p99>200ms");
//   const JudgedThreshold judged = judge::judge(threshold, measurement, 30s);
//   if (judged.failed) { fmt::print("{}: {}\n", judged.text, judged.reason); }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/metric.hpp"
#include "loadgen/outcome.hpp"
#include "loadgen/summary.hpp"

namespace loadgen::judge {

enum class Quantity : std::uint8_t { percentile, mean, max, share, count, answered_rate, sent_rate, token_rate };
enum class Comparator : std::uint8_t { greater, greater_or_equal, less, less_or_equal };

struct Threshold {
  std::string text;  // as typed
  Quantity quantity = Quantity::percentile;
  Metric metric = Metric::response_time;  // of percentile, mean and max
  double quantile = 0.99;                 // of percentile
  std::optional<Outcome> outcome{};       // of share and count; nothing: errors
  Comparator comparator = Comparator::greater;
  double limit = 0;                // nanoseconds, a share, a count, or per second
  std::string unit = "ms";         // of a time, as typed: the measured one is shown in it
  std::int64_t unit_ns = 1000000;  // its length
};

// Throws core::ConfigError, "--fail-if: found …, expected …"; `option` is what stands at its beginning.
Threshold parse_threshold(std::string_view text, std::string_view option = "--fail-if");

bool holds(Comparator comparator, double value, double limit);

// `length`: of the time that was measured, for rates.
JudgedThreshold judge(const Threshold& threshold, const Measurement& measurement, core::Duration length);

}  // namespace loadgen::judge
