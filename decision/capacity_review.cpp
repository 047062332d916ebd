#include "decision/capacity_review.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/time.hpp"
#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::array<std::string_view, topic_count> topics{"objectives", "error_budget",  "head_room",  "quota",
                                                           "limits",     "spare_replica", "spare_node", "spare_zone",
                                                           "ramp",       "drills"};

std::string count_of(std::int64_t number) { return core::format_count(number); }

// Makes the list, in the order of the topics.
class Review {
 public:
  Review(const CapacityRules& rules, const OptionCapacity& option, const CapacityLoad& load)
      : rules_{rules}, option_{option}, load_{load} {}

  CapacityReview made() {
    review_.option = option_.name;
    review_.load = load_of(option_.usage.hours);
    objectives();
    error_budget();
    for (const ServingFacts& serving : option_.parts) {
      part_ = serving.part;
      PartReview part{.part = serving.part};
      if (serving.fleet) fleet(serving, *serving.fleet, part);
      if (serving.api) limits(serving, *serving.api, part);
      review_.parts.push_back(std::move(part));
    }
    part_.clear();
    drills();
    return std::move(review_);
  }

 private:
  ReviewItem& add(Topic topic, Ready state, std::string figure, std::string limit, std::string mend,
                  std::string_view of = "") {
    std::string name = part_.empty() ? "" : part_ + ": ";
    name += word_of(topic);
    if (!of.empty()) name += fmt::format(" ({})", of);
    return review_.items.emplace_back(ReviewItem{.name = std::move(name),
                                                 .hard = rules_.hard[static_cast<std::size_t>(topic)],
                                                 .state = state,
                                                 .figure = std::move(figure),
                                                 .limit = std::move(limit),
                                                 .mend = state == Ready::go ? "" : std::move(mend)});
  }

  void objectives() {
    if (option_.targets.empty()) {
      add(Topic::objectives, Ready::not_known, "no targets", "all held", "say `slo`");
      return;
    }
    std::int64_t held = 0;
    std::vector<std::string> missed;
    std::vector<std::string> unknown;
    for (const SloCheck& check : option_.targets) {
      if (check.held == Held::yes) ++held;
      else (check.held == Held::no ? missed : unknown).push_back(check.target.name());
    }
    const Ready state = !missed.empty() ? Ready::no_go : unknown.empty() ? Ready::go : Ready::not_known;
    add(Topic::objectives, state, fmt::format("{} of {} held", held, option_.targets.size()), "all held",
        missed.empty() ? fmt::format("{}: not known", listing(unknown)) : fmt::format("missed: {}", listing(missed)));
  }

