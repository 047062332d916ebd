#include "decision/simulated_levers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "decision/answers.hpp"
#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity one = Quantity::whole(1);
const Quantity hundred = Quantity::whole(100);

// Above 0 and up to 100 %, as a share.
Quantity read_saving(const core::Section& section, std::string_view key) {
  const Quantity percent = read_measured(section, key, Unit::share).value;
  if (percent <= Quantity{} || percent > hundred) {
    throw section.error(key, figure(percent) + " %", "above 0 and up to 100 %: what is saved");
  }
  return quotient(percent, hundred);
}

LeverClaim read_claim(const core::Section& item, const std::vector<std::string>& steps) {
  const std::vector<std::string_view> names{steps.begin(), steps.end()};
  LeverClaim claim{.step = {}, .since = {}, .saves = {}};
  const std::size_t step = item.choice("step", names);
  if (step == 0) throw item.error("step", fmt::format("'{}'", steps[0]), "a step that another one precedes");
  const std::size_t since = item.has("since") ? item.choice("since", names) : step - 1;
  if (since >= step) throw item.error("since", fmt::format("'{}'", steps[since]), "an earlier step");
  claim.step = steps[step];
  claim.since = steps[since];
  claim.of_latency = item.has("latency");
  if (claim.of_latency && item.has("bill")) throw item.error("bill", "`bill` beside `latency`", "one of the two");
  claim.saves = read_saving(item, claim.of_latency ? "latency" : "bill");
  if (claim.of_latency) {
    constexpr const char* any = "p95";
    claim.statistic = item.text(
        "percentile", {.expected = "p50 to p99.9, or mean", .fallback = any, .why = "no percentile is said (C-18)"});
    const std::string& statistic = claim.statistic;
    if (statistic != "mean" && (statistic.front() != 'p' || statistic.size() < 2 ||
                                statistic.find_first_not_of("0123456789.", 1) != std::string::npos)) {
      throw item.error("percentile", fmt::format("'{}'", statistic), "p50 to p99.9, or mean");
    }
  }
  claim.source = item.text("source", {.expected = "who claims it", .fallback = "stated", .why = "nobody is named"});
  return claim;
}

const OptionFact& named(const std::vector<OptionFact>& options, const std::string& name) {
  return *std::find_if(options.begin(), options.end(), [&](const OptionFact& option) { return option.name == name; });
}

std::optional<Quantity> latency(const OptionFact& option, std::string_view statistic) {
  return option.latency_ms ? option.latency_ms(statistic) : std::nullopt;
}

// 1 - after / before; below 0: it costs more.
std::optional<Quantity> saved_share(const LeverClaim& claim, const OptionFact& before, const OptionFact& after) {
  if (!claim.of_latency) {
    if (!before.monthly_cost || !after.monthly_cost || *before.monthly_cost <= Money{}) return std::nullopt;
    return one - share_of(*after.monthly_cost, *before.monthly_cost);
  }
  const std::optional<Quantity> was = latency(before, claim.statistic);
  const std::optional<Quantity> is = latency(after, claim.statistic);
  if (!was || !is || *was <= Quantity{}) return std::nullopt;
  return one - quotient(*is, *was);
}

// "−40 %" of what is said as a saving: "40 % less", "12 % more".
std::string change(Quantity saved) {
  return saved >= Quantity{} ? fmt::format("{} less", percent_text(saved, 1))
                             : fmt::format("{} more", percent_text(Quantity{} - saved, 1));
}

std::string say(const LeverClaim& claim, std::optional<Quantity> saved) {
  const std::string of = claim.of_latency ? fmt::format("latency ({})", claim.statistic) : "bill";
  const std::string claimed = fmt::format("{} claims that {} takes {} off the {} of {}", claim.source, claim.step,
                                          percent_text(claim.saves, 0), of, claim.since);
  if (!saved) return fmt::format("{}: not known, one of the two has none.", claimed);
  const bool holds = *saved >= claim.saves;
  return fmt::format("{}; simulated, it is {}: {}.", claimed, change(*saved),
                     holds                 ? "the claim holds"
                     : *saved > Quantity{} ? "the claim is not reached"
                                           : "the simulation contradicts it");
}

}  // namespace

