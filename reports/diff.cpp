#include "reports/diff.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/yaml_reader.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"
#include "reports/bill_view.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

using core::Money;
using core::Quantity;
using decision::NamedAmount;

const OptionReport* find(const Result& result, const std::string& name) {
  const auto found = std::find_if(result.options.begin(), result.options.end(),
                                  [&](const OptionReport& option) { return option.name == name; });
  return found == result.options.end() ? nullptr : &*found;
}

// In the order of the old ones, then what is new. `said`: name and words.
using Said = std::vector<std::pair<std::string, std::string>>;
std::vector<Changed> changed(const Said& before, const Said& after) {
  std::vector<Changed> changes;
  const std::map<std::string, std::string> old{before.begin(), before.end()};
  const std::map<std::string, std::string> now{after.begin(), after.end()};
  const auto of = [](const std::map<std::string, std::string>& all, const std::string& name) {
    const auto at = all.find(name);
    return at == all.end() ? std::string{} : at->second;
  };
  for (const auto& [name, words] : before) {
    const std::string then = of(now, name);
    if (words != then) changes.push_back({name, words, then});
  }
  for (const auto& [name, words] : after) {
    if (!old.contains(name)) changes.push_back({name, "", words});
  }
  return changes;
}

// Recurring, a month; then what is paid once.
std::vector<NamedAmount> categories(const OptionReport& option, const core::Horizon& horizon) {
  std::vector<std::string> names;
  const auto note = [&](const pricing::Bill& bill, pricing::Frequency frequency) {
    for (const pricing::BillLine& line : bill.lines) {
      if (line.frequency != frequency || std::find(names.begin(), names.end(), line.category) != names.end()) continue;
      names.push_back(line.category);
    }
  };
  const auto only = [](pricing::Bill bill, const std::string& category) {
    std::erase_if(bill.lines, [&](const pricing::BillLine& line) { return line.category != category; });
    return bill;
  };
  std::vector<NamedAmount> amounts;
  for (const pricing::Bill& bill : option.bills) note(bill, pricing::Frequency::recurring);
  for (const std::string& name : names) {
    std::vector<pricing::Bill> bills;
    for (const pricing::Bill& bill : option.bills) bills.push_back(only(bill, name));
    amounts.push_back({name, decision::monthly_cost(bills, horizon).amount});
  }
  names.clear();
  note(option.one_time, pricing::Frequency::one_time);
  for (const std::string& name : names)
    amounts.push_back({"once: " + name, only(option.one_time, name).total(pricing::Frequency::one_time)});
  return amounts;
}

void note_unpriced(const OptionReport& option, std::vector<std::string>& items) {
  const auto note = [&](const pricing::Bill& bill) {
    for (const pricing::BillLine& line : bill.lines) {
      if (!line.amount && std::find(items.begin(), items.end(), line.item) == items.end()) items.push_back(line.item);
    }
  };
  for (const pricing::Bill& bill : option.bills) note(bill);
  note(option.one_time);
}

