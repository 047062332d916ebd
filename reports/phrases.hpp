// The sentences that the renderers share, so that a terminal and a page never say different things.
//
//  * of a run:     `title`, `state_of_run`, `reproduce`, `main_assumptions`
//  * of an option: `outcome_words`, `part_requests`, `overhead_words`, `fleet_words`, `engine_words`, `api_words`,
//                  `limit_words`, `target_words`, `cache_words`, `percentiles`
//  * of drills:    `drill_words`, `drill_cells`, `drill_misses`, `drills_headline`
//  * of figures:   `quantity_words`, `price_words`
//  * of a command: `shell_word`
//
// Texts come out as they stand in the file; escaping is the renderer's business.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/result.hpp"

namespace reports {

bool was_simulated(const Result& result);  // no: a decision from stated figures
std::string title(const Result& result);   // "million-users: 744 hours from 2026-12-01, seed 1, billcast 0.1.0"

// Said before everything else: "INTERRUPTED after 31 of 744 hours: …"; empty for a run that came to its end.
std::string state_of_run(const Result& result);

// The command that gives the very same result.
std::string reproduce(const Result& result);

// The assumed prices on which most money rests, then what the scenario states as assumptions, then defaults; at most
// `count`.
std::vector<std::string> main_assumptions(const Result& result, std::size_t count);
std::string assumption_count(const Result& result);  // "3 stated assumptions, 23 defaults and 2 assumed prices"

// "served 299,123,456 (99.7 %), …"; buckets with requests only. `wrong_hits`: of the cache's, if it may be wrong.
std::string outcome_words(const std::array<std::int64_t, core::outcome_count>& outcomes, std::int64_t wrong_hits = 0);
std::string part_requests(const OptionReport& part, const OptionReport& whole);  // "1,234 (12.3 %)", of what reached it
// "heavy costs $3,000.00 a month beside light, 312.0 % of what that costs"; empty where nothing runs beside.
std::string overhead_words(const OptionReport& option, std::string_view currency);
std::string fleet_words(const OptionReport& option);  // "12.3 instances on average, 20 at most, …"; empty without any
// "2 replicas an instance, batches of 31.4 on average, …"; empty of options that are not simulated by iterations.
std::string engine_words(const OptionReport& option);
std::string api_words(const OptionReport& option);
// The same of a part of a mixture, "calls: …"; empty when none came.
std::string part_calls(const OptionReport& part);
// "needs 60,000 requests a minute at its peak, 58,000 on average; the limit is 30,000: 2.0 × too much; …"
std::string limit_words(const sim::LimitCheck& check);
// The limits of all options that do not carry the busiest minute.
std::vector<std::string> broken_limits(const Result& result);
std::string target_words(const decision::SloCheck& check);  // "latency p95 is …: held, 690 ms to spare"
// For a target that an option behind a cache misses: what the cache would have to do (decision/cache_remedy.hpp); else
// empty.
std::string cache_words(const OptionReport& option, const decision::SloCheck& check);
std::string budget_words(const decision::BudgetCheck& check, std::string_view currency);
std::string targets_summary(const OptionReport& option);                                     // "3/3 held"
std::string monthly_words(const decision::MonthlyCost& monthly, std::string_view currency);  // "$12.00", "~$12.00"

// Names and values of the figures people ask for: {"p50", "812 ms"}, …
std::vector<std::pair<std::string, std::string>> percentiles(const Distribution& distribution);

// Of a drill: "3 × the requests, 2026-12-01 18:00 to 18:30 UTC"; one cell for each column of its table; and a sentence
// for each objective that an option missed because of the fault.
std::string drill_words(const DrillReport& drill, const About& about);
std::vector<std::string> drill_cells(const DrillOutcome& outcome, std::string_view currency);
std::vector<std::string> drill_misses(const DrillReport& drill);
std::string drills_headline(
    const std::vector<DrillReport>& drills);  // "managed-api held 2 of 2, self-hosted 1 of 2 drills."

std::string quantity_words(core::Quantity quantity);  // "12,345.679": at most three decimals
// "$0.15", "varies" when periods differ or tiers set it, "unpriced" for a line without a price.
std::string price_words(const pricing::BillLine& line, std::string_view currency);
// As a shell takes it: quoted unless it consists of harmless characters.
std::string shell_word(const std::string& word);
std::string source_words(const pricing::PriceSource& source);  // "vendor, 2026-07-20"

}  // namespace reports
