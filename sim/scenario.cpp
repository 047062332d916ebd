#include "sim/scenario.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/serving/latency_reader.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::TextLoader;

constexpr std::array<std::string_view, 3> kinds{"managed_api", "self_hosted", "custom_model"};

CacheConfig read_cache(const Section& section) {
  section.choice("kind", {"exact"});
  CacheConfig cache;
  cache.entries = static_cast<std::uint32_t>(section.integer("entries", {.min = 1, .max = 1 << 28, .unit = "entries"}));
  cache.ttl = section.duration("ttl", {.min = 1ns, .max = 24h * 3'660});
  cache.hit_latency = section.duration(
      "hit_latency", {.min = 0ns, .max = 1h, .fallback = 5ms, .why = "one look-up in a cache of the same zone"});
  const Section popularity = section.section("popularity");
  cache.zipf_exponent = popularity.number("zipf", {.min = 0, .max = 20});
  cache.keys = static_cast<std::uint32_t>(popularity.integer("keys", {.min = 1, .max = 1'000'000'000, .unit = "keys"}));
  return cache;
}

core::Duration read_timeout(const Section& option) {
  if (option.has("timeout")) return option.duration("timeout", {.min = 1ns, .max = 24h});
  option.assume("timeout", "none", "clients wait for their answer however long it takes");
  return no_timeout;
}

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

AutoscalerConfig read_autoscaler(const Section& section) {
  section.choice("kind", {"hpa"});
  AutoscalerConfig config;
  constexpr std::string_view kubernetes = "Kubernetes default";
  config.metric =
      static_cast<ScalingMetric>(section.choice("metric", {"concurrency", "utilization", "requests_per_second"}));
  if (config.metric == ScalingMetric::utilization) {
    config.target = 100 * section.share("target", {.min = 0.01, .max = 1});
  } else {
    config.target = section.number("target", {.min = 1e-6, .max = 1e9});
  }
  config.max_replicas = section.integer("max", {.min = 1, .max = 100'000, .unit = "replicas"});
  config.min_replicas = section.integer(
      "min", {.min = 1, .max = config.max_replicas, .unit = "replicas", .fallback = 1, .why = kubernetes});
  config.tolerance = section.number("tolerance", {.min = 0, .max = 1, .fallback = config.tolerance, .why = kubernetes});
  config.sync_period =
      section.duration("sync_period", {.min = 1s, .max = 1h, .fallback = config.sync_period, .why = kubernetes});
  config.scale_down_stabilization =
      section.duration("scale_down_stabilization",
                       {.min = 0s, .max = 1h, .fallback = config.scale_down_stabilization, .why = kubernetes});
  config.scale_up_stabilization = section.duration(
      "scale_up_stabilization", {.min = 0s, .max = 1h, .fallback = config.scale_up_stabilization, .why = kubernetes});
  config.scale_up_replicas = section.integer(
      "scale_up_replicas",
      {.min = 0, .max = 100'000, .unit = "replicas a period", .fallback = config.scale_up_replicas, .why = kubernetes});
  config.scale_up_share =
      section.share("scale_up_share", {.min = 0, .max = 1'000, .fallback = config.scale_up_share, .why = kubernetes});
  config.policy_period =
      section.duration("policy_period", {.min = 1s, .max = 30min, .fallback = config.policy_period, .why = kubernetes});
  config.metric_delay = section.duration(
      "metric_delay", {.min = 0s, .max = 1h, .fallback = 15s, .why = "metrics are scraped every 15 s"});
  return config;
}

PacedLatency read_paced(const Section& section, const TextLoader& load_text) {
  return {.first_token = read_latency(section, "time_to_first_token", load_text),
          .per_output_token = read_latency(section, "per_output_token", load_text)};
}

// " (is 'replica' meant?)" when a key that stands there looks like one of those that are missing.
std::string slip(const Section& section, std::initializer_list<std::string_view> missing) {
  for (const std::string_view key : missing) {
    if (const auto near = core::nearest(key, section.keys())) return fmt::format(" (is '{}' meant?)", *near);
  }
  return "";
}

ServiceModel read_service(const Section& serving, const TextLoader& load_text) {
  constexpr std::string_view expected =
      "a model, a profile, the latency of whole answers (histogram), or time_to_first_token and per_output_token";
  const bool has_whole = serving.has("histogram");
  const bool has_pace = serving.has("per_output_token");
  if (has_whole && has_pace) throw serving.error("per_output_token", "both a histogram and a pace", expected);
  if (!has_whole && !has_pace) {
    throw serving.error("histogram", "nothing" + slip(serving, {"histogram", "per_output_token", "model", "profile"}),
                        expected);
  }
  if (has_pace) return ServiceModel{read_paced(serving, load_text)};
  WholeLatency model{.whole = read_latency(serving, "histogram", load_text), .first_token = std::nullopt};
  if (serving.has("time_to_first_token")) model.first_token = read_latency(serving, "time_to_first_token", load_text);
  return ServiceModel{std::move(model)};
}

// Places for requests on one instance, and the key that says so.
struct Slots {
  std::int64_t count;
  const Section& section;
  std::string_view key;
};

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

BatchingFleetConfig read_batching_fleet(const Section& option, const Section& serving, const InstanceFacts& instance,
                                        const core::traffic::TrafficConfig& traffic, const TextLoader& load_text) {
  BatchingFleetConfig config = read_engine(serving, instance.name, instance.gpus, traffic, load_text);
  const std::int64_t places = config.engine.max_batch * config.replicas_per_instance;
  config.fleet = read_fleet(option, {places, serving, "max_batch"}, instance.metering);
  if (config.fleet.queue_limit == 0) {
    throw option.section("queue").error("limit", "0",
                                        "at least 1: every request waits for the next iteration of an engine");
  }
  // Some kilobytes for each, busy or not.
  constexpr std::int64_t most_engines = 100'000;
  const std::int64_t instances =
      config.fleet.autoscaler ? config.fleet.autoscaler->max_replicas : config.fleet.initial_replicas;
  if (instances * config.replicas_per_instance > most_engines) {
    throw serving.error(
        "replicas_per_instance",
        fmt::format("{} engines on each of {} replicas", core::config_integer(config.replicas_per_instance),
                    core::config_integer(instances)),
        fmt::format("at most {} engines in all", core::config_integer(most_engines)));
  }
  config.engine.timeout = config.fleet.timeout;
  config.engine.queue_limit = config.fleet.queue_limit;
  return config;
}

SlotFleetConfig read_slot_fleet(const Section& option, const Section& serving, const InstanceFacts& instance,
                                const TextLoader& load_text) {
  ServiceModel service = read_service(serving, load_text);
  const std::int64_t slots = serving.integer("slots", {.min = 1, .max = 10'000, .unit = "slots a replica"});
  return {.fleet = read_fleet(option, {slots, serving, "slots"}, instance.metering), .service = std::move(service)};
}

// What later releases simulate is refused, not skipped: a limit that is silently ignored makes a bill look safe.
void refuse_unsupported(const Section& option) {
  constexpr std::array<std::string_view, 4> later{"limits", "retry", "hedging", "routing"};
  for (const std::string_view key : later) {
    if (option.has(key))
      throw option.error(key, fmt::format("'{}'", key), "no such key in this release: it is not simulated yet");
  }
}

OptionConfig read_option(const Section& section, const core::traffic::TrafficConfig& traffic,
                         const TextLoader& load_text, const InstanceLookup& instance_of) {
  const std::string name = section.text("name", {.expected = "the option's name"});
  refuse_unsupported(section);
  const auto kind = static_cast<OptionKind>(section.choice("kind", {kinds.begin(), kinds.end()}));
  if (section.has("assumptions")) {
    for (const std::string& text : section.texts("assumptions"))
      section.assume("assumptions", text, "stated in the scenario");
  }
  if (kind == OptionKind::managed_api) {
    ManagedApiConfig api{.latency = read_paced(section.section("latency"), load_text),
                         .timeout = read_timeout(section)};
    return {.name = name, .kind = kind, .serving = std::move(api)};
  }
  const Section serving = section.section("serving");
  const InstanceFacts instance = instance_of(section);
  if (serves_by_iteration(serving)) {
    return {.name = name, .kind = kind, .serving = read_batching_fleet(section, serving, instance, traffic, load_text)};
  }
  return {.name = name, .kind = kind, .serving = read_slot_fleet(section, serving, instance, load_text)};
}

}  // namespace

core::Horizon read_horizon(const core::Section& section, std::optional<int> months) {
  const core::Date start = section.date("start");
  const bool average =
      section.choice("calendar", {"actual", "730"}, 0, "the real calendar; 730 h is its average month") == 1;
  const bool has_months = section.has("months");
  const bool has_days = section.has("days");
  const bool has_hours = section.has("hours");
  if (int{has_months} + int{has_days} + int{has_hours} > 1) {
    throw section.error(has_hours ? "hours" : "days", "more than one length", "one of months, days and hours");
  }
  // Ten years: longer plans are not simulated, they are guessed.
  if (has_days || has_hours) {
    const std::int64_t hours = has_days ? 24 * section.integer("days", {.min = 1, .max = 3'660, .unit = "days"})
                                        : section.integer("hours", {.min = 1, .max = 87'840, .unit = "hours"});
    if (!months) return core::Horizon::hours(start, static_cast<std::int32_t>(hours));
  }
  std::int64_t count = 1;
  if (has_months || !(has_days || has_hours)) {
    count = section.integer("months", {.min = 1, .max = 120, .unit = "months", .fallback = 1, .why = "one bill"});
  }
  const int wanted = months.value_or(static_cast<int>(count));
  return average ? core::Horizon::average_months(start, wanted) : core::Horizon::months(start, wanted);
}

std::string_view name_of(OptionKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

Scenario read_scenario(const Section& root, const TextLoader& load_text, const InstanceLookup& instance,
                       std::optional<int> months) {
  Scenario scenario;
  scenario.name = root.text("scenario", {.expected = "the scenario's name"});
  scenario.horizon = read_horizon(root.section("horizon"), months);
  scenario.traffic = core::traffic::read_traffic(root.section("traffic"), load_text);
  if (const auto cache = root.optional_section("cache")) scenario.cache = read_cache(*cache);
  std::set<std::string> names;
  for (const Section& option : root.sections("options")) {
    scenario.options.push_back(read_option(option, scenario.traffic, load_text, instance));
    const std::string& name = scenario.options.back().name;
    if (!names.insert(name).second)
      throw option.error("name", fmt::format("'{}' again", name), "a name of its own for each option");
  }
  return scenario;
}

}  // namespace sim
