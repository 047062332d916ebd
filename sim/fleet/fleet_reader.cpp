#include "sim/fleet/fleet_reader.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/api/api_reader.hpp"
#include "sim/fleet/spot/spot_reader.hpp"
#include "sim/serving/latency_reader.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

namespace {

// {p50, p95} stands for a lognormal of them.
Latency read_time(const Section& parent, std::string_view key, const core::traffic::TextLoader& load_text) {
  const Section section = parent.section(key);
  if (!section.has("p50")) return read_latency(parent, key, load_text);
  constexpr core::DurationRule rule{.min = 1ns, .max = 24h};
  const core::Duration p50 = section.duration("p50", rule);
  const core::Duration p95 = section.duration("p95", rule);
  if (p95 < p50) {
    throw section.error("p95", core::config_duration(p95),
                        fmt::format("at least the p50 of {}", core::config_duration(p50)));
  }
  parent.assume(key, fmt::format("lognormal, p50 {}, p95 {}", core::config_duration(p50), core::config_duration(p95)),
                "a distribution, typed in, not measured");
  return {.table = core::QuantileTable::lognormal(static_cast<double>(p50.count()), static_cast<double>(p95.count()))};
}

ColdStartPart read_part(const Section& section, std::string_view key, const core::traffic::TextLoader& load_text) {
  section.declare_as(key, "start_up_time");
  if (section.kind(key) != Section::Kind::mapping) return section.duration(key, {.min = 0ns, .max = 24h});
  return ColdStartPart{std::make_shared<const Latency>(read_time(section, key, load_text))};
}

ColdStart read_cold_start(const Section& option, const core::traffic::TextLoader& load_text) {
  const auto section = option.optional_section("cold_start");
  if (!section)
    throw option.error("cold_start", "nothing",
                       "{provision: …, image: …, weights: {size: …, bandwidth: …}, warmup: …}");
  constexpr core::DurationRule part{.min = 0ns, .max = 24h};
  ColdStart cold;
  cold.provision = read_part(*section, "provision", load_text);
  cold.image = read_part(*section, "image", load_text);
  cold.warmup = read_part(*section, "warmup", load_text);
  if (section->kind("weights") == Section::Kind::scalar) {
    cold.weights = read_part(*section, "weights", load_text);
  } else if (const auto weights = section->optional_section("weights")) {
    if (!weights->has("size") && !weights->has("bandwidth")) {
      cold.weights = read_part(*section, "weights", load_text);
      return cold;
    }
    const std::int64_t bytes = weights->bytes("size");
    const std::int64_t per_second = weights->bytes_per_second("bandwidth");
    // Wide: the product overflows 64 bits from 9.2 GB on, and so does the quotient of a slip.
    const core::Int128 ns = core::Int128{bytes} * core::ns_per_second / per_second;
    constexpr core::Int128 longest_ns = core::to_ns(part.max);
    if (ns > longest_ns) {
      throw weights->error("bandwidth",
                           fmt::format("{} at {}/s", core::config_bytes(bytes), core::config_bytes(per_second)),
                           "weights that are loaded within a day");
    }
    cold.weights = core::Duration{static_cast<std::int64_t>(ns)};
  } else {
    section->assume("weights", "0 s", "no weights to load");
  }
  return cold;
}

NodeConfig read_nodes(const Section& section) {
  constexpr std::string_view karpenter = "Karpenter's default";
  NodeConfig nodes;
  nodes.replicas_per_node =
      section.integer("replicas_per_node",
                      {.min = 1, .max = 10'000, .unit = "replicas", .fallback = 1, .why = "a node for each replica"});
  if (section.has("quota")) {
    nodes.quota = section.integer("quota", {.min = 1, .max = 1'000'000, .unit = "nodes in the region"});
  } else {
    section.assume("quota", "none", "the region has as many nodes as are wanted");
  }
  nodes.consolidate_after =
      section.duration("consolidate_after", {.min = 0s, .max = 24h, .fallback = 0s, .why = karpenter});
  nodes.consolidates_underused = section.choice("consolidate", {"underused", "empty"}, 0, karpenter) == 0;
  nodes.batch_idle = section.duration("batch_idle", {.min = 0s, .max = 1h, .fallback = 1s, .why = karpenter});
  nodes.batch_max = section.duration("batch_max", {.min = 0s, .max = 1h, .fallback = 10s, .why = karpenter});
  if (nodes.batch_max < nodes.batch_idle) {
    throw section.error("batch_max", core::config_duration(nodes.batch_max),
                        fmt::format("at least the batch_idle of {}", core::config_duration(nodes.batch_idle)));
  }
  if (section.has("zones")) {
    nodes.zones = section.texts("zones");
    for (auto zone = nodes.zones.begin(); zone != nodes.zones.end(); ++zone) {
      if (std::find(nodes.zones.begin(), zone, *zone) != zone)
        throw section.error("zones", fmt::format("'{}' again", *zone), "a name of its own for each zone");
    }
    if (nodes.zones.empty()) throw section.error("zones", "no zone", "the zones that nodes on demand are spread over");
  }
  return nodes;
}

void read_queue(const Section& queue, const FleetAbilities& abilities, FleetConfig& fleet) {
  fleet.queue_limit = queue.integer("limit", {.min = 0, .max = 100'000'000, .unit = "waiting requests"});
  if (abilities.traffic == nullptr || !queue.has("shed")) return;
  const std::vector<std::string> order = queue.texts("shed");
  const std::vector<core::traffic::TrafficClass>& classes = abilities.traffic->classes;
  fleet.class_limits.assign(std::max<std::size_t>(classes.size(), 1), fleet.queue_limit);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto found =
        std::find_if(classes.begin(), classes.end(), [&](const auto& one) { return one.name == order[i]; });
    if (found == classes.end() || std::count(order.begin(), order.end(), order[i]) > 1) {
      std::string names;
      for (const core::traffic::TrafficClass& one : classes) names += (names.empty() ? "" : ", ") + one.name;
      throw queue.error("shed", fmt::format("'{}'", order[i]),
                        classes.empty() ? "classes of the traffic, which has none"
                                        : fmt::format("classes of the traffic ({}), each once", names));
    }
    const auto part = static_cast<std::int64_t>(i) + 1;
    fleet.class_limits[static_cast<std::size_t>(found - classes.begin())] =
        fleet.queue_limit * part / static_cast<std::int64_t>(order.size());
  }
}

}  // namespace

// Instances, and the autoscaler or the number of them.
FleetConfig read_fleet(const Section& option, const Slots& slots, const core::MeteringRule& metering,
                       const FleetAbilities& abilities, const core::traffic::TextLoader& load_text) {
  FleetConfig fleet;
  fleet.slots_per_replica = slots.count;
  fleet.metering = metering;
  fleet.timeout = read_timeout(option);
  if (const auto queue = option.optional_section("queue")) {
    read_queue(*queue, abilities, fleet);
  } else {
    option.assume("queue.limit", "none", "requests wait, however many there are");
  }

  if (abilities.has_clients) {
    if (option.has("patience")) {
      fleet.patience = std::make_shared<const Latency>(option.kind("patience") == Section::Kind::mapping
                                                           ? read_time(option, "patience", load_text)
                                                           : read_latency(option, "patience", load_text));
    }
    if (const auto retry = option.optional_section("retry")) fleet.retry = read_retry(*retry);
  }
  if (const auto nodes = option.optional_section("nodes")) fleet.nodes = read_nodes(*nodes);
  fleet.spot = read_spot(option, load_text);

  option.declare_as("autoscaler", "autoscaler");
  const auto autoscaler = option.optional_section("autoscaler");
  if (autoscaler && option.has("replicas")) {
    throw option.error("replicas", "both replicas and an autoscaler", "one of them");
  }
  if (!autoscaler && !option.has("replicas")) {
    throw option.error("replicas", "neither replicas nor an autoscaler" + slip(option, {"replicas", "autoscaler"}),
                       "one of them");
  }
  if (autoscaler) {
    fleet.autoscaler = read_autoscaler(*autoscaler);
    autoscaler->declare_relative("initial");
    fleet.initial_replicas = autoscaler->integer("initial", {.min = fleet.autoscaler->min_replicas,
                                                             .max = fleet.autoscaler->max_replicas,
                                                             .unit = "replicas",
                                                             .fallback = fleet.autoscaler->min_replicas,
                                                             .why = "the fleet begins at its minimum"});
    fleet.cold_start = read_cold_start(option, load_text);
  } else {
    fleet.initial_replicas = option.integer("replicas", {.min = 1, .max = 100'000, .unit = "replicas"});
    // One that nothing befalls starts none during the horizon.
    if (fleet.spot || option.has("cold_start")) fleet.cold_start = read_cold_start(option, load_text);
  }
  constexpr std::int64_t most_slots = 1 << 24;
  const std::int64_t replicas = fleet.autoscaler ? fleet.autoscaler->max_replicas : fleet.initial_replicas;
  if (replicas * fleet.slots_per_replica > most_slots) {
    throw slots.section.error(
        slots.key,
        fmt::format("{} slots on each of {} replicas", core::config_integer(fleet.slots_per_replica),
                    core::config_integer(replicas)),
        fmt::format("at most {} slots in all", core::config_integer(most_slots)));
  }
  return fleet;
}

}  // namespace sim