std::optional<std::int64_t> availability(const core::Usage& usage) {
  const std::int64_t arrivals = std::accumulate(usage.outcomes.begin(), usage.outcomes.end(), std::int64_t{0});
  const std::int64_t decided = arrivals - usage.count(core::Outcome::in_flight);
  if (decided <= 0) return std::nullopt;
  const std::int64_t answered = usage.count(core::Outcome::cache_hit) + usage.count(core::Outcome::served);
  return static_cast<std::int64_t>(core::Int128{answered} * 1'000'000'000 / decided);
}

OptionDiff compare_option(const OptionReport& before, const OptionReport& after, const About& then, const About& now) {
  OptionDiff diff{.name = before.name};
  diff.monthly =
      decision::review_changes({{before.name, before.monthly.amount}}, {{before.name, after.monthly.amount}}).front();
  diff.bill = decision::review_changes(categories(before, then.horizon), categories(after, now.horizon));
  note_unpriced(before, diff.unpriced);
  note_unpriced(after, diff.unpriced);
  const auto times = [&](const std::string& name, const Distribution* old, const Distribution* current) {
    const auto add = [&](const char* statistic, std::int64_t Distribution::*time) {
      CountChange change{.name = fmt::format("{} {}", name, statistic)};
      if (old != nullptr && old->count > 0) change.before = old->*time;
      if (current != nullptr && current->count > 0) change.after = current->*time;
      if (change.before || change.after) diff.times.push_back(std::move(change));
    };
    add("p50", &Distribution::p50_ns);
    add("p95", &Distribution::p95_ns);
    add("p99", &Distribution::p99_ns);
  };
  times("latency", &before.latency, &after.latency);
  times("time to first token", before.time_to_first_token ? &*before.time_to_first_token : nullptr,
        after.time_to_first_token ? &*after.time_to_first_token : nullptr);
  diff.availability = {"availability", availability(before.usage), availability(after.usage)};
  return diff;
}

// What the traffic, the latencies and the like were read from. Price tables are what a review asks about.
std::string input_words(const Result& result) {
  std::vector<std::string> files;
  for (const InputFile& input : result.about.inputs) {
    const bool is_prices = std::any_of(result.prices.begin(), result.prices.end(),
                                       [&](const PriceRow& price) { return price.source.hash == input.sha256; });
    if (!is_prices) files.push_back(fmt::format("{} {}", input.name, input.sha256.substr(0, 12)));
  }
  return fmt::format("{}", fmt::join(files, ", "));
}

std::string horizon_words(const About& about) {
  if (about.horizon.periods.empty()) return "nothing simulated";
  return fmt::format("{} from {}{}", decision::counted(about.horizon.hour_count(), "hour"),
                     core::format_date(about.horizon.start), about.interrupted ? ", interrupted" : "");
}

std::vector<std::string> other_questions(const Result& before, const Result& after) {
  std::vector<std::string> reasons;
  const auto differ = [&](std::string_view what, const std::string& old, const std::string& now) {
    if (old == now) return;
    reasons.push_back(fmt::format("{}: {} → {}", what, old.empty() ? "none" : old, now.empty() ? "none" : now));
  };
  const About& then = before.about;
  const About& now = after.about;
  differ("scenario", then.scenario, now.scenario);
  differ("text of the scenario (sha256)", then.scenario_sha256.substr(0, 12), now.scenario_sha256.substr(0, 12));
  differ("settings", fmt::format("{}", fmt::join(then.settings, " ")), fmt::format("{}", fmt::join(now.settings, " ")));
  differ("seed", std::to_string(then.seed), std::to_string(now.seed));
  differ("horizon", horizon_words(then), horizon_words(now));
  differ("billcast", then.version, now.version);
  differ("input files", input_words(before), input_words(after));
  return reasons;
}

Said gates_of(const Result& result) {
  Said said;
  if (!result.answers) return said;
  for (const decision::OptionGates& option : result.answers->gates) {
    const std::string whose = option.option.empty() ? "" : option.option + ": ";
    said.emplace_back(whose + "verdict", option.verdict.approve ? "APPROVE" : "REJECT");
    for (const decision::GateResult& gate : option.verdict.results)
      said.emplace_back(whose + gate.gate.key, std::string{decision::word_of(gate.outcome)});
  }
  return said;
}

Said drills_of(const Result& result) {
  Said said;
  for (const DrillReport& drill : result.drills) {
    for (const DrillOutcome& outcome : drill.options)
      said.emplace_back(fmt::format("{}: {}", drill.name, outcome.name), outcome.verdict.held ? "held" : "missed");
  }
  return said;
}

Said assumptions_of(const Result& result) {
  Said said;
  for (const core::Assumption& assumption : result.about.assumptions)
    said.emplace_back(assumption.key, assumption.value);
  return said;
}

Said figures_of(const Result& result) {
  Said said;
  if (!result.answers) return said;
  for (const decision::Answer& answer : result.answers->sections) {
    const std::string whose = answer.of.empty() ? answer.section : fmt::format("{} of {}", answer.section, answer.of);
    for (const decision::Figure& figure : answer.figures)
      said.emplace_back(fmt::format("{}: {}", whose, figure.name),
                        fmt::format("{} {}", decision::figure(figure.value), figure.unit));
  }
  return said;
}

std::vector<PriceChange> price_changes(const Result& before, const Result& after) {
  std::vector<PriceChange> changes;
  const auto key = [](const PriceRow& price) {
    pricing::BillLine asked;
    asked.source = price.source;
    return price_row(asked);
  };
  // One row may stand in several items (spot prices of several hours): those of the same unit are one.
  const auto find_row = [&](const Result& result, const PriceRow& of) -> const PriceRow* {
    for (const PriceRow& price : result.prices) {
      if (key(price) == key(of) && price.unit == of.unit) return &price;
    }
    return nullptr;
  };
  for (const PriceRow& old : before.prices) {
    if (find_row(before, old) != &old) continue;
    PriceChange change{key(old), old.item, old.unit, old.unit_price, {}, {}, old.source.retrieved, {}};
    if (const PriceRow* now = find_row(after, old)) {
      if (now->unit_price == old.unit_price && now->source.retrieved == old.source.retrieved) continue;
      change.after = now->unit_price;
      change.retrieved_after = now->source.retrieved;
      if (old.unit_price && now->unit_price && *old.unit_price > Money{})
        change.change = decision::share_of(*now->unit_price - *old.unit_price, *old.unit_price);
    }
    changes.push_back(std::move(change));
  }
  for (const PriceRow& now : after.prices) {
    if (find_row(after, now) != &now || find_row(before, now) != nullptr) continue;
    changes.push_back({key(now), now.item, now.unit, {}, now.unit_price, {}, {}, now.source.retrieved});
  }
  return changes;
}

}  // namespace

