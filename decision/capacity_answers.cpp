#include "decision/capacity_answers.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/time.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

std::string duration(std::int64_t ns) { return core::format_duration(core::Duration{ns}); }
std::string spread_words(const Spread& time) {
  return fmt::format("{} / {}", duration(time.p50_ns), duration(time.p95_ns));
}
// Whole seconds, for a narrow column.
std::string seconds_words(const Spread& time) {
  return fmt::format("{} / {}", figure(Quantity::ratio(time.p50_ns, core::ns_per_second), 0),
                     figure(Quantity::ratio(time.p95_ns, core::ns_per_second), 0));
}
std::string filled_words(const Loss& loss) { return loss.filled ? percent_text(*loss.filled, 1) : "nothing left"; }
std::string at_hour(const CapacityLoad& load, std::int32_t hour) {
  return hour_words(load.start, std::int64_t{hour} * 60);
}
Quantity percent_of(Quantity share) { return product(share, Quantity::whole(100)); }
Quantity seconds(std::int64_t ns) { return Quantity::ratio(ns, core::ns_per_second); }

// From a load to the replica that answers it.
std::optional<Spread> time_to_scale(const FleetFacts& facts) {
  if (!facts.scales || !facts.reaction) return std::nullopt;
  return Spread{facts.reaction->p50_ns + facts.ready_after.p50_ns, facts.reaction->p95_ns + facts.ready_after.p95_ns};
}

// One column of the table side by side.
struct Column {
  const CapacityReview& review;
  const PartReview& part;
  const ServingFacts& serving;
};
using Cell = std::function<std::string(const Column&)>;

std::string ask_of(const Column& column, std::string_view what) {
  for (const QuotaLine& line : column.part.quotas) {
    if (line.what == what) return core::format_count(line.ask);
  }
  return "–";
}

const std::vector<std::pair<std::string, Cell>>& rows() {
  const auto fleet = [](std::function<std::string(const FleetFigures&)> cell) -> Cell {
    return [cell = std::move(cell)](const Column& c) { return c.part.fleet ? cell(*c.part.fleet) : "–"; };
  };
  const auto quota = [](std::string what) -> Cell {
    return [what = std::move(what)](const Column& c) { return ask_of(c, what); };
  };
  static const std::vector<std::pair<std::string, Cell>> all{
      {"verdict", [](const Column& c) { return std::string{word_of(c.review.verdict())}; }},
      {"instances, mean", fleet([](const FleetFigures& f) { return figure(f.mean_instances, 1); })},
      {"instances, peak", fleet([](const FleetFigures& f) { return core::format_count(f.peak_instances); })},
      {"full, busiest hour", fleet([](const FleetFigures& f) { return percent_text(f.filled, 1); })},
      {"head-room at most", fleet([](const FleetFigures& f) { return percent_text(f.head_room(), 1); })},
      {"full, a replica less", fleet([](const FleetFigures& f) { return filled_words(f.without_replica); })},
      {"full, a zone less",
       fleet([](const FleetFigures& f) { return f.without_zone ? filled_words(*f.without_zone) : "not known"; })},
      {"seconds to scale, p50 / p95",
       [](const Column& c) {
         const auto time = c.serving.fleet ? time_to_scale(*c.serving.fleet) : std::nullopt;
         return time ? seconds_words(*time) : "–";
       }},
      {"ask: instances", fleet([](const FleetFigures& f) { return core::format_count(f.nodes_to_request); })},
      {"ask: GPUs", fleet([](const FleetFigures& f) {
         return f.gpus_to_request ? core::format_count(*f.gpus_to_request) : "not known";
       })},
      {"ask: requests a minute", quota("requests a minute")},
      {"ask: input tokens a minute", quota("input tokens a minute")},
      {"ask: output tokens a minute", quota("output tokens a minute")},
      {"error budget used",
       [](const Column& c) { return c.review.errors ? percent_text(c.review.errors->used, 1) : "not known"; }},
  };
  return all;
}