  void error_budget() {
    if (option_.availability && *option_.availability < 1'000'000'000)
      review_.errors = budget_of_errors(option_.usage, *option_.availability, rules_.budget_days);
    if (!review_.errors) {
      add(Topic::error_budget, Ready::not_known, "no objective", "≤ 1", "say `slo: {availability: …}`, below 100 %");
      return;
    }
    const Quantity rate = review_.errors->burn_rate;
    add(Topic::error_budget, rate <= Quantity::whole(1) ? Ready::go : Ready::no_go,
        fmt::format("burn rate {}", figure(rate)), "≤ 1",
        fmt::format("{} requests had no answer: see objectives, head_room and limits", count_of(review_.errors->bad)));
  }

  void fleet(const ServingFacts& serving, const FleetFacts& facts, PartReview& part) {
    part.fleet = fleet_figures(facts, serving.hours, rules_.spares, rules_.rollout_surge);
    const FleetFigures& figures = *part.fleet;
    head_room(facts, figures);
    quota(facts, figures);
    const std::string spares = counted(rules_.spares, "replica");
    spare(Topic::spare_replica, figures.without_replica, fmt::format("without {}", spares),
          fmt::format("{} more at the least (min, or a lower target)", spares));
    if (facts.replicas_per_node > 1) {
      spare(Topic::spare_node, figures.without_node, fmt::format("without {}", counted(rules_.spares, "node")),
            "fewer replicas a node, or one node more at the least");
    }
    if (figures.without_zone) {
      spare(Topic::spare_zone, *figures.without_zone, "without a zone", "more zones, or more replicas at the least");
    } else {
      add(Topic::spare_zone, Ready::not_known, "zones not said", at_most(), "say `nodes: {zones: […]}`");
    }
    ramp(serving, facts, part);
  }

  std::string at_most() const { return fmt::format("≤ {}", percent_text(rules_.max_filled, 0)); }

  void head_room(const FleetFacts& facts, const FleetFigures& figures) {
    const bool fits = figures.filled_at_most <= rules_.max_filled;
    const bool was_at_most = facts.scales && facts.peak_replicas + rules_.spares > figures.most_replicas;
    std::string mend = fits ? fmt::format("the scaler wanted {} of at most {} replicas: raise max{}",
                                          count_of(facts.peak_replicas), count_of(figures.most_replicas),
                                          figures.most_replicas < facts.max_replicas ? " and the quota" : "")
                            : "raise max, or make the requests shorter";
    add(Topic::head_room, fits && !was_at_most ? Ready::go : Ready::no_go,
        fmt::format("{} full at {}, peak {}", percent_text(figures.filled_at_most, 1), count_of(figures.most_replicas),
                    count_of(facts.peak_replicas)),
        facts.scales ? fmt::format("{}, {} spare", at_most(), count_of(rules_.spares)) : at_most(), std::move(mend));
  }

  void quota(const FleetFacts& facts, const FleetFigures& figures) {
    const std::string need = fmt::format("{} to ask for", counted(figures.nodes_to_request, "instance"));
    if (!facts.quota) {
      add(Topic::quota, Ready::not_known, need, "no quota is said",
          fmt::format("ask for {} and say `nodes: {{quota: …}}`", counted(figures.nodes_to_request, "instance")));
      return;
    }
    const bool fits = figures.nodes_to_request <= *facts.quota && facts.quota_waits == 0;
    std::string mend = fmt::format("ask for {}", counted(figures.nodes_to_request, "instance"));
    if (facts.quota_waits > 0) {
      mend = fmt::format("{} waited for the quota: ask for more than {}", counted(facts.quota_waits, "replica"),
                         count_of(std::max(*facts.quota, figures.nodes_to_request)));
    }
    add(Topic::quota, fits ? Ready::go : Ready::no_go, need, fmt::format("quota {}", count_of(*facts.quota)),
        std::move(mend));
  }

  void spare(Topic topic, const Loss& loss, const std::string& without, std::string mend) {
    const bool holds = loss.filled && *loss.filled <= rules_.max_filled;
    add(topic, holds ? Ready::go : Ready::no_go,
        loss.filled ? fmt::format("{} full {}", percent_text(*loss.filled, 1), without)
                    : fmt::format("nothing is left {}", without),
        at_most(), std::move(mend));
  }

  void ramp(const ServingFacts& serving, const FleetFacts& facts, PartReview& part) {
    if (!facts.scales) return;
    if (load_.millis_by_minute.empty() || !serving.is_met_first) {
      add(Topic::ramp, Ready::not_known, "minutes not known", "in time",
          serving.is_met_first ? "a trace is known by the hour alone: see the objectives"
                               : "what reaches a part of a mixture comes out of the run: see the objectives");
      return;
    }
    part.ramp = ramp_of(facts, serving.hours, load_.millis_by_minute);
    const RampFigures& figures = *part.ramp;
    if (figures.ordered == 0) {
      add(Topic::ramp, Ready::not_known, "what is ordered is not known", "in time",
          "the scaler does not go by the load of each replica: see the objectives");
      return;
    }
    add(Topic::ramp, figures.keeps_up() ? Ready::go : Ready::no_go,
        fmt::format("{} needed, {} ordered {} min before", count_of(figures.needed), count_of(figures.ordered),
                    count_of(figures.scale_minutes)),
        "in time",
        fmt::format("have {} ready at {}: a schedule, a higher min, or a faster start",
                    counted(figures.needed, "replica"), hour_words(load_.start, figures.worst_minute)));
  }

  void limits(const ServingFacts& serving, const ApiFacts& facts, PartReview& part) {
    part.quotas = api_figures(facts, serving.hours, rules_.margin);
    const QuotaLine* worst = nullptr;
    for (const QuotaLine& line : part.quotas) {
      if (line.limit > 0 && (worst == nullptr || *line.used() > *worst->used())) worst = &line;
    }
    const bool limited = facts.requests_per_minute > 0 || facts.tokens_per_minute > 0 ||
                         facts.input_tokens_per_minute > 0 || facts.output_tokens_per_minute > 0;
    if (!limited) {
      const bool came = !part.quotas.empty();
      add(Topic::limits, Ready::not_known,
          came ? fmt::format("{} requests a minute", count_of(part.quotas.front().need)) : "nothing came",
          "no limits are said",
          came ? fmt::format("ask for {} requests a minute and say `limits`", count_of(part.quotas.front().ask))
               : "say `limits`");
      return;
    }
    if (worst == nullptr) {
      add(Topic::limits, Ready::go, "nothing came", "≤ 100 %", "");
      return;
    }
    std::vector<std::string> asks;
    for (const QuotaLine& line : part.quotas) {
      if (line.limit > 0 && line.need > line.limit) asks.push_back(fmt::format("{} {}", count_of(line.ask), line.what));
    }
    add(Topic::limits, asks.empty() ? Ready::go : Ready::no_go,
        fmt::format("{} of the {}", percent_text(*worst->used(), 1), worst->what), "≤ 100 %",
        fmt::format("ask for {}", listing(asks)));
  }

  void drills() {
    if (option_.drills.empty()) {
      add(Topic::drills, Ready::not_known, "no drill", "all held", "say `drills`");
      return;
    }
    std::optional<WorstDrill> worst;
    for (const DrillFacts& drill : option_.drills) {
      const DrillVerdict& verdict = drill.verdict;
      const std::int64_t lost = std::max<std::int64_t>(verdict.lost - verdict.lost_without, 0);
      const std::string recovered = !verdict.recovered_ns ? "not back while watched"
                                    : *verdict.recovered_ns == 0
                                        ? "no bad minutes"
                                        : "back after " + core::format_duration(core::Duration{*verdict.recovered_ns});
      std::vector<std::string> missed;
      for (const DrillCheck& check : verdict.checks) {
        if (!check.held) missed.push_back(check.target.name());
      }
      const bool judged = !verdict.checks.empty();
      add(Topic::drills,
          !judged        ? Ready::not_known
          : verdict.held ? Ready::go
                         : Ready::no_go,
          fmt::format("{}, {} lost", recovered, count_of(lost)), "all held",
          !judged ? "say `slo`"
                  : fmt::format("missed{}: {}", verdict.held_without ? "" : ", as without the fault", listing(missed)),
          drill.name);
      if (review_.errors && review_.errors->allowed > Quantity{}) note_worst(drill, lost, worst);
    }
    review_.worst = std::move(worst);
  }

  void note_worst(const DrillFacts& drill, std::int64_t lost, std::optional<WorstDrill>& worst) const {
    if (worst && worst->lost >= lost) return;
    const Quantity allowed = review_.errors->allowed;
    worst = WorstDrill{.name = drill.name, .lost = lost, .used = quotient(Quantity::whole(lost), allowed)};
    if (lost == 0) return;
    constexpr core::Int128 day_ns = core::Int128{24} * core::ns_per_hour;
    worst->days =
        Quantity::ratio(allowed.count() * drill.length_ns, core::Int128{lost} * day_ns * Quantity::whole(1).count());
  }

  const CapacityRules& rules_;
  const OptionCapacity& option_;
  const CapacityLoad& load_;
  std::string part_;
  CapacityReview review_;
};

}  // namespace

