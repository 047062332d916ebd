#include "sim/scenario.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/dynamic_batching/dynamic_batching_reader.hpp"
#include "sim/fleet/fleet_reader.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::TextLoader;

constexpr std::size_t most_parts = 16;

constexpr std::array<std::string_view, 4> kinds{"managed_api", "self_hosted", "custom_model", "mixture"};

BatchingFleetConfig read_batching_fleet(const Section& option, const Section& serving, const InstanceFacts& instance,
                                        const core::traffic::TrafficConfig& traffic, const TextLoader& load_text,
                                        const ModelTransform& transform) {
  BatchingFleetConfig config = read_engine(serving, instance.name, instance.gpus, traffic, load_text, transform);
  const std::int64_t places = config.engine.max_batch * config.replicas_per_instance;
  config.fleet =
      read_fleet(option, {places, serving, "max_batch"}, instance.metering, {.traffic = &traffic}, load_text);
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
  config.engine.class_limits = config.fleet.class_limits;
  // Every request waits for the next iteration of an engine: a class that may not wait would never be served.
  for (std::int64_t& limit : config.engine.class_limits) limit = std::max<std::int64_t>(limit, 1);
  return config;
}

SlotFleetConfig read_slot_fleet(const Section& option, const Section& serving, const InstanceFacts& instance,
                                const core::traffic::TrafficConfig& traffic, const TextLoader& load_text) {
  ServiceModel service = read_service(serving, load_text);
  const std::int64_t slots = serving.integer("slots", {.min = 1, .max = 10'000, .unit = "slots a replica"});
  return {.fleet = read_fleet(option, {slots, serving, "slots"}, instance.metering,
                              {.has_clients = true, .traffic = &traffic}, load_text),
          .service = std::move(service)};
}

// What later releases simulate is refused, not skipped: a limit that is silently ignored makes a bill look safe.
void refuse_unsupported(const Section& option, OptionKind kind, bool has_slots) {
  constexpr std::array<std::string_view, 5> later{"routing", "limits", "retry", "hedging", "patience"};
  // Looked for among the keys, not asked for: what is refused must not be offered to him who mistypes another.
  const std::vector<std::string> keys = option.keys();
  for (const std::string_view key : later) {
    const bool of_clients = key == "retry" || key == "patience";
    const bool is_simulated =
        kind == OptionKind::managed_api ? key != "routing" && key != "patience" : of_clients && has_slots;
    if (!is_simulated && std::find(keys.begin(), keys.end(), key) != keys.end())
      throw option.error(key, fmt::format("'{}'", key), "no such key in this release: it is not simulated yet");
  }
}

OptionConfig read_option(const Section& section, const core::traffic::TrafficConfig& traffic,
                         const TextLoader& load_text, const InstanceLookup& instance_of) {
  const std::string name = section.text("name", {.expected = "the option's name"});
  const auto kind = static_cast<OptionKind>(section.choice("kind", {kinds.begin(), kinds.end()}));
  const bool has_slots = kind != OptionKind::managed_api && section.kind("serving") == Section::Kind::mapping &&
                         !serves_by_iteration(section.section("serving")) &&
                         !serves_in_batches(section.section("serving"));
  refuse_unsupported(section, kind, has_slots);
  if (section.has("assumptions")) {
    for (const std::string& text : section.texts("assumptions"))
      section.assume("assumptions", text, "stated in the scenario");
  }
  if (kind == OptionKind::mixture) {
    throw section.error("kind", "a mixture as a part of another", "managed_api, self_hosted or custom_model");
  }
  if (kind == OptionKind::managed_api) {
    return {.name = name, .kind = kind, .serving = read_managed_api(section, load_text)};
  }
  const Section serving = section.section("serving");
  const InstanceFacts instance = instance_of(section);
  if (serves_by_iteration(serving)) {
    const ModelTransform transform = read_transform(section);
    return {.name = name,
            .kind = kind,
            .accuracy = transform.accuracy,
            .serving = read_batching_fleet(section, serving, instance, traffic, load_text, transform)};
  }
  if (section.has("transform")) {
    throw section.error("transform", "a transform of what was measured",
                        "a model by its card (serving: {model: …}): what it does to latency is simulated, never said");
  }
  if (serves_in_batches(serving)) {
    return {.name = name,
            .kind = kind,
            .serving = read_dynamic_batching(section, serving, instance.metering, traffic, load_text)};
  }
  return {.name = name, .kind = kind, .serving = read_slot_fleet(section, serving, instance, traffic, load_text)};
}

// A schedule goes by the week of the horizon.
void set_calendar(const core::Horizon& horizon, OptionConfig& option) {
  std::visit(
      [&](auto& serving) {
        if constexpr (requires { serving.fleet.autoscaler; }) {
          if (serving.fleet.autoscaler) serving.fleet.autoscaler->horizon_start = horizon.start;
        } else if constexpr (requires { serving.parts; }) {
          for (OptionConfig& part : serving.parts) set_calendar(horizon, part);
        }
      },
      option.serving);
}

// Several ways of serving and the way of a request through them.
OptionConfig read_mixture(const Section& section, const Scenario& scenario, const TextLoader& load_text,
                          const InstanceLookup& instance_of) {
  const std::string name = section.text("name", {.expected = "the option's name"});
  if (section.has("assumptions")) {
    for (const std::string& text : section.texts("assumptions"))
      section.assume("assumptions", text, "stated in the scenario");
  }
  MixtureConfig mixture;
  std::vector<std::string> names;
  section.declare_as("parts", "option");
  for (const Section& part : section.sections("parts")) {
    mixture.parts.push_back(read_option(part, scenario.traffic, load_text, instance_of));
    const std::string& part_name = mixture.parts.back().name;
    if (std::find(names.begin(), names.end(), part_name) != names.end())
      throw part.error("name", fmt::format("'{}' again", part_name), "a name of its own for each part");
    names.push_back(part_name);
  }
  if (names.size() < 2 || names.size() > most_parts) {
    throw section.error("parts", fmt::format("{} of them", names.size()), fmt::format("2 to {}", most_parts));
  }
  mixture.route = read_route(section.section("route"), names, scenario.traffic, scenario.horizon);
  return {.name = name, .kind = OptionKind::mixture, .serving = std::move(mixture)};
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
    const auto kind = static_cast<OptionKind>(option.choice("kind", {kinds.begin(), kinds.end()}));
    scenario.options.push_back(kind == OptionKind::mixture
                                   ? read_mixture(option, scenario, load_text, instance)
                                   : read_option(option, scenario.traffic, load_text, instance));
    set_calendar(scenario.horizon, scenario.options.back());
    scenario.options.back().goes_past_cache = option.has("cache") && !option.boolean("cache");
    const std::string& name = scenario.options.back().name;
    if (!names.insert(name).second)
      throw option.error("name", fmt::format("'{}' again", name), "a name of its own for each option");
  }
  scenario.drills = read_drills(root, scenario);
  return scenario;
}

}  // namespace sim