Answer side_by_side(const std::vector<CapacityReview>& reviews, const std::vector<OptionCapacity>& options,
                    const CapacityLoad& load) {
  Answer answer{.section = "capacity_review"};
  const LoadFigures& all = reviews.front().load;
  answer.figures = {{"mean_load", all.mean_per_s, "requests/s"}, {"peak_load", all.peak_per_s, "requests/s"}};
  for (const CapacityReview& review : reviews)
    answer.sentences.push_back(fmt::format("{}: {}", review.option, review.sentence()));
  if (all.peak_to_mean) {
    answer.figures.push_back({"peak_to_mean", *all.peak_to_mean, "×"});
    answer.sentences.push_back(
        fmt::format("The load is {} requests/s on average and {} in the busiest hour, from {}: {} times the mean.",
                    figure(all.mean_per_s, 2), figure(all.peak_per_s, 2), at_hour(load, all.peak_hour),
                    figure(*all.peak_to_mean, 2)));
  }
  answer.table.alignment = "l";
  answer.table.rows.push_back({""});
  const bool has_parts = std::any_of(options.begin(), options.end(),
                                     [](const OptionCapacity& option) { return !option.parts.front().part.empty(); });
  if (has_parts) answer.table.rows.push_back({"part"});
  const std::size_t head = answer.table.rows.size();
  for (const auto& [name, cell] : rows()) answer.table.rows.push_back({name});
  for (std::size_t k = 0; k < reviews.size(); ++k) {
    for (std::size_t i = 0; i < reviews[k].parts.size(); ++i) {
      const Column column{reviews[k], reviews[k].parts[i], options[k].parts[i]};
      answer.table.alignment += 'r';
      answer.table.rows.front().push_back(column.review.option);
      if (has_parts) answer.table.rows[1].push_back(column.part.part.empty() ? "–" : column.part.part);
      for (std::size_t r = 0; r < rows().size(); ++r) answer.table.rows[r + head].push_back(rows()[r].second(column));
    }
  }
  return answer;
}

// By the hour, for charts.
std::vector<Curve> curves(const std::vector<OptionCapacity>& options, const CapacityLoad& load) {
  const std::string x = fmt::format("hours from {}", hour_words(load.start, 0));
  Curve requests{.title = "Load by hour", .x = x, .y = "requests/s"};
  Series arrivals{.name = "requests"};
  for (const core::HourUsage& hour : options.front().usage.hours) {
    arrivals.x.push_back(static_cast<double>(arrivals.x.size()));
    arrivals.y.push_back(static_cast<double>(hour.arrivals) / 3600);
  }
  requests.series.push_back(std::move(arrivals));
  Curve instances{.title = "Instances by hour", .x = x, .y = "instances alive, mean of the hour"};
  for (const OptionCapacity& option : options) {
    for (const ServingFacts& part : option.parts) {
      if (!part.fleet) continue;
      Series alive{.name = part.part.empty() ? option.name : fmt::format("{}, {}", option.name, part.part)};
      for (const core::HourUsage& hour : part.hours) {
        alive.x.push_back(static_cast<double>(alive.x.size()));
        alive.y.push_back(static_cast<double>(hour.alive_instance_ns) / static_cast<double>(core::ns_per_hour));
      }
      instances.series.push_back(std::move(alive));
    }
  }
  std::vector<Curve> drawn{std::move(requests)};
  if (!instances.series.empty()) drawn.push_back(std::move(instances));
  return drawn;
}

class OptionAnswer {
 public:
  OptionAnswer(const CapacityReview& review, const OptionCapacity& option, const CapacityLoad& load)
      : review_{review}, option_{option}, load_{load} {}

  Answer made() {
    answer_.section = "capacity_review";
    answer_.of = review_.option;
    answer_.passes = review_.verdict() != Ready::no_go;
    list();
    for (std::size_t i = 0; i < review_.parts.size(); ++i) {
      prefix_ = review_.parts[i].part.empty() ? "" : review_.parts[i].part + ": ";
      if (review_.parts[i].fleet) fleet(*review_.parts[i].fleet, *option_.parts[i].fleet);
      if (review_.parts[i].ramp) ramp(*review_.parts[i].ramp);
      quotas(review_.parts[i].quotas);
    }
    prefix_.clear();
    errors();
    return std::move(answer_);
  }

 private:
  void say(std::string sentence) { answer_.sentences.push_back(prefix_ + std::move(sentence)); }
  void note(std::string_view name, Quantity value, std::string unit) {
    answer_.figures.push_back({prefix_ + std::string{name}, value, std::move(unit)});
  }

  void list() {
    say(review_.sentence());
    answer_.table = {.alignment = "lllll", .rows = {{"item", "state", "", "figure", "limit"}}};
    for (const ReviewItem& item : review_.items) {
      answer_.table.rows.push_back(
          {item.name, std::string{word_of(item.state)}, item.hard ? "hard" : "soft", item.figure, item.limit});
    }
    for (const ReviewItem& item : review_.items) {
      if (item.state == Ready::no_go) say(fmt::format("{} is no-go: {}.", item.name, item.mend));
    }
    for (const ReviewItem& item : review_.items) {
      if (item.state == Ready::not_known) say(fmt::format("Asked for by {}: {}.", item.name, item.mend));
    }
  }