std::string_view word_of(Topic topic) { return topics[static_cast<std::size_t>(topic)]; }

std::string_view word_of(Ready ready) {
  return ready == Ready::go ? "go" : ready == Ready::no_go ? "no-go" : "not known";
}

std::string hour_words(core::Date start, std::int64_t minute) {
  constexpr std::int64_t per_day = std::int64_t{24} * 60;
  return fmt::format("{} {:02}:{:02} UTC", core::format_date(start + std::chrono::days{minute / per_day}),
                     minute % per_day / 60, minute % 60);
}

Ready CapacityReview::verdict() const {
  const auto any = [&](Ready state) {
    return std::any_of(items.begin(), items.end(),
                       [&](const ReviewItem& item) { return item.hard && item.state == state; });
  };
  return any(Ready::no_go) ? Ready::no_go : any(Ready::not_known) ? Ready::not_known : Ready::go;
}

std::string CapacityReview::sentence() const {
  const Ready state = verdict();
  std::vector<std::string> deciding;
  std::vector<std::string> warning;
  for (const ReviewItem& item : items) {
    if (item.hard && item.state == state && state != Ready::go) deciding.push_back(item.name);
    if (!item.hard && item.state == Ready::no_go) warning.push_back(item.name);
  }
  std::string said = state == Ready::go      ? "GO: no hard item stands against it"
                     : state == Ready::no_go ? fmt::format("NO-GO: {}", listing(deciding))
                                             : fmt::format("NOT KNOWN: {}", listing(deciding));
  if (state != Ready::go) said += deciding.size() == 1 ? " decides" : " decide";
  said += '.';
  if (!warning.empty()) said += fmt::format(" Soft items that say no-go: {}.", listing(warning));
  return said;
}

