// Reads what a scenario says of a latency.
//
//   9ms                                        constant
//   latency/together-llama-2-70b-…             a measured table that ships with billcast, or a file (latency-table/v1)
//   measured.hlog                              a HdrHistogram log, all its intervals, in nanoseconds
//   recordings/monday                          a recording of `billcast load`: of `histogram` its service times, of
//                                              `time_to_first_token` those from the send, of `per_output_token` its
//                                              times per token; of the answered requests alone
//   {file: measured.hgrm, unit: ms}            a HdrHistogram log or percentile table in another unit
//   {exponential: {mean: 1s}}
//   {lognormal: {p50: 300ms, p95: 900ms}}
//
// `read_measurement` gives the histogram behind the forms that have one.
//
// A measurement's origin and date, and that a distribution was typed in, become assumptions of the report.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/histogram.hpp"
#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

// Throws ConfigError. `load_text` gives for a recording the text of its summary.json, or of its about.json.
Latency read_latency(const core::Section& section, std::string_view key, const core::traffic::TextLoader& load_text);

// latency-table/v1: `quantiles: [[0, v], …, [1, v]]` in `unit` (ns, us, ms or s), with its origin.
Latency read_latency_table(const core::Section& parent, std::string_view key, std::string_view name,
                           std::string_view text);

// What was measured: the histogram of a file or a recording, in nanoseconds, to be shown beside what is simulated.
struct Measurement {
  std::string name;  // as the scenario has it: "recordings/monday"
  core::Histogram times_ns;
};
// Of a latency that `read_latency` has accepted; nothing when it is typed in, or a table of quantiles without counts.
std::optional<Measurement> read_measurement(const core::Section& section, std::string_view key,
                                            const core::traffic::TextLoader& load_text);

}  // namespace sim