ResultDiff compare(const Result& before, const Result& after) {
  if (before.about.currency != after.about.currency) {
    throw core::ConfigError{
        fmt::format("billcast diff: found amounts in {} and in {}, expected two results in one currency",
                    before.about.currency, after.about.currency)};
  }
  ResultDiff diff{.before = title(before), .after = title(after), .currency = after.about.currency};
  diff.not_a_trend = other_questions(before, after);
  diff.winners_before = before.verdict.winners;
  diff.winners_after = after.verdict.winners;
  diff.headline_before = before.verdict.headline;
  diff.headline_after = after.verdict.headline;
  const auto alone = [](const OptionReport& option) { return NamedAmount{option.name, option.monthly.amount}; };
  for (const OptionReport& option : before.options) {
    if (const OptionReport* now = find(after, option.name)) {
      diff.options.push_back(compare_option(option, *now, before.about, after.about));
    } else {
      diff.went.push_back(decision::review_changes({alone(option)}, {}).front());
    }
  }
  for (const OptionReport& option : after.options) {
    if (find(before, option.name) == nullptr)
      diff.came.push_back(decision::review_changes({}, {alone(option)}).front());
  }
  diff.gates = changed(gates_of(before), gates_of(after));
  diff.drills = changed(drills_of(before), drills_of(after));
  diff.prices = price_changes(before, after);
  diff.assumptions = changed(assumptions_of(before), assumptions_of(after));
  diff.figures = changed(figures_of(before), figures_of(after));
  return diff;
}

std::optional<Quantity> largest_growth(const ResultDiff& diff) {
  std::optional<Quantity> largest;
  for (const OptionDiff& option : diff.options) {
    if (option.monthly.change && (!largest || *option.monthly.change > *largest)) largest = option.monthly.change;
  }
  return largest;
}

}  // namespace reports
