#include "reports/phrases.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/cache_remedy.hpp"
#include "decision/words.hpp"
#include "reports/bill_view.hpp"

namespace reports {
namespace {

std::string duration(std::int64_t ns) { return core::format_duration(core::Duration{ns}); }

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// The assumed price rows and the money that rests on each, the most first.
std::vector<std::pair<pricing::BillLine, core::Money>> assumed_prices(const Result& result) {
  std::vector<std::pair<pricing::BillLine, core::Money>> rows;
  const auto collect = [&](const pricing::Bill& bill) {
    for (const pricing::BillLine& line : bill.lines) {
      if (!line.source || line.source->confidence != "assumption") continue;
      const auto known = std::find_if(rows.begin(), rows.end(), [&](const auto& r) {
        return r.first.source == line.source && r.first.unit_price == line.unit_price;
      });
      const core::Money amount = line.amount.value_or(core::Money{});
      if (known == rows.end()) rows.emplace_back(line, amount);
      else known->second += amount;
    }
  };
  for (const OptionReport& option : result.options) {
    for (const pricing::Bill& bill : option.bills) collect(bill);
    collect(option.one_time);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return rows;
}

// What the author of a scenario wrote down as an assumption comes before our defaults; among those, how an option is
// served and paid comes before the shape of the traffic.
int rank(const core::Assumption& assumption) {
  if (assumption.key.ends_with(".assumptions")) return 0;
  return assumption.key.starts_with("options.") ? 1 : 2;
}

std::string plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,%@";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string::npos) return word;
  std::string quoted{"'"};
  for (const char c : word) {
    if (c == '\'') quoted += "'\\''";
    else quoted += c;
  }
  return quoted + "'";
}

bool was_simulated(const Result& result) { return !result.about.horizon.periods.empty(); }

std::string title(const Result& result) {
  const About& about = result.about;
  if (!was_simulated(result)) {
    return fmt::format("{}: a decision from stated figures, billcast {}", about.scenario, about.version);
  }
  return fmt::format("{}: {} from {}, seed {}, billcast {}", about.scenario,
                     decision::counted(about.horizon.hour_count(), "hour"), core::format_date(about.horizon.start),
                     about.seed, about.version);
}

std::string state_of_run(const Result& result) {
  const About& about = result.about;
  if (!about.interrupted) return "";
  return fmt::format(
      "INTERRUPTED after {} of {}: everything below is about the part that was simulated, and monthly figures "
      "are carried over from it.",
      core::format_count(about.horizon.hour_count()), decision::counted(about.planned_hours, "hour"));
}

std::string reproduce(const Result& result) {
  const About& about = result.about;
  std::string command = fmt::format("billcast run {}", shell_word(about.scenario_file));
  if (was_simulated(result)) command += fmt::format(" --seed {}", about.seed);
  for (const std::string& setting : about.settings) command += fmt::format(" {}", shell_word(setting));
  return command;
}

std::vector<std::string> main_assumptions(const Result& result, std::size_t count) {
  // A third of the room for prices: the first of them carry the money, the rest is cents.
  const std::size_t most_prices = (count + 2) / 3;
  std::vector<std::string> lines;
  for (const auto& [line, amount] : assumed_prices(result)) {
    if (lines.size() == most_prices) break;
    lines.push_back(fmt::format("{} at {} a unit ({}) is an assumed price: {}", line.item,
                                price_words(line, result.about.currency), line.unit,
                                line.note.empty() ? price_row(line) : line.note));
  }
  std::vector<const core::Assumption*> defaults;
  for (const core::Assumption& a : result.about.assumptions) defaults.push_back(&a);
  std::stable_sort(defaults.begin(), defaults.end(), [](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
  for (const core::Assumption* a : defaults) {
    if (lines.size() == count) break;
    lines.push_back(rank(*a) == 0 ? a->value : fmt::format("{} = {} ({})", a->key, a->value, a->why));
  }
  return lines;
}

std::string assumption_count(const Result& result) {
  const auto stated = static_cast<std::size_t>(std::count_if(
      result.about.assumptions.begin(), result.about.assumptions.end(), [](const auto& a) { return rank(a) == 0; }));
  return fmt::format("{}, {} and {}", plural(stated, "stated assumption"),
                     plural(result.about.assumptions.size() - stated, "default"),
                     plural(assumed_prices(result).size(), "assumed price"));
}

std::string outcome_words(const std::array<std::int64_t, core::outcome_count>& outcomes, std::int64_t wrong_hits) {
  std::int64_t arrivals = 0;
  for (const std::int64_t count : outcomes) arrivals += count;
  std::string words;
  for (std::size_t i = 0; i < core::outcome_count; ++i) {
    if (outcomes[i] == 0) continue;
    std::string name{core::name_of(static_cast<core::Outcome>(i))};
    std::replace(name.begin(), name.end(), '_', ' ');
    words += fmt::format("{}{} {} ({})", words.empty() ? "" : ", ", name, core::format_count(outcomes[i]),
                         core::format_share(share(outcomes[i], arrivals)));
    if (static_cast<core::Outcome>(i) == core::Outcome::cache_hit && wrong_hits > 0) {
      words += fmt::format(" with {} ({} of them)", decision::counted(wrong_hits, "wrong answer"),
                           core::format_share(share(wrong_hits, outcomes[i])));
    }
  }
  return words.empty() ? "no request arrived" : words;
}

std::string part_requests(const OptionReport& part, const OptionReport& whole) {
  const core::HourUsage total = whole.usage.total();
  const std::int64_t arrivals = part.usage.total().arrivals;
  return fmt::format("{} ({})", core::format_count(arrivals),
                     core::format_share(share(arrivals, total.arrivals - total.cache_hits)));
}

std::string overhead_words(const OptionReport& option, std::string_view currency) {
  if (!option.overhead) return "";
  const Overhead& overhead = *option.overhead;
  const std::string words = fmt::format("{} {} {} a month beside {}", decision::listing(overhead.others),
                                        overhead.others.size() == 1 ? "costs" : "cost",
                                        monthly_words(overhead.monthly, currency), overhead.answer);
  if (overhead.answer_monthly.amount == core::Money{}) return words;
  const double ratio = static_cast<double>(overhead.monthly.amount.count()) /
                       static_cast<double>(overhead.answer_monthly.amount.count());
  return fmt::format("{}, {:.1f} % of what that costs", words, 100 * ratio);
}

std::string fleet_words(const OptionReport& option) {
  const sim::FleetSummary& fleet = option.fleet;
  if (fleet.peak_replicas == 0) return "";
  // An instance may carry several replicas, and stay for a while when they have left.
  const double hours = static_cast<double>(option.usage.hours.size());
  const double instances =
      static_cast<double>(option.usage.total().alive_instance_ns) / static_cast<double>(core::ns_per_hour) / hours;
  const std::string replicas = fmt::format("{:.1f}", fleet.mean_replicas);
  const bool has_nodes = instances > 0 && fmt::format("{:.1f}", instances) != replicas;
  std::string words = fmt::format(
      "{} on average, {} at most, {}, {} busy, longest queue {}",
      has_nodes ? fmt::format("{} replicas on {:.1f} instances", replicas, instances) : replicas + " instances",
      core::format_count(fleet.peak_replicas), decision::counted(fleet.replica_starts, "start"),
      core::format_share(fleet.utilisation), core::format_count(fleet.longest_queue));
  const auto add = [&words](std::int64_t count, std::string_view what) {
    if (count > 0) words += fmt::format(", {} {}", core::format_count(count), what);
  };
  const auto add_counted = [&words](std::int64_t count, std::string_view noun, std::string_view what) {
    if (count > 0) words += fmt::format(", {} {}", decision::counted(count, noun), what);
  };
  add_counted(fleet.spot_nodes, "spot instance", "bought");
  add(option.usage.total().spot_interruptions, "taken away");
  add_counted(fleet.spot_refusals, "time", "no spot capacity");
  add_counted(fleet.lost_requests, "request", "lost under way and served again");
  add_counted(fleet.quota_waits, "replica", "kept waiting by the quota");
  if (option.retries) {
    words +=
        fmt::format("; {} for {}, {} in the busiest minute", decision::counted(option.retries->attempts, "attempt"),
                    decision::counted(option.retries->requests, "request"),
                    core::format_count(option.retries->peak_attempts_per_minute));
    add(option.retries->denied, "denied by the retry budget");
  }
  return words;
}

std::string engine_words(const OptionReport& option) {
  if (!option.engine) return "";
  const sim::EngineSummary& engine = *option.engine;
  std::string words;
  if (engine.replicas_per_instance > 1) {
    words = fmt::format("{} replicas an instance, ", core::format_count(engine.replicas_per_instance));
  }
  const auto per_iteration = [&](std::int64_t tokens) {
    return engine.iterations == 0 ? 0 : static_cast<double>(tokens) / static_cast<double>(engine.iterations);
  };
  words += fmt::format(
      "{} with {:.1f} answers and {:.1f} prompt tokens on average, KV memory at most {} full of answers",
      decision::counted(engine.iterations, "iteration"), per_iteration(engine.decode_tokens),
      per_iteration(engine.prefill_tokens), core::format_share(share(engine.peak_kv_tokens, engine.kv_tokens)));
  if (engine.looked_up_tokens > 0) {
    words += fmt::format(", {} of the prompt tokens found in the prefix cache",
                         core::format_share(share(engine.found_tokens, engine.looked_up_tokens)));
  }
  if (engine.evictions > 0) words += fmt::format(", {}", decision::counted(engine.evictions, "eviction"));
  return words;
}

std::string limit_words(const sim::LimitCheck& check) {
  const auto count = [](double need) { return core::format_count(static_cast<std::int64_t>(std::llround(need))); };
  const std::string needs =
      fmt::format("needs {} {} at its peak, {} on average; the limit is {}", count(check.peak_need), check.dimension,
                  count(check.mean_need), core::format_count(check.limit));
  if (check.verdict() == sim::LimitVerdict::holds) return needs + ": enough";
  const std::string too_much =
      fmt::format("{}: {:.1f} × too much{}", needs, check.peak_need / static_cast<double>(check.limit),
                  check.verdict() == sim::LimitVerdict::below_mean ? ", and not even the mean fits" : "");
  const std::string servable = core::format_share(check.servable_at_peak());
  if (check.units_needed == 0)
    return fmt::format("{}; at most {} of the peak traffic can be served", too_much, servable);
  // Of provisioned units, beyond which calls may spill over and be served all the same.
  return fmt::format("{}; the units carry at most {} of the peak traffic, {} would carry it", too_much, servable,
                     decision::counted(check.units_needed, "unit"));
}

std::vector<std::string> broken_limits(const Result& result) {
  std::vector<std::string> lines;
  const auto add = [&lines](const std::string& name, const std::optional<sim::ApiSummary>& api) {
    if (!api) return;
    for (const sim::LimitCheck& check : api->feasibility) {
      if (check.verdict() != sim::LimitVerdict::holds) lines.push_back(fmt::format("{} {}", name, limit_words(check)));
    }
  };
  for (const OptionReport& option : result.options) {
    add(option.name, option.api);
    for (const OptionReport& part : option.parts) add(fmt::format("{}, {}", option.name, part.name), part.api);
  }
  return lines;
}

std::string api_words(const OptionReport& option) {
  if (!option.api) return "";
  const sim::ApiSummary& api = *option.api;
  if (api.requests == 0) return "none";
  std::string words = fmt::format(
      "{} for {} ({:.3f} each), at most {} in a minute, of requests {}", core::format_count(api.calls),
      decision::counted(api.requests, "request"), static_cast<double>(api.calls) / static_cast<double>(api.requests),
      core::format_count(api.peak_calls_per_minute), core::format_count(api.peak_requests_per_minute));
  const auto add = [&](std::int64_t count, const std::string& what) {
    if (count > 0) words += fmt::format("; {} {}", core::format_count(count), what);
  };
  add(api.throttled, fmt::format("throttled ({} of the calls)", core::format_share(share(api.throttled, api.calls))));
  add(api.too_large, "larger than a limit ever admits");
  add(api.errors, "answered with an error");
  add(api.failed_outages, "made in vain in outages");
  add(api.retries, api.retries == 1 ? "retry" : "retries");
  add(api.retries_denied, api.retries_denied == 1 ? "retry denied by the budget" : "retries denied by the budget");
  add(api.hedges,
      fmt::format("{}, {} of which won", api.hedges == 1 ? "hedge" : "hedges", core::format_count(api.hedges_won)));
  add(api.provisioned_calls, "by provisioned units");
  add(api.spilled_calls, "spilled over from them");
  add(api.prompt_cache_reads,
      fmt::format("read the prompt cache ({} of those that could)",
                  core::format_share(share(api.prompt_cache_reads, api.prompt_cache_reads + api.prompt_cache_writes))));
  if (api.outages > 0) {
    words += fmt::format("; down {} × for {} in all", core::format_count(api.outages), duration(api.outage_ns));
  }
  return words;
}

std::string part_calls(const OptionReport& part) {
  if (!part.api || part.api->requests == 0) return "";
  return "calls: " + api_words(part);
}

std::string target_words(const decision::SloCheck& check) {
  const decision::Target& target = check.target;
  switch (check.held) {
    case decision::Held::yes:
      return fmt::format("{}: held, {} to spare", check.sentence(), target.say(check.margin()));
    case decision::Held::no:
      return fmt::format("{}: MISSED by {}", check.sentence(), target.say(-check.margin()));
    case decision::Held::unknown:
      break;
  }
  return check.sentence() + ": NOT SHOWN to hold";
}

std::string cache_words(const OptionReport& option, const decision::SloCheck& check) {
  if (!option.cache_hit_ns || check.held != decision::Held::no) return "";
  const bool first = check.target.measure == decision::Measure::time_to_first_token;
  if (first && !option.time_to_first_token) return "";
  const Distribution& times = first ? *option.time_to_first_token : option.latency;
  std::int64_t late = 0;
  for (std::size_t i = 0; i < times.bucket_values_ns.size(); ++i) {
    late += times.bucket_values_ns[i] > check.target.limit ? times.bucket_counts[i] : 0;
  }
  const auto remedy = decision::cache_remedy(check.target, times.count, option.usage.count(core::Outcome::cache_hit),
                                             late, times.mean_ns, *option.cache_hit_ns);
  return remedy ? remedy->sentence() : "";
}

std::string budget_words(const decision::BudgetCheck& check, std::string_view currency) {
  const core::Money distance = check.within() ? check.left() : -check.left();
  return fmt::format("{} {} the budget of {} a month", decision::amount(distance, currency),
                     check.within() ? "under" : "OVER", decision::amount(check.budget, currency));
}

std::string targets_summary(const OptionReport& option) {
  const auto held = std::count_if(option.slo_checks.begin(), option.slo_checks.end(),
                                  [](const decision::SloCheck& c) { return c.held == decision::Held::yes; });
  if (option.slo_checks.empty()) return "none set";
  return fmt::format("{}/{} held", held, option.slo_checks.size());
}

std::string monthly_words(const decision::MonthlyCost& monthly, std::string_view currency) {
  return fmt::format("{}{}", monthly.projected ? "~" : "", decision::amount(monthly.amount, currency));
}

std::vector<std::pair<std::string, std::string>> percentiles(const Distribution& d) {
  return {{"p50", duration(d.p50_ns)},  {"p90", duration(d.p90_ns)},     {"p95", duration(d.p95_ns)},
          {"p99", duration(d.p99_ns)},  {"p99.9", duration(d.p99_9_ns)}, {"max", duration(d.max_ns)},
          {"mean", duration(d.mean_ns)}};
}

std::string quantity_words(core::Quantity quantity) {
  std::string digits = quantity.to_fixed(3);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  std::size_t at = std::min(digits.find('.'), digits.size());
  while (at > first + 3) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string price_words(const pricing::BillLine& line, std::string_view currency) {
  if (line.unit_price) return decision::exact_amount(*line.unit_price, currency);
  return line.amount ? "varies" : "unpriced";
}

std::string source_words(const pricing::PriceSource& source) {
  return fmt::format("{}, {}", source.confidence, source.retrieved);
}

}  // namespace reports