CapacityReview review_capacity(const CapacityRules& rules, const OptionCapacity& option, const CapacityLoad& load) {
  return Review{rules, option, load}.made();
}

std::optional<CapacityRules> read_capacity_rules(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("capacity_review");
  if (!section) return std::nullopt;
  CapacityRules rules;
  const auto share = [&](std::string_view key, Quantity fallback, std::string_view why, Quantity least, Quantity most) {
    if (!section->has(key)) {
      section->assume(key, percent_text(fallback, 0), why);
      return fallback;
    }
    const Quantity value = quotient(read_measured(*section, key, Unit::share).value, Quantity::whole(100));
    if (value < least || value > most) {
      throw section->error(key, percent_text(value),
                           fmt::format("{} to {}", percent_text(least, 0), percent_text(most, 0)));
    }
    return value;
  };
  rules.margin = share("margin", rules.margin, "a margin of our own over the busiest minute; no source", Quantity{},
                       Quantity::whole(10));
  rules.max_filled = share("max_filled", rules.max_filled, "what is there cannot be more than full",
                           Quantity::ratio(1, 100), Quantity::whole(1));
  rules.rollout_surge =
      share("rollout_surge", rules.rollout_surge, "maxSurge of a Kubernetes Deployment unless it says otherwise",
            Quantity{}, Quantity::whole(1));
  rules.spares = section->integer("spares", {.min = 0, .max = 1000, .unit = "replicas", .fallback = 1, .why = "N+1"});
  rules.budget_days = section->integer(
      "budget_days",
      {.min = 1, .max = 366, .unit = "days", .fallback = 30, .why = "a month, as error budgets are kept"});
  std::vector<std::string> said;
  const auto mark = [&](std::string_view key, bool hard) {
    if (!section->has(key)) return;
    for (const std::string& name : section->texts(key)) {
      const auto* const topic = std::find(topics.begin(), topics.end(), name);
      if (topic == topics.end()) {
        const std::optional<std::string> near = core::nearest(name, {topics.begin(), topics.end()});
        throw section->error(key, fmt::format("'{}'", name),
                             near ? fmt::format("'{}'", *near) : fmt::format("some of {}", fmt::join(topics, ", ")));
      }
      if (std::find(said.begin(), said.end(), name) != said.end())
        throw section->error(key, fmt::format("'{}' again", name), "each once, hard or soft");
      said.push_back(name);
      rules.hard[static_cast<std::size_t>(topic - topics.begin())] = hard;
    }
  };
  mark("hard", true);
  mark("soft", false);
  return rules;
}

}  // namespace decision
