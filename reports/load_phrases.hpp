// The sentences about a load test that the renderers share, so that a terminal and a page never say different things.
//
//  * of a run:    `load_verdict`, `load_title`, `repeat_load`, `plan_words`
//  * of figures:  `rate_words`, `latency_cells`, `outcome_rows`
//  * in one line: `fidelity_words`, `connection_words`, `token_words`, `threshold_words`, `found_words`
//
// Texts come out as they stand in the recording; escaping is the renderer's business. A line that has nothing to say is
// empty.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/summary.hpp"

namespace reports {

// The first line of every report: "INVALID: …" when the generator was late, "INTERRUPTED: …" when the run was, else
// "9,998 of 10,000 requests answered in 10 s (1,000/s asked, 999.8/s reached); p99 212 ms", or what --find-max found.
std::string load_verdict(const loadgen::LoadSummary& summary);
// What was measured, where the verdict does not say it: of an invalid run, and of a search. Else empty.
std::string load_figures(const loadgen::LoadSummary& summary);
std::string load_title(
    const loadgen::LoadPlanFacts& plan);  // "POST http://… (127.0.0.1:8080), constant, 1000/s, seed 1"
std::string repeat_load(const loadgen::LoadPlanFacts& plan);  // the command, as a shell takes it
std::string plan_words(const loadgen::LoadPlanFacts& plan);   // limits, start, version

std::string rate_words(double per_s);  // "1,000/s", "999.8/s", "0.25/s"

// The columns of a latency table, and a row in them. A percentile for which there are too few samples is in brackets.
inline constexpr std::array<std::string_view, 8> latency_columns{"",    "count", "p50",   "p90",
                                                                 "p95", "p99",   "p99.9", "max"};
struct LatencyCells {
  bool steady = false;  // of the steady part; the row before it is the whole run's
  std::vector<std::string> cells;
};
// Metrics without a value are left out, and so are the response times of the answered where nobody else waited.
std::vector<LatencyCells> latency_cells(const loadgen::LoadSummary& summary);
// What a reader of the table must know: brackets, whose response times, where the steady part begins.
std::vector<std::string> latency_notes(const loadgen::LoadSummary& summary);

// Every outcome that a request had, then their sum.
struct OutcomeRow {
  std::string name;
  std::string count;
  std::string share;  // of the planned
  std::string first;  // what the first of them said
};
std::vector<OutcomeRow> outcome_rows(const loadgen::LoadSummary& summary);

std::string fidelity_words(const loadgen::LoadSummary& summary);
std::string connection_words(const loadgen::LoadSummary& summary);
std::string token_words(const loadgen::LoadSummary& summary);
// Below this many events a token, the time between events is not the time between tokens.
inline constexpr double fewest_events_per_token = 0.8;
// What billcast itself has to say, and then the run's own warnings.
std::vector<std::string> load_warnings(const loadgen::LoadSummary& summary);

std::string threshold_words(const loadgen::JudgedThreshold& threshold);  // "p99>200ms: FAILED, 212 ms"
std::string found_words(const loadgen::FoundMax& found);
std::array<std::string, 4> probe_cells(const loadgen::Probe& probe);  // rate, verdict, measured, samples

}  // namespace reports
