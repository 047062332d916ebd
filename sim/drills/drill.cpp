#include "sim/drills/drill.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/format.hpp"
#include "core/timeline.hpp"
#include "core/units.hpp"
#include "sim/scenario.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;
using core::Section;

// The names of a Fault's kinds, in their order.
std::vector<std::string_view> fault_names() {
  std::vector<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(FaultKind::rollback); ++kind) {
    names.push_back(name_of(static_cast<FaultKind>(kind)));
  }
  return names;
}

std::optional<int> two_digits(std::string_view text) {
  int value = 0;
  const auto [end, flaw] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (flaw != std::errc{} || end != text.data() + text.size() || text.size() != 2) return std::nullopt;
  return value;
}

// "2026-12-01T18:00" or a time since the start of the horizon.
std::int64_t read_moment(const Section& drill, const core::Horizon& horizon) {
  constexpr std::string_view expected = "a time such as 2026-12-01T18:00, or one since the start of the horizon as 18h";
  const std::string text = drill.text("at", {.expected = expected});
  std::int64_t at_ns = 0;
  if (const std::size_t t = text.find('T'); t != std::string::npos) {
    const std::string_view clock = std::string_view{text}.substr(t + 1);
    const auto hour = clock.size() == 5 && clock[2] == ':' ? two_digits(clock.substr(0, 2)) : std::nullopt;
    const auto minute = hour ? two_digits(clock.substr(3)) : std::nullopt;
    if (!minute || *hour > 23 || *minute > 59) throw drill.error("at", fmt::format("'{}'", text), expected);
    try {
      const core::Date date = core::parse_date(text.substr(0, t));
      at_ns = core::to_ns((date - horizon.start) + std::chrono::hours{*hour} + std::chrono::minutes{*minute});
    } catch (const std::invalid_argument&) { throw drill.error("at", fmt::format("'{}'", text), expected); }
  } else {
    const auto since = core::parse_duration(text);
    if (!since) throw drill.error("at", fmt::format("'{}'{}", text, core::clause(since.flaw)), expected);
    at_ns = core::to_ns(since.value);
  }
  const std::int64_t length_ns = core::to_ns(horizon.length());
  if (at_ns < 0 || at_ns >= length_ns) {
    throw drill.error("at", fmt::format("'{}'", text),
                      fmt::format("a time within the horizon, {} {} from {}", horizon.hour_count(),
                                  horizon.hour_count() == 1 ? "hour" : "hours", core::format_date(horizon.start)));
  }
  return at_ns;
}

// Null: nobody's instances.
const FleetConfig* fleet_of(const OptionConfig& option) {
  return std::visit(
      [](const auto& serving) -> const FleetConfig* {
        if constexpr (requires { serving.fleet; }) return &serving.fleet;
        else return nullptr;
      },
      option.serving);
}

bool has_zone(const FleetConfig& fleet, const std::string& zone) {
  const auto& nodes = fleet.nodes.zones;
  if (std::find(nodes.begin(), nodes.end(), zone) != nodes.end()) return true;
  if (!fleet.spot) return false;
  return std::any_of(fleet.spot->zones.begin(), fleet.spot->zones.end(),
                     [&](const SpotZone& spot) { return spot.name == zone; });
}

bool can_suffer(const OptionConfig& option, const Fault& fault, const std::string& part) {
  if (const auto* const mixture = std::get_if<MixtureConfig>(&option.serving)) {
    return std::any_of(mixture->parts.begin(), mixture->parts.end(), [&](const OptionConfig& p) {
      return (part.empty() || p.name == part) && can_suffer(p, fault, "");
    });
  }
  if (!part.empty()) return false;
  const FleetConfig* const fleet = fleet_of(option);
  switch (fault.kind) {
    case FaultKind::surge:
    case FaultKind::slow_dependency:
    case FaultKind::cold_cache:
      return true;
    case FaultKind::vendor_outage:
      return std::holds_alternative<ManagedApiConfig>(option.serving);
    case FaultKind::zone_loss:
      return fleet != nullptr && has_zone(*fleet, fault.zone);
    case FaultKind::spot_reclaim:
      return fleet != nullptr && fleet->spot.has_value();
    case FaultKind::rollback:
      return fleet != nullptr;
  }
  return false;
}