  void fleet(const FleetFigures& figures, const FleetFacts& facts) {
    note("instances_mean", figures.mean_instances, "instances");
    note("instances_peak", Quantity::whole(figures.peak_instances), "instances");
    note("filled", percent_of(figures.filled), "%");
    note("head_room", percent_of(figures.head_room()), "%");
    if (figures.without_replica.filled) note("without_replica", percent_of(*figures.without_replica.filled), "%");
    if (figures.without_node.filled) note("without_node", percent_of(*figures.without_node.filled), "%");
    if (figures.without_zone && figures.without_zone->filled)
      note("without_zone", percent_of(*figures.without_zone->filled), "%");
    note("instances_to_request", Quantity::whole(figures.nodes_to_request), "instances");
    if (figures.gpus_to_request) note("gpus_to_request", Quantity::whole(*figures.gpus_to_request), "GPUs");
    say(fmt::format("{} instances on average, {} at most, first in the hour from {}.",
                    figure(figures.mean_instances, 1), core::format_count(figures.peak_instances),
                    at_hour(load_, figures.peak_instances_hour)));
    say(
        fmt::format("In its busiest hour, from {}, it serves {} requests at once on {} ready instances, with {} places "
                    "a replica ({}).",
                    at_hour(load_, figures.busiest_hour), figure(figures.at_once, 1), figure(figures.ready_nodes, 1),
                    core::format_count(facts.places), facts.places_are));
    scale(facts);
  }

  void scale(const FleetFacts& facts) {
    std::vector<std::string> parts;
    for (const NamedSpread& part : facts.cold_start) {
      if (part.time.p95_ns > 0) parts.push_back(fmt::format("{} {}", part.name, spread_words(part.time)));
    }
    std::string words = fmt::format("A replica takes {} (p50 / p95) to be ready", spread_words(facts.ready_after));
    if (!parts.empty()) words += fmt::format(": {}", listing(parts));
    if (const std::optional<Spread> time = time_to_scale(facts)) {
      note("time_to_scale_p50", seconds(time->p50_ns), "s");
      note("time_to_scale_p95", seconds(time->p95_ns), "s");
      words += fmt::format("; with the scaler's reaction of {} it is there after {}", spread_words(*facts.reaction),
                           spread_words(*time));
    }
    say(words + ".");
  }

  void ramp(const RampFigures& figures) {
    note("steepest_growth", figures.steepest_per_s, "requests/s");
    std::string words =
        fmt::format("The load grows fastest at {}, by {} requests/s within a minute",
                    hour_words(load_.start, figures.steepest_minute), figure(figures.steepest_per_s, 2));
    if (figures.ordered > 0) {
      words += fmt::format("; at {} it needs {}, and {} ordered {} minutes before",
                           hour_words(load_.start, figures.worst_minute), counted(figures.needed, "replica"),
                           figures.ordered == 1 ? "1 is" : fmt::format("{} are", core::format_count(figures.ordered)),
                           core::format_count(figures.scale_minutes));
      words += figures.keeps_up() ? ": it keeps up" : ": it does not keep up";
    }
    say(words + ".");
  }

  void quotas(const std::vector<QuotaLine>& lines) {
    for (const QuotaLine& line : lines) {
      std::string name = line.what + " to request";
      std::replace(name.begin(), name.end(), ' ', '_');
      note(name, Quantity::whole(line.ask), line.what);
      say(fmt::format("{}: {} in the busiest minute{}; ask for {}.", line.what, core::format_count(line.need),
                      line.limit > 0 ? fmt::format(", {} of the limit of {}", percent_text(*line.used(), 1),
                                                   core::format_count(line.limit))
                                     : "",
                      core::format_count(line.ask)));
    }
  }

  void errors() {
    if (!review_.errors) return;
    const ErrorBudget& budget = *review_.errors;
    note("errors_allowed", budget.allowed, "requests/month");
    note("error_budget_used", percent_of(budget.used), "%");
    note("burn_rate", budget.burn_rate, "×");
    say(
        fmt::format("The availability allows {} requests a month without an answer; the hours simulated had {}, {} of "
                    "that, at a burn rate of {}.",
                    figure(budget.allowed, 0), core::format_count(budget.bad), percent_text(budget.used, 1),
                    figure(budget.burn_rate, 2)));
    if (!review_.worst) return;
    const WorstDrill& worst = *review_.worst;
    if (!worst.days) {
      say("No drill loses a request more than the same time without its fault.");
      return;
    }
    note("worst_drill_used", percent_of(worst.used), "%");
    note("worst_drill_days", *worst.days, "days");
    say(fmt::format(
        "The worst drill, {}, loses {} requests more, {} of a month's budget: {} days of that fault use all "
        "of it.",
        worst.name, core::format_count(worst.lost), percent_text(worst.used, 1), figure(*worst.days, 3)));
  }

  const CapacityReview& review_;
  const OptionCapacity& option_;
  const CapacityLoad& load_;
  std::string prefix_;
  Answer answer_;
};

}  // namespace

std::vector<Answer> capacity_answers(const CapacityRules& rules, const std::vector<OptionCapacity>& options,
                                     const CapacityLoad& load) {
  std::vector<CapacityReview> reviews;
  for (const OptionCapacity& option : options) reviews.push_back(review_capacity(rules, option, load));
  std::vector<Answer> answers{side_by_side(reviews, options, load)};
  answers.front().curves = curves(options, load);
  for (std::size_t k = 0; k < reviews.size(); ++k) answers.push_back(OptionAnswer{reviews[k], options[k], load}.made());
  return answers;
}

}  // namespace decision
