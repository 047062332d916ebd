#include "reports/result.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

std::vector<std::string> unpriced_items(const OptionReport& option) {
  std::vector<std::string> items;
  const auto collect = [&](const pricing::Bill& bill) {
    for (const pricing::BillLine& line : bill.lines) {
      if (line.amount || std::find(items.begin(), items.end(), line.item) != items.end()) continue;
      items.push_back(line.item);
    }
  };
  for (const pricing::Bill& bill : option.bills) collect(bill);
  collect(option.one_time);
  return items;
}

UnitCosts unit_costs(const OptionReport& option, const std::optional<std::int64_t>& daily_users) {
  UnitCosts costs;
  core::Money recurring;
  for (const pricing::Bill& bill : option.bills) recurring += bill.total(pricing::Frequency::recurring);
  const std::int64_t answered =
      option.usage.count(core::Outcome::cache_hit) + option.usage.count(core::Outcome::served);
  const std::int64_t tokens = option.usage.total().output_tokens;
  if (answered > 0) costs.per_thousand_answered_requests = decision::divided(recurring * 1000, answered);
  if (tokens > 0) costs.per_million_output_tokens = decision::divided(recurring * 1'000'000, tokens);
  if (daily_users && *daily_users > 0) {
    costs.per_daily_user_month = decision::divided(option.monthly.amount, *daily_users);
  }
  return costs;
}

Overhead overhead_of(const std::vector<OptionReport>& parts, const sim::Beside& beside) {
  Overhead overhead{.answer = parts[beside.answer].name, .others = {}, .answer_monthly = parts[beside.answer].monthly};
  for (const sim::PartNumber k : beside.others) {
    overhead.others.push_back(parts[k].name);
    overhead.monthly.amount += parts[k].monthly.amount;
    overhead.monthly.projected = overhead.monthly.projected || parts[k].monthly.projected;
  }
  return overhead;
}

OptionReport report_of(OptionRun run, const About& about) {
  OptionReport option;
  sim::OptionResult& simulated = run.simulated;
  option.name = simulated.name;
  option.kind = std::move(run.kind);
  option.latency = distribution_of(simulated.latency_ns);
  if (simulated.has_first_token) option.time_to_first_token = distribution_of(simulated.time_to_first_token_ns);
  if (simulated.engine) option.time_per_output_token = distribution_of(simulated.time_per_output_token_ns);
  for (const sim::ClassResult& c : simulated.classes) {
    option.classes.push_back(
        {c.name, distribution_of(c.latency_ns), distribution_of(c.time_to_first_token_ns), c.outcomes});
  }
  option.wait = distribution_of(simulated.wait_ns);
  option.fleet = simulated.fleet;
  option.retries = simulated.retries;
  option.engine = simulated.engine;
  option.api = std::move(simulated.api);
  option.checks = simulated.checks;
  option.cache_hit_ns = simulated.cache_hit_ns;
  decision::ServiceFacts facts{simulated.latency_ns,
                               simulated.has_first_token ? &simulated.time_to_first_token_ns : nullptr, simulated.usage,
                               simulated.engine ? &simulated.time_per_output_token_ns : nullptr};
  for (const sim::ClassResult& c : simulated.classes) {
    facts.classes.push_back(
        {c.name, c.latency_ns, simulated.has_first_token ? &c.time_to_first_token_ns : nullptr, c.outcomes});
  }
  option.slo_checks = decision::check_slo(about.slo, facts);
  option.usage = std::move(simulated.usage);
  option.measured = std::move(run.measured);
  option.bills = std::move(run.bills);
  option.one_time = std::move(run.one_time);
  option.monthly = decision::monthly_cost(option.bills, about.horizon);
  option.unit_costs = unit_costs(option, about.daily_users);
  if (about.decision.budget) {
    option.budget = decision::BudgetCheck{about.decision.budget->per_month, option.monthly.amount};
  }
  if (run.parts.empty()) return option;
  About of_part = about;  // targets and budget are those of the whole
  of_part.slo = {};
  of_part.decision = {};
  for (OptionRun& part : run.parts) option.parts.push_back(report_of(std::move(part), of_part));
  if (run.beside) option.overhead = overhead_of(option.parts, *run.beside);
  return option;
}

std::vector<PriceRow> prices_used(const std::vector<OptionReport>& options) {
  std::vector<PriceRow> rows;
  const auto collect = [&](const pricing::Bill& bill) {
    for (const pricing::BillLine& line : bill.lines) {
      if (!line.source) continue;
      PriceRow row{*line.source, line.item, line.unit, line.unit_price};
      const bool known = std::any_of(rows.begin(), rows.end(), [&](const PriceRow& r) {
        return r.source == row.source && r.unit_price == row.unit_price && r.unit == row.unit;
      });
      if (!known) rows.push_back(std::move(row));
    }
  };
  for (const OptionReport& option : options) {
    for (const pricing::Bill& bill : option.bills) collect(bill);
    collect(option.one_time);
  }
  return rows;
}