void strike(OptionConfig& option, const Fault& fault, const std::string& part) {
  if (auto* const mixture = std::get_if<MixtureConfig>(&option.serving)) {
    for (OptionConfig& p : mixture->parts) {
      if ((part.empty() || p.name == part) && can_suffer(p, fault, "")) strike(p, fault, "");
    }
  } else if (auto* const api = std::get_if<ManagedApiConfig>(&option.serving)) {
    api->faults.push_back(fault);
  } else if (auto* const engines = std::get_if<BatchingFleetConfig>(&option.serving)) {
    engines->fleet.faults.push_back(fault);
  } else if (auto* const dynamic = std::get_if<DynamicBatchingConfig>(&option.serving)) {
    dynamic->fleet.faults.push_back(fault);
  } else {
    std::get<SlotFleetConfig>(option.serving).fleet.faults.push_back(fault);
  }
}

// Of the traffic or the cache, which all options share.
bool is_shared(FaultKind kind) { return kind == FaultKind::surge || kind == FaultKind::cold_cache; }

Fault read_fault(const Section& section, const Scenario& scenario) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(section.choice("fault", fault_names()));
  fault.begin_ns = read_moment(section, scenario.horizon);
  const core::Duration lasts = section.duration(
      "for", {.min = 1min, .max = 24h * 31, .fallback = 30min, .why = "long enough to see a fleet react"});
  fault.end_ns = fault.begin_ns + core::to_ns(lasts);
  switch (fault.kind) {
    case FaultKind::surge:
      if (scenario.traffic.arrivals.process == core::traffic::ArrivalsConfig::Process::trace) {
        throw section.error("fault", "a surge of a traffic that is replayed from a trace",
                            "a traffic with daily_users, or another fault");
      }
      if (fault.begin_ns % core::ns_per_minute != 0 || fault.end_ns % core::ns_per_minute != 0) {
        throw section.error("at", "parts of a minute", "whole minutes, in which demand is told");
      }
      fault.amount = section.number("factor", {.min = 0, .max = 10'000});
      break;
    case FaultKind::slow_dependency:
      fault.amount = section.number("factor", {.min = 0.001, .max = 10'000});
      break;
    case FaultKind::cold_cache:
      if (!scenario.cache) throw section.error("fault", "a cold cache", "a scenario with a cache");
      break;
    case FaultKind::zone_loss:
      fault.zone = section.text("zone", {.expected = "the name of a zone of the option's instances"});
      break;
    case FaultKind::spot_reclaim:
    case FaultKind::rollback:
      fault.amount = section.share("share", {.min = 0.001, .max = 1});
      break;
    case FaultKind::vendor_outage:
      fault.amount = section.share(
          "share", {.min = 0.001, .max = 1, .fallback = 1.0, .why = "every call fails while the vendor is down"});
      break;
  }
  return fault;
}

// ": a, b; did you mean 'b'?", or nothing when there is no name at all.
std::string among(const std::vector<std::string>& names, const std::string& name) {
  if (names.empty()) return "";
  const auto near = core::nearest(name, names);
  return fmt::format(": {}{}", fmt::join(names, ", "), near ? fmt::format("; did you mean '{}'?", *near) : "");
}

// What can suffer the fault, as leaves: options and parts.
template <class Visit>
void visit_leaves(const std::vector<OptionConfig>& options, const Visit& visit) {
  for (const OptionConfig& option : options) {
    if (const auto* const mixture = std::get_if<MixtureConfig>(&option.serving)) visit_leaves(mixture->parts, visit);
    else visit(option);
  }
}

core::ConfigError nobody_suffers(const Section& section, const Fault& fault, const std::string& part,
                                 const Scenario& scenario) {
  if (!part.empty()) {
    std::vector<std::string> parts;
    for (const OptionConfig& option : scenario.options) {
      const auto* const mixture = std::get_if<MixtureConfig>(&option.serving);
      if (mixture == nullptr) continue;
      for (const OptionConfig& one : mixture->parts) {
        const bool is_new = std::find(parts.begin(), parts.end(), one.name) == parts.end();
        if (is_new && can_suffer(one, fault, "")) parts.push_back(one.name);
      }
    }
    return section.error(
        "part", fmt::format("'{}'", part),
        fmt::format("a part of a mixture that can suffer a {}{}", name_of(fault.kind), among(parts, part)));
  }
  if (fault.kind == FaultKind::zone_loss) {
    std::vector<std::string> zones;
    visit_leaves(scenario.options, [&](const OptionConfig& leaf) {
      const FleetConfig* const fleet = fleet_of(leaf);
      if (fleet == nullptr) return;
      std::vector<std::string> names = fleet->nodes.zones;
      if (fleet->spot) {
        for (const SpotZone& zone : fleet->spot->zones) names.push_back(zone.name);
      }
      for (const std::string& name : names) {
        if (std::find(zones.begin(), zones.end(), name) == zones.end()) zones.push_back(name);
      }
    });
    return section.error("zone", fmt::format("'{}'", fault.zone),
                         fmt::format("a zone of the instances of an option (nodes.zones, or those of spot){}",
                                     among(zones, fault.zone)));
  }
  return section.error("fault", fmt::format("'{}', which none of the options can suffer", name_of(fault.kind)),
                       "a fault of the traffic, the cache or one of the options");
}

std::vector<std::string> read_sufferers(const Section& section, const Fault& fault, const std::string& part,
                                        const Scenario& scenario) {
  std::vector<std::string> able;
  std::vector<std::string> all;
  for (const OptionConfig& option : scenario.options) {
    all.push_back(option.name);
    if (can_suffer(option, fault, part)) able.push_back(option.name);
  }
  if (able.empty()) throw nobody_suffers(section, fault, part, scenario);
  if (!section.has("options")) return able;
  const std::vector<std::string> named = section.texts("options");
  if (named.empty()) throw section.error("options", "none", "at least one, or no such key");
  for (const std::string& name : named) {
    if (std::find(all.begin(), all.end(), name) == all.end()) {
      const auto near = core::nearest(name, all);
      throw section.error("options", fmt::format("'{}'", name),
                          fmt::format("names of options ({}){}", fmt::join(all, ", "),
                                      near ? fmt::format("; did you mean '{}'?", *near) : ""));
    }
    if (std::find(able.begin(), able.end(), name) == able.end()) {
      throw section.error("options", fmt::format("'{}', which cannot suffer a {}", name, name_of(fault.kind)),
                          fmt::format("one of those that can ({})", fmt::join(able, ", ")));
    }
  }
  std::erase_if(able,
                [&](const std::string& name) { return std::find(named.begin(), named.end(), name) == named.end(); });
  return able;
}

}  // namespace

std::vector<Drill> read_drills(const Section& root, const Scenario& scenario) {
  std::vector<Drill> drills;
  std::set<std::string> names;
  for (const Section& section : root.optional_sections("drills")) {
    Drill drill;
    drill.name = section.text("name", {.expected = "the drill's name"});
    if (!names.insert(drill.name).second) {
      throw section.error("name", fmt::format("'{}' again", drill.name), "a name of its own for each drill");
    }
    drill.fault = read_fault(section, scenario);
    const core::Duration watch =
        section.duration("watch", {.min = 5min, .max = 24h * 31, .fallback = 2h, .why = "time to recover"});
    drill.watch_end_ns = std::min(drill.fault.end_ns + core::to_ns(watch), core::to_ns(scenario.horizon.length()));
    if (section.has("part")) drill.part = section.text("part", {.expected = "the name of a part of a mixture"});
    if (!drill.part.empty() && is_shared(drill.fault.kind)) {
      throw section.error("part", fmt::format("'{}'", drill.part),
                          "no part: all options meet the same traffic and cache");
    }
    drill.options = read_sufferers(section, drill.fault, drill.part, scenario);
    drills.push_back(std::move(drill));
  }
  return drills;
}

Scenario first_hours(const Scenario& scenario, std::int32_t hours) {
  Scenario cut = scenario;
  cut.drills.clear();
  if (hours >= scenario.horizon.hour_count()) return cut;
  double& over_days = cut.traffic.demand.growth.over_days;
  if (over_days <= 0) over_days = static_cast<double>(scenario.horizon.hour_count()) / 24;
  cut.horizon = core::Horizon::hours(scenario.horizon.start, hours);
  return cut;
}

Scenario before_drill(const Scenario& scenario, const Drill& drill) {
  return first_hours(scenario,
                     static_cast<std::int32_t>((drill.watch_end_ns + core::ns_per_hour - 1) / core::ns_per_hour));
}

Scenario with_drill(const Scenario& scenario, const Drill& drill) {
  Scenario struck = before_drill(scenario, drill);
  const Fault& fault = drill.fault;
  if (fault.kind == FaultKind::surge) {
    struck.traffic.demand.surges.push_back({.begin_min = fault.begin_ns / core::ns_per_minute,
                                            .end_min = fault.end_ns / core::ns_per_minute,
                                            .factor = fault.amount});
  } else if (fault.kind == FaultKind::cold_cache) {
    struck.cache->faults.push_back(fault);
  }
  for (OptionConfig& option : struck.options) {
    if (is_shared(fault.kind)) break;
    if (std::find(drill.options.begin(), drill.options.end(), option.name) == drill.options.end()) continue;
    strike(option, fault, drill.part);
  }
  return struck;
}

}  // namespace sim
