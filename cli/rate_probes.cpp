#include "cli/rate_probes.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/load_plan.hpp"
#include "cli/recording_folder.hpp"
#include "core/format.hpp"
#include "loadgen/judge/probe.hpp"
#include "loadgen/judge/rate_search.hpp"
#include "loadgen/summarize.hpp"
#include "reports/load_json.hpp"

namespace cli {
namespace {

constexpr double usual_start_per_s = 100;

double start_of(const LoadArguments& load) {
  return std::min(load.rate_per_s.value_or(usual_start_per_s), load.max_rate_per_s);
}

// Connections are opened and caches filled in the first part of a probe; what is judged comes after it.
core::Duration settling_time(core::Duration probe) { return probe / 5; }

}  // namespace

std::string find_max_preface(const LoadArguments& load, const loadgen::LoadPlanFacts& facts) {
  return fmt::format(
      "Searching for the highest rate at {} ({}) that holds {}: probes of {} and longer, beginning at {}/s and going "
      "up\n"
      "to {}/s if it must, over at most {} connections.\n",
      facts.url, facts.address, *load.find_max, core::format_duration(load.probe), core::config_number(start_of(load)),
      core::config_number(load.max_rate_per_s), core::format_count(load.connections));
}

loadgen::LoadSummary find_max(const LoadArguments& load, const loadgen::LoadPlanFacts& facts,
                              const std::filesystem::path& folder, const RunOnce& run_once,
                              const std::atomic<bool>& interrupt, const Console& console) {
  const loadgen::judge::Threshold goal = loadgen::judge::parse_goal(*load.find_max);
  loadgen::judge::RateSearch search{
      {.quantile = goal.quantile, .start_per_s = start_of(load), .bound_per_s = load.max_rate_per_s}};
  std::optional<loadgen::LoadSummary> best;
  std::optional<loadgen::LoadSummary> last;
  std::vector<std::string> warnings;
  std::uint64_t number = 0;
  while (const auto rate = search.next_rate()) {
    if (interrupt) break;
    const core::Duration length = load.probe * search.next_probe_scale();
    loadgen::LoadPlanFacts about = facts;
    about.traffic = fmt::format("{}, {}/s", load.arrivals_words, core::config_number(std::round(*rate * 1000) / 1000));
    // Another seed for each: what one probe's chance spared is not spared again.
    loadgen::LoadPlanConfig plan = loadgen::steady_plan(*rate, load.arrivals, length, load.seed + number++);
    about.seed = plan.seed;
    LoadArguments bounds = load;
    bounds.duration = length;
    bounds.requests.reset();
    bounds.max_rate_per_s = INFINITY;  // the search keeps within it on average; a Poisson second may be above
    survey_plan(plan, bounds, about, interrupt);
    const std::filesystem::path into = folder / "probes" / fmt::format("{:02}", number);
    prepare_recording(into);
    const loadgen::SenderEnd end = run_once(plan, about, into);
    const loadgen::FileReader read = loadgen::files_in(into);
    loadgen::LoadSummary summary =
        loadgen::summarize(read, about, loadgen::facts_of(end, {.late_after = core::Duration::max()}), {});
    write_recording_file(into, "summary.json", reports::to_json(summary));
    if (end.interrupted) {
      last = std::move(summary);
      break;
    }
    const auto result = loadgen::judge::probe_result(goal, read, {.from = settling_time(length), .to = length});
    search.report(*rate, result);
    if (!load.quiet)
      console.error(fmt::format("  {}/s for {}: {}\n", core::format_count(std::llround(*rate)),
                                core::format_duration(length), result.measured));
    if (!summary.valid) {
      warnings.push_back(
          fmt::format("at {}/s {}", core::format_count(std::llround(*rate)), summary.invalid_because.front()));
    }
    const auto held = search.result(*load.find_max).highest_held_per_s;
    if (held == *rate || !best) best = summary;
    last = std::move(summary);
  }
  loadgen::LoadSummary summary;
  const loadgen::FoundMax found = search.result(*load.find_max);
  if (found.highest_held_per_s > 0 && best) summary = std::move(*best);
  else if (last) summary = std::move(*last);
  else summary.plan = facts;
  summary.found_max = {found};
  summary.interrupted = interrupt;
  for (std::string& warning : warnings) summary.warnings.push_back(std::move(warning));
  return summary;
}

}  // namespace cli
