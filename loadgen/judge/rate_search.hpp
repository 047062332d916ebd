// The highest rate that holds an objective: `--find-max 'p99<200ms'`. The search alone; who sends the load asks it for
// the next rate and reports what came of it.
//
//  * `ProbeResult`       what one probe at one rate gave
//  * `RateSearchConfig`  where to search, how finely, how surely
//  * `RateSearch`        doubles until the objective breaks (or halves until it holds), then bisects
//
// A probe's verdict. With k of n requests over the limit (late, failed, never answered) and s = 1 - quantile the share
// that may be:
//
//  * held     the share that is truly over is below s: k or fewer would come up with less than 5 % chance if it were s
//  * broken   it is above s, in the same sense; or the plan's rate was not reached by 1 %; or the backlog grew
//  * undecided  neither. The same rate is probed again, twice and then four times as long, and all its samples are
//             taken together; after that the share counted decides, and the result's note says so
//
// Three looks at the same rate share the 5 % evenly, so that the confidence is that of the verdict, not of a look.
//
// Neighbours in a queue suffer together, and a hundred late answers of one stall are one event. Where a probe comes in
// batches (of a second, say), samples and lates are divided by the design effect: how much more the batches differ than
// independent requests would (J. Rao, A. Scott, "A simple method for the analysis of clustered binary data",
// Biometrics 48, 1992). What no batch showed cannot be seen: of an M/M/1 queue probed for 30 s at the very rate where
// its p99 is the limit, 13 % of the verdicts are decided, and wrong; without batches 98 % would be. The rate found is
// within 5 % of the closed form for 99 % of seeds all the same (the tests have the numbers).
//
// A bracket is done when its ends are within the precision. Chance may have put either end there, so each is probed
// once more, twice as long, and that probe overrules the first.
//
// Example:
//   judge::RateSearch search{{.quantile = 0.99, .start_per_s = 100, .bound_per_s = 20'000}};
//   while (const auto rate = search.next_rate()) {
//     search.report(*rate, probe(*rate, 10s * search.next_probe_scale()));
//   }
//   const FoundMax found = search.result("p99<200ms");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/summary.hpp"

namespace loadgen::judge {

struct ProbeResult {
  // A piece of the probe's time.
  struct Batch {
    std::int64_t samples = 0;
    std::int64_t over = 0;  // the limit, or not answered at all; ≤ samples
  };
  std::vector<Batch> batches{};  // at least one with a sample, or the probe counts as broken
  double reached_share = 1;      // requests sent in time, of those planned
  bool backlog_grew = false;
  std::string measured{};  // for the report: "212 ms"
};

struct RateSearchConfig {
  double quantile = 0.99;
  double start_per_s = 100;
  double bound_per_s = 10'000;  // never probed beyond
  double least_per_s = 1;       // nor below
  double precision = 0.025;     // of the bracket: broken / held - 1
  double confidence = 0.95;     // of each verdict, one-sided
  int most_probes = 60;         // then the bracket stays as wide as it is
};

enum class Verdict : std::uint8_t { held, broken, undecided };
std::string_view name_of(Verdict verdict);

// Of all batches of one rate; `looks` share the error that the confidence leaves.
Verdict verdict_of(const std::vector<ProbeResult::Batch>& batches, double quantile, double confidence, int looks = 1);
// ≥ 1; 1 when nothing tells otherwise.
double design_effect(const std::vector<ProbeResult::Batch>& batches);

class RateSearch {
 public:
  // 0 < least ≤ start ≤ bound, precision > 0.
  explicit RateSearch(const RateSearchConfig& config);

  std::optional<double> next_rate() const;                 // nothing: done
  int next_probe_scale() const { return pending_scale_; }  // how many times as long as usual: 1, 2 or 4
  void report(double rate, const ProbeResult& result);     // of next_rate()
  FoundMax result(std::string_view condition) const;       // also before the end: what is known so far

 private:
  struct Rate {
    double per_s = 0;
    bool holds = false;
    bool confirmed = false;   // by a second probe, or by the repeats of an undecided one
    bool close_call = false;  // undecided to the end
  };
  void settle(const Rate& rate);
  void choose_next();
  void ask(double per_s, int scale, bool confirming);
  std::optional<Rate> highest_held() const;
  std::optional<Rate> lowest_broken() const;

  RateSearchConfig config_;
  std::vector<Rate> rates_;  // one entry for each, in the order of trying
  std::vector<Probe> probes_;
  std::vector<ProbeResult::Batch> pending_batches_;  // of the looks at the pending rate so far
  double pending_per_s_ = 0;
  int pending_scale_ = 1;
  bool pending_confirms_ = false;
  bool done_ = false;
};

}  // namespace loadgen::judge