std::optional<LeverSteps> read_lever_steps(const core::Section& root, const std::vector<std::string>& options) {
  const std::optional<core::Section> section = root.optional_section("waterfall");
  if (!section) return std::nullopt;
  if (options.empty()) {
    throw root.error("waterfall", "a scenario without traffic", "one whose options are simulated; else say `levers`");
  }
  LeverSteps steps{.steps = section->texts("steps"), .target = {}};
  if (steps.steps.size() < 2) throw section->error("steps", "one step", "the names of two options or more");
  for (std::size_t i = 0; i < steps.steps.size(); ++i) {
    const std::string& name = steps.steps[i];
    const auto begin = steps.steps.begin();
    if (std::find(options.begin(), options.end(), name) == options.end()) {
      throw section->error("steps", fmt::format("'{}'", name), fmt::format("some of {}", fmt::join(options, ", ")));
    }
    if (std::find(begin, begin + static_cast<std::ptrdiff_t>(i), name) != begin + static_cast<std::ptrdiff_t>(i)) {
      throw section->error("steps", fmt::format("'{}' again", name), "each option once");
    }
  }
  if (section->has("target")) {
    steps.target = read_saving(*section, "target");
  } else {
    steps.target = Quantity::ratio(6, 10);
    section->assume("target", "60%", "what spot machines and a cache are said to save (S3)");
  }
  for (const core::Section& item : section->optional_sections("claims")) {
    steps.claims.push_back(read_claim(item, steps.steps));
  }
  return steps;
}

Answer answer_waterfall(const LeverSteps& steps, const std::vector<OptionFact>& options) {
  Answer answer{.section = "waterfall"};
  answer.table = {.alignment = "lrrrrrr",
                  .rows = {{"step", "a month", "saved", "of the step before", "mean", "p95", "answered"}}};
  Curve bills{.title = "Monthly bill after each step", .shape = Curve::Shape::bars, .x = {}, .y = "$/month"};
  Curve times{.title = "Latency (p95) after each step", .shape = Curve::Shape::bars, .x = {}, .y = "ms"};
  const OptionFact& first = named(options, steps.steps.front());
  const OptionFact& last = named(options, steps.steps.back());
  const OptionFact* before = nullptr;
  for (const std::string& name : steps.steps) {
    const OptionFact& step = named(options, name);
    const std::optional<Quantity> p95 = latency(step, "p95");
    const std::optional<Quantity> mean = latency(step, "mean");
    std::vector<std::string> row{name, step.monthly_cost ? amount(*step.monthly_cost) : "not known", "", ""};
    if (step.monthly_cost) {
      answer.figures.push_back({name, in_dollars(*step.monthly_cost), "$/month"});
      bills.series.push_back({.name = name, .x = {}, .y = {as_double(*step.monthly_cost)}});
    }
    if (before != nullptr && before->monthly_cost && step.monthly_cost) {
      const Money saved = *before->monthly_cost - *step.monthly_cost;
      answer.figures.push_back({name + ": saved", in_dollars(saved), "$/month"});
      row[2] = amount(saved);
      if (*before->monthly_cost > Money{}) row[3] = percent_text(share_of(saved, *before->monthly_cost), 1);
    }
    if (p95) {
      answer.figures.push_back({name + ": p95", *p95, "ms"});
      times.series.push_back({.name = name, .x = {}, .y = {as_double(*p95)}});
    }
    row.push_back(mean ? figure(*mean, 1) + " ms" : "-");
    row.push_back(p95 ? figure(*p95, 1) + " ms" : "-");
    row.push_back(step.availability ? figure(*step.availability, 3) + " %" : "-");
    answer.table.rows.push_back(std::move(row));
    before = &step;
  }
  if (first.monthly_cost && last.monthly_cost && *first.monthly_cost > Money{}) {
    const Quantity saved = one - share_of(*last.monthly_cost, *first.monthly_cost);
    answer.figures.push_back({"saved", product(saved, hundred), "%"});
    answer.sentences.push_back(fmt::format("From {} to {} a month: {} is {} than {}; {} off is {}.",
                                           amount(*first.monthly_cost), amount(*last.monthly_cost), last.name,
                                           change(saved), first.name, percent_text(steps.target, 0),
                                           saved >= steps.target ? "reached" : "not reached"));
  } else {
    answer.sentences.emplace_back("Not every bill is known: what the levers save together is not said.");
  }
  for (const LeverClaim& claim : steps.claims) {
    const std::optional<Quantity> saved = saved_share(claim, named(options, claim.since), named(options, claim.step));
    const std::string of = claim.of_latency ? claim.statistic : "bill";
    if (saved) {
      answer.figures.push_back(
          {fmt::format("{}: {} since {}", claim.step, of, claim.since), product(*saved, hundred), "%"});
    }
    answer.sentences.push_back(say(claim, saved));
  }
  answer.curves = {std::move(bills), std::move(times)};
  return answer;
}

}  // namespace decision
