#include "sim/fleet/fleet_reader.hpp"

#include <chrono>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

namespace {

ColdStart read_cold_start(const Section& option) {
  const auto section = option.optional_section("cold_start");
  if (!section)
    throw option.error("cold_start", "nothing",
                       "{provision: …, image: …, weights: {size: …, bandwidth: …}, warmup: …}");
  constexpr core::DurationRule part{.min = 0ns, .max = 24h};
  ColdStart cold;
  cold.provision = section->duration("provision", part);
  cold.image = section->duration("image", part);
  cold.warmup = section->duration("warmup", part);
  if (const auto weights = section->optional_section("weights")) {
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

}  // namespace

// Instances, and the autoscaler or the number of them.
FleetConfig read_fleet(const Section& option, const Slots& slots, const core::MeteringRule& metering) {
  FleetConfig fleet;
  fleet.slots_per_replica = slots.count;
  fleet.metering = metering;
  fleet.timeout = read_timeout(option);
  if (const auto queue = option.optional_section("queue")) {
    fleet.queue_limit = queue->integer("limit", {.min = 0, .max = 100'000'000, .unit = "waiting requests"});
  } else {
    option.assume("queue.limit", "none", "requests wait, however many there are");
  }

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
    fleet.initial_replicas = autoscaler->integer("initial", {.min = fleet.autoscaler->min_replicas,
                                                             .max = fleet.autoscaler->max_replicas,
                                                             .unit = "replicas",
                                                             .fallback = fleet.autoscaler->min_replicas,
                                                             .why = "the fleet begins at its minimum"});
    fleet.cold_start = read_cold_start(option);
  } else {
    fleet.initial_replicas = option.integer("replicas", {.min = 1, .max = 100'000, .unit = "replicas"});
    if (option.has("cold_start")) read_cold_start(option);  // checked; a fixed fleet starts none during the horizon
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
