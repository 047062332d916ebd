#include "decision/capacity_figures.hpp"

#include <algorithm>

#include "core/time.hpp"
#include "decision/exact.hpp"

namespace decision {
namespace {

using core::HourUsage;
using core::Int128;
using core::Quantity;

constexpr std::int64_t seconds_per_hour = 3600;

// The first of the hours that have most of something.
template <class Amount>
std::int32_t busiest(const std::vector<HourUsage>& hours, Amount amount) {
  const auto most = std::max_element(hours.begin(), hours.end(),
                                     [&](const HourUsage& a, const HourUsage& b) { return amount(a) < amount(b); });
  return static_cast<std::int32_t>(most - hours.begin());
}

std::int64_t reached(const HourUsage& hour) { return hour.arrivals - hour.cache_hits; }

template <class Amount>
Int128 sum(const std::vector<HourUsage>& hours, Amount amount) {
  Int128 total = 0;
  for (const HourUsage& hour : hours) total += amount(hour);
  return total;
}

// ⌈a ÷ b⌉ of whole numbers from 0 on, b above 0.
std::int64_t whole_up(Int128 a, Int128 b) { return static_cast<std::int64_t>((a + b - 1) / b); }

// busy ÷ (nodes ready × places of a node): the hour's time of places over that which is there. `lost`: numerator and
// denominator of the nodes that are taken away.
Loss filled_without(const HourUsage& hour, Int128 places_of_node, Int128 lost_ns) {
  const Int128 left_ns = hour.ready_instance_ns - lost_ns;
  if (left_ns <= 0) return {};
  return {Quantity::ratio(hour.busy_slot_ns, left_ns * places_of_node)};
}

}  // namespace

LoadFigures load_of(const std::vector<HourUsage>& hours) {
  LoadFigures load;
  load.peak_hour = busiest(hours, [](const HourUsage& hour) { return hour.arrivals; });
  const Int128 total = sum(hours, [](const HourUsage& hour) { return hour.arrivals; });
  const auto count = static_cast<Int128>(hours.size());
  const std::int64_t peak = hours[static_cast<std::size_t>(load.peak_hour)].arrivals;
  load.mean_per_s = Quantity::ratio(total, count * seconds_per_hour);
  load.peak_per_s = Quantity::ratio(peak, seconds_per_hour);
  if (total > 0) load.peak_to_mean = Quantity::ratio(Int128{peak} * count, total);
  return load;
}

Quantity FleetFigures::head_room() const { return Quantity::whole(1) - filled_at_most; }

FleetFigures fleet_figures(const FleetFacts& facts, const std::vector<HourUsage>& hours, std::int64_t spares,
                           Quantity surge) {
  FleetFigures figures;
  const auto count = static_cast<Int128>(hours.size());
  figures.mean_instances = Quantity::ratio(sum(hours, [](const HourUsage& hour) { return hour.alive_instance_ns; }),
                                           count * core::ns_per_hour);
  figures.peak_instances_hour = busiest(hours, [](const HourUsage& hour) { return hour.peak_instances; });
  figures.peak_instances = hours[static_cast<std::size_t>(figures.peak_instances_hour)].peak_instances;

  figures.busiest_hour = busiest(hours, [](const HourUsage& hour) { return hour.busy_slot_ns; });
  const HourUsage& hour = hours[static_cast<std::size_t>(figures.busiest_hour)];
  const Int128 per_node = facts.replicas_per_node;
  const Int128 places_of_node = per_node * facts.places;
  figures.at_once = Quantity::ratio(hour.busy_slot_ns, core::ns_per_hour);
  figures.ready_nodes = Quantity::ratio(hour.ready_instance_ns, core::ns_per_hour);
  figures.filled = filled_without(hour, places_of_node, 0).filled.value_or(Quantity{});
  figures.most_replicas = facts.max_replicas;
  if (facts.quota) figures.most_replicas = std::min(figures.most_replicas, *facts.quota * facts.replicas_per_node);
  const Int128 most_places = Int128{figures.most_replicas} * facts.places;
  if (most_places > 0) figures.filled_at_most = Quantity::ratio(hour.busy_slot_ns, most_places * core::ns_per_hour);

  figures.without_replica = filled_without(hour, places_of_node, Int128{spares} * core::ns_per_hour / per_node);
  figures.without_node = filled_without(hour, places_of_node, Int128{spares} * core::ns_per_hour);
  if (facts.zones > 0)
    figures.without_zone = filled_without(hour, places_of_node, hour.ready_instance_ns / facts.zones);

  constexpr Int128 one = Quantity::whole(1).count();
  figures.nodes_to_request = figures.peak_instances + whole_up(spares, per_node) +
                             whole_up(Int128{figures.peak_instances} * surge.count(), one);
  if (facts.gpus_per_node) figures.gpus_to_request = figures.nodes_to_request * *facts.gpus_per_node;
  return figures;
}

std::optional<Quantity> QuotaLine::used() const {
  if (limit <= 0) return std::nullopt;
  return Quantity::ratio(need, limit);
}

std::vector<QuotaLine> api_figures(const ApiFacts& facts, const std::vector<HourUsage>& hours, Quantity margin) {
  const HourUsage& hour = hours[static_cast<std::size_t>(busiest(hours, reached))];
  const std::int64_t requests = reached(hour);
  if (requests <= 0) return {};
  const std::int64_t minute = facts.peak_requests_per_minute.value_or(whole_up(requests, 60));
  const Int128 one = Quantity::whole(1).count();
  std::vector<QuotaLine> lines;
  const auto add = [&](std::string what, std::int64_t need, std::int64_t limit) {
    lines.push_back({std::move(what), need, limit, whole_up(Int128{need} * (one + margin.count()), one)});
  };
  add("requests a minute", minute, facts.requests_per_minute);
  // Tokens of what was processed, over the requests that were: those turned away have none.
  const std::int64_t processed = std::max<std::int64_t>(std::min(requests, hour.served), 1);
  const auto tokens = [&](std::int64_t in_hour) { return whole_up(Int128{in_hour} * minute, processed); };
  add("input tokens a minute", tokens(hour.input_tokens), facts.input_tokens_per_minute);
  add("output tokens a minute", tokens(hour.output_tokens), facts.output_tokens_per_minute);
  add("tokens a minute", tokens(hour.input_tokens + hour.output_tokens), facts.tokens_per_minute);
  return lines;
}

RampFigures ramp_of(const FleetFacts& facts, const std::vector<HourUsage>& hours,
                    const std::vector<std::int64_t>& millis_by_minute) {
  RampFigures ramp;
  std::int64_t steepest = 0;
  for (std::size_t i = 1; i < millis_by_minute.size(); ++i) {
    const std::int64_t growth = millis_by_minute[i] - millis_by_minute[i - 1];
    if (growth <= steepest) continue;
    steepest = growth;
    ramp.steepest_minute = static_cast<std::int64_t>(i);
  }
  ramp.steepest_per_s = Quantity::ratio(steepest, 60'000);
  const Int128 arrivals = sum(hours, [](const HourUsage& hour) { return hour.arrivals; });
  const Int128 busy_ns = sum(hours, [](const HourUsage& hour) { return hour.busy_slot_ns; });
  if (!facts.reaction || !facts.aim_millis || *facts.aim_millis <= 0 || arrivals <= 0) return ramp;

  std::int64_t most = facts.max_replicas;
  if (facts.quota) most = std::min(most, *facts.quota * facts.replicas_per_node);
  ramp.scale_minutes = whole_up(Int128{facts.reaction->p95_ns} + facts.ready_after.p95_ns, core::ns_per_minute);
  // Requests at once in a minute: its requests × the time of places that each of all arrivals took ÷ a minute; a
  // replica for each `unit` of them, in thousandths.
  const auto replicas = [&](std::int64_t millis, std::int64_t unit_millis) {
    return whole_up(Int128{millis} * busy_ns, arrivals * core::ns_per_minute * unit_millis);
  };
  // The worst minute is the one with the largest needed ÷ ordered.
  for (std::size_t i = 0; i < millis_by_minute.size(); ++i) {
    const std::size_t then = i + static_cast<std::size_t>(ramp.scale_minutes);
    if (then >= millis_by_minute.size()) break;
    const std::int64_t wanted = replicas(millis_by_minute[i], *facts.aim_millis);
    const std::int64_t ordered = std::max(std::min(std::max(wanted, facts.min_replicas), most), std::int64_t{1});
    const std::int64_t needed = replicas(millis_by_minute[then], facts.places * 1000);
    if (ramp.ordered > 0 && Int128{needed} * ramp.ordered <= Int128{ramp.needed} * ordered) continue;
    ramp.worst_minute = static_cast<std::int64_t>(then);
    ramp.needed = needed;
    ramp.ordered = ordered;
  }
  return ramp;
}

std::optional<ErrorBudget> budget_of_errors(const core::Usage& usage, std::int64_t needed_ppb, std::int64_t days) {
  std::int64_t arrivals = 0;
  for (const std::int64_t count : usage.outcomes) arrivals += count;
  const std::int64_t decided = arrivals - usage.count(core::Outcome::in_flight);
  if (decided <= 0 || usage.hours.empty()) return std::nullopt;
  constexpr Int128 billion = 1'000'000'000;
  const Int128 allowed_ppb = billion - needed_ppb;
  const auto hours = static_cast<Int128>(usage.hours.size());
  ErrorBudget budget;
  budget.bad = decided - usage.count(core::Outcome::cache_hit) - usage.count(core::Outcome::served);
  // Requests a month = decided ÷ hours × 24 × days.
  const Int128 month = Int128{decided} * 24 * days * allowed_ppb;
  budget.allowed = Quantity::ratio(month, hours * billion);
  if (month > 0) {
    budget.used = Quantity::ratio(Int128{budget.bad} * hours * billion, month);
    budget.burn_rate = Quantity::ratio(Int128{budget.bad} * billion, Int128{decided} * allowed_ppb);
  }
  return budget;
}

}  // namespace decision