// "mean" or "p99.9", to the nanosecond.
std::optional<core::Quantity> in_ms(const Distribution& latency, std::string_view statistic) {
  if (latency.count == 0) return std::nullopt;
  constexpr std::int64_t ns_of_ms = 1'000'000;
  if (statistic == "mean") return core::Quantity::ratio(latency.mean_ns, ns_of_ms);
  if (!statistic.starts_with('p')) return std::nullopt;
  const core::Quantity percent = core::Quantity::parse(statistic.substr(1));
  // The first bucket at whose end at least this part of the answers lies; in whole numbers.
  const core::Int128 whole = core::Quantity::whole(100).count();
  core::Int128 seen = 0;
  for (std::size_t i = 0; i < latency.bucket_counts.size(); ++i) {
    seen += latency.bucket_counts[i];
    if (seen * whole >= percent.count() * latency.count)
      return core::Quantity::ratio(latency.bucket_values_ns[i], ns_of_ms);
  }
  return core::Quantity::ratio(latency.max_ns, ns_of_ms);
}

// Vendors' limits that the traffic breaks even on average: the run goes on, and shows what becomes of it.
void warn_of_limits(const std::vector<OptionReport>& options, About& about) {
  const auto warn = [&about](const std::string& name, const std::optional<sim::ApiSummary>& api) {
    if (!api) return;
    for (const sim::LimitCheck& check : api->feasibility) {
      if (check.verdict() != sim::LimitVerdict::below_mean) continue;
      about.warnings.push_back(fmt::format("{} {}", name, limit_words(check)));
    }
  };
  for (const OptionReport& option : options) {
    warn(option.name, option.api);
    for (const OptionReport& part : option.parts) warn(fmt::format("{}, {}", option.name, part.name), part.api);
  }
}

// What decisions ask of an option that was simulated. A bill with an unpriced line is no known cost.
decision::OptionFact fact_of(const OptionReport& option) {
  decision::OptionFact fact;
  fact.name = option.name;
  if (unpriced_items(option).empty()) {
    fact.monthly_cost = option.monthly.amount;
    fact.one_time_cost = option.one_time.total(pricing::Frequency::one_time);
  }
  fact.latency_ms = [&latency = option.latency](std::string_view statistic) { return in_ms(latency, statistic); };
  const core::Usage& usage = option.usage;
  const std::int64_t arrivals = std::accumulate(usage.outcomes.begin(), usage.outcomes.end(), std::int64_t{0});
  const std::int64_t decided = arrivals - usage.count(core::Outcome::in_flight);
  const std::int64_t answered = usage.count(core::Outcome::cache_hit) + usage.count(core::Outcome::served);
  if (decided > 0) fact.availability = core::Quantity::ratio(core::Int128{answered} * 100, decided);
  fact.served = usage.count(core::Outcome::served);
  for (const OptionReport& part : option.parts) {
    fact.parts.push_back({part.name, part.usage.count(core::Outcome::served)});
  }
  for (const ClassTimes& c : option.classes) {
    fact.classes.push_back({.name = c.name,
                            .served = c.outcomes[static_cast<std::size_t>(core::Outcome::served)],
                            .latency_ms = [&latency = c.latency](std::string_view s) { return in_ms(latency, s); }});
  }
  return fact;
}

}  // namespace

Distribution distribution_of(const core::Histogram& times_ns) {
  Distribution d;
  d.count = times_ns.total_count();
  if (d.count == 0) return d;
  d.mean_ns = static_cast<std::int64_t>(std::llround(times_ns.mean()));
  d.p50_ns = times_ns.value_at_quantile(0.5);
  d.p90_ns = times_ns.value_at_quantile(0.9);
  d.p95_ns = times_ns.value_at_quantile(0.95);
  d.p99_ns = times_ns.value_at_quantile(0.99);
  d.p99_9_ns = times_ns.value_at_quantile(0.999);
  d.max_ns = times_ns.max();
  for (const core::Histogram::Bucket& bucket : times_ns.recorded_buckets()) {
    d.bucket_values_ns.push_back(bucket.highest);
    d.bucket_counts.push_back(bucket.count);
  }
  return d;
}

std::vector<decision::OptionFact> facts_of(const Result& result) {
  std::vector<decision::OptionFact> facts;
  for (const OptionReport& option : result.options) facts.push_back(fact_of(option));
  return facts;
}

void add_answers(Result& result, const decision::Questions& questions) {
  const std::vector<decision::OptionFact> facts = facts_of(result);
  decision::Answers answers = decision::answer(questions, facts);
  if (result.about.horizon.periods.empty()) result.verdict.headline = answers.headline();
  if (!answers.empty()) result.answers = std::move(answers);
}

Result assemble(About about, std::vector<OptionRun> runs) {
  Result result;
  std::vector<decision::Candidate> candidates;
  for (OptionRun& run : runs) {
    OptionReport option = report_of(std::move(run), about);
    candidates.push_back({option.name, option.monthly, option.one_time.total(pricing::Frequency::one_time),
                          unpriced_items(option), option.slo_checks});
    result.options.push_back(std::move(option));
  }
  result.verdict = decision::decide(candidates, about.decision.budget, about.currency);
  result.prices = prices_used(result.options);
  warn_of_limits(result.options, about);
  const bool projected = std::any_of(result.options.begin(), result.options.end(),
                                     [](const OptionReport& o) { return o.monthly.projected; });
  if (projected) {
    result.notes.push_back(fmt::format(
        "The horizon is no whole number of months: monthly figures (~) carry {} over to 730, the hours of an "
        "average month, as if every hour were like those.",
        decision::counted(about.horizon.hour_count(), "hour")));
  }
  if (!about.decision.weights.empty()) {
    result.notes.emplace_back(
        "Options are ranked by monthly cost alone; the weights of the decision section are checked and kept. To weigh "
        "options, write a matrix section.");
  }
  result.about = std::move(about);
  return result;
}

}  // namespace reports
