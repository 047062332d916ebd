#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

std::string duration(std::int64_t ns) { return core::format_duration(core::Duration{ns}); }

std::string fault_words(const DrillReport& drill) {
  const std::string share = decision::percent(static_cast<std::int64_t>(drill.amount * 1e9));
  if (drill.fault == "surge") return fmt::format("{:g} × the requests", drill.amount);
  if (drill.fault == "slow_dependency") return fmt::format("service takes {:g} × as long", drill.amount);
  if (drill.fault == "zone_loss") return fmt::format("zone {} is gone", drill.zone);
  if (drill.fault == "spot_reclaim") return fmt::format("{} of the spot instances get their notice", share);
  if (drill.fault == "rollback") return fmt::format("every replica is replaced, {} at a time", share);
  if (drill.fault == "vendor_outage") return fmt::format("{} of the calls fail", share);
  return "the cache is emptied";
}

std::string moment(const About& about, std::int64_t ns) {
  const std::int64_t minutes = ns / (60 * core::ns_per_second);
  return fmt::format("{} {:02}:{:02}", core::format_date(about.horizon.start + std::chrono::days{minutes / 1440}),
                     minutes / 60 % 24, minutes % 60);
}

}  // namespace

std::string drill_words(const DrillReport& drill, const About& about) {
  return fmt::format("{}, {} UTC for {}", fault_words(drill), moment(about, drill.begin_ns),
                     duration(drill.end_ns - drill.begin_ns));
}

std::vector<std::string> drill_cells(const DrillOutcome& outcome, std::string_view currency) {
  const decision::DrillVerdict& verdict = outcome.verdict;
  const std::string objectives = verdict.checks.empty() ? verdict.arrivals == 0 ? "nobody came" : "no targets"
                                 : verdict.held         ? "held"
                                 : verdict.held_without ? "missed"
                                                        : "missed anyway";
  const std::string recovered = !verdict.recovered_ns        ? "not while watched"
                                : *verdict.recovered_ns == 0 ? "no need"
                                                             : "after " + duration(*verdict.recovered_ns);
  const core::Money cost = outcome.extra_cost.rounded(2);  // of less than half a cent nothing is said, not -$0.00
  const bool less = cost < core::Money{};
  const std::string sign = less ? "-" : cost == core::Money{} ? "" : "+";
  return {outcome.name, objectives, recovered, core::format_count(verdict.lost - verdict.lost_without),
          sign + decision::amount(less ? -cost : cost, currency)};
}

std::vector<std::string> drill_misses(const DrillReport& drill) {
  std::vector<std::string> misses;
  for (const DrillOutcome& outcome : drill.options) {
    if (!outcome.verdict.held_without) continue;  // nothing that the fault has brought about
    for (const decision::DrillCheck& check : outcome.verdict.checks) {
      if (!check.held) misses.push_back(fmt::format("{}, {}: {}", drill.name, outcome.name, check.sentence()));
    }
  }
  return misses;
}

std::string drills_headline(const std::vector<DrillReport>& drills) {
  struct Count {
    std::string name;
    std::size_t held = 0;
    std::size_t all = 0;
  };
  std::vector<Count> counts;
  for (const DrillReport& drill : drills) {
    for (const DrillOutcome& outcome : drill.options) {
      auto count = std::find_if(counts.begin(), counts.end(), [&](const Count& c) { return c.name == outcome.name; });
      if (count == counts.end()) count = counts.insert(count, {.name = outcome.name});
      ++count->all;
      if (outcome.verdict.held) ++count->held;
    }
  }
  std::string words;
  for (const Count& count : counts) {
    words += words.empty() ? "" : ", ";
    words += fmt::format("{}{} {} of {}", count.name, words.empty() ? " held" : "", count.held, count.all);
  }
  return words + (counts.empty() || counts.back().all != 1 ? " drills." : " drill.");
}

}  // namespace reports
