#include "sim/scenario.hpp"

#include <array>
#include <chrono>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/fleet/fleet_reader.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::TextLoader;

constexpr std::array<std::string_view, 3> kinds{"managed_api", "self_hosted", "custom_model"};

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
void refuse_unsupported(const Section& option, OptionKind kind) {
  constexpr std::array<std::string_view, 4> later{"routing", "limits", "retry", "hedging"};
  for (const std::string_view key : later) {
    const bool is_simulated = kind == OptionKind::managed_api && key != "routing";
    if (!is_simulated && option.has(key))
      throw option.error(key, fmt::format("'{}'", key), "no such key in this release: it is not simulated yet");
  }
}

OptionConfig read_option(const Section& section, const core::traffic::TrafficConfig& traffic,
                         const TextLoader& load_text, const InstanceLookup& instance_of) {
  const std::string name = section.text("name", {.expected = "the option's name"});
  const auto kind = static_cast<OptionKind>(section.choice("kind", {kinds.begin(), kinds.end()}));
  refuse_unsupported(section, kind);
  if (section.has("assumptions")) {
    for (const std::string& text : section.texts("assumptions"))
      section.assume("assumptions", text, "stated in the scenario");
  }
  if (kind == OptionKind::managed_api) {
    return {.name = name, .kind = kind, .serving = read_managed_api(section, load_text)};
  }
  const Section serving = section.section("serving");
  const InstanceFacts instance = instance_of(section);
  if (serves_by_iteration(serving)) {
    return {.name = name, .kind = kind, .serving = read_batching_fleet(section, serving, instance, traffic, load_text)};
  }
  return {.name = name, .kind = kind, .serving = read_slot_fleet(section, serving, instance, load_text)};
}

// A schedule goes by the week of the horizon.
void set_calendar(const core::Horizon& horizon, OptionConfig& option) {
  std::visit(
      [&](auto& serving) {
        if constexpr (requires { serving.fleet.autoscaler; }) {
          if (serving.fleet.autoscaler) serving.fleet.autoscaler->horizon_start = horizon.start;
        }
      },
      option.serving);
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
    set_calendar(scenario.horizon, scenario.options.back());
    const std::string& name = scenario.options.back().name;
    if (!names.insert(name).second)
      throw option.error("name", fmt::format("'{}' again", name), "a name of its own for each option");
  }
  scenario.drills = read_drills(root, scenario);
  return scenario;
}

}  // namespace sim
