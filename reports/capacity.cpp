#include "reports/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "core/traffic/demand.hpp"
#include "decision/capacity_answers.hpp"

namespace reports {
namespace {

using decision::FleetFacts;
using decision::Spread;

constexpr std::uint64_t draws = 4096;

// The p50 and p95 of so many draws, each from the first of its equals.
template <class Draw>
Spread spread_of(Draw draw) {
  std::vector<std::int64_t> times;
  times.reserve(draws);
  for (std::uint64_t i = 0; i < draws; ++i) times.push_back(draw(i));
  std::sort(times.begin(), times.end());
  return {times[draws / 2 - 1], times[(draws * 95 + 99) / 100 - 1]};
}

void read_cold_start(const sim::ColdStart& cold, FleetFacts& facts) {
  const auto part = [&](const char* name, const sim::ColdStartPart& time) {
    facts.cold_start.push_back({name, spread_of([&](std::uint64_t i) { return time.draw_ns(core::mix(i)); })});
  };
  part("provision", cold.provision);
  part("image", cold.image);
  part("weights", cold.weights);
  part("warmup", cold.warmup);
  facts.ready_after = spread_of(
      [&](std::uint64_t i) { return cold.node_ns(core::mix(2 * i)) + cold.replica_ns(core::mix(2 * i + 1)); });
}

std::int64_t millis(double number) { return static_cast<std::int64_t>(std::llround(number * 1000)); }

// What a scaler makes of a load: when it looks, and how much of it it gives a replica.
class Reaction {
 public:
  // `held_s`: how long a request held its place in the run, on average.
  Reaction(std::int64_t slots, double held_s, FleetFacts& facts) : slots_{slots}, held_s_{held_s}, facts_{facts} {}

  void operator()(const sim::AutoscalerConfig& hpa) {
    looks_every(hpa.sync_period, hpa.metric_delay + hpa.scale_up_stabilization);
    aims_at(hpa.metric, hpa.target * (1 + hpa.scale_up_tolerance));
  }
  void operator()(const sim::KedaConfig& keda) { (*this)(keda.hpa); }
  void operator()(const sim::TargetTrackingConfig& tracking) {
    looks_every(tracking.period, tracking.period * tracking.scale_out_datapoints);
    aims_at(tracking.metric, tracking.target);
  }
  void operator()(const sim::KnativeConfig& knative) {
    // A mean over the window shows half of a rise after half of it, and all of it at its end.
    const std::int64_t window_ns = core::to_ns(knative.stable_window);
    const std::int64_t tick_ns = core::to_ns(knative.tick);
    facts_.reaction = Spread{window_ns / 2 + tick_ns / 2, window_ns + tick_ns};
    aims_at(knative.metric, knative.target * knative.target_utilization);
  }
  void operator()(const sim::ScheduleConfig&) {}
  void operator()(const sim::PredictiveConfig&) {}

 private:
  void looks_every(core::Duration period, core::Duration late) {
    const std::int64_t period_ns = core::to_ns(period);
    facts_.reaction = Spread{core::to_ns(late) + period_ns / 2, core::to_ns(late) + period_ns / 20 * 19};
  }
  void aims_at(sim::ScalingMetric metric, double target) {
    switch (metric) {
      case sim::ScalingMetric::concurrency:
        facts_.aim_millis = millis(target);
        break;
      case sim::ScalingMetric::utilization:
      case sim::ScalingMetric::cpu:
        facts_.aim_millis = millis(target / 100 * static_cast<double>(slots_));
        break;
      case sim::ScalingMetric::requests_per_second:
        facts_.aim_millis = millis(target * held_s_);
        break;
      case sim::ScalingMetric::waiting:  // how many wait says nothing of how many are served
        break;
    }
  }

  std::int64_t slots_;
  double held_s_;
  FleetFacts& facts_;
};

// Seconds of a place for each request that reached the fleet.
double held_s(const core::HourUsage& total) {
  const std::int64_t reached = total.arrivals - total.cache_hits;
  return reached > 0 ? static_cast<double>(total.busy_slot_ns) / 1e9 / static_cast<double>(reached) : 0;
}

// Of an instance, all its engines together.
void read_places(const sim::BatchingFleetConfig& config, const OptionReport& option, FleetFacts& facts) {
  const core::HourUsage total = option.usage.total();
  const std::int64_t batch = config.engine.max_batch;
  std::int64_t places = batch;
  facts.places_are = "in its batches";
  const std::int64_t tokens = total.input_tokens + total.output_tokens;
  if (option.engine && total.served > 0 && tokens > 0) {
    const auto kv = static_cast<core::Int128>(option.engine->kv_tokens);
    const auto held = static_cast<std::int64_t>(kv * total.served / tokens);
    if (held < batch) {
      places = std::max<std::int64_t>(held, 1);
      facts.places_are = fmt::format("requests of mean length in its {} tokens of KV memory",
                                     core::format_count(option.engine->kv_tokens));
    }
  }
  facts.places = places * config.replicas_per_instance;
}

FleetFacts fleet_facts(const sim::FleetConfig& fleet, const OptionReport& option) {
  FleetFacts facts;
  facts.scales = fleet.autoscaler.has_value();
  facts.min_replicas = facts.scales ? fleet.autoscaler->min_replicas : fleet.initial_replicas;
  facts.max_replicas = facts.scales ? fleet.autoscaler->max_replicas : fleet.initial_replicas;
  facts.places = fleet.slots_per_replica;
  facts.places_are = "slots";
  facts.replicas_per_node = fleet.nodes.replicas_per_node;
  if (fleet.nodes.quota != sim::no_limit) facts.quota = fleet.nodes.quota;
  // One zone that is called "zone" is none that the scenario named.
  const std::vector<std::string>& zones = fleet.nodes.zones;
  const bool named = zones.size() > 1 || zones.front() != "zone";
  std::size_t known = named ? zones.size() : 0;
  if (fleet.spot) known = std::max(known, fleet.spot->zones.size());
  facts.zones = static_cast<std::int64_t>(known);
  facts.peak_replicas = option.fleet.peak_replicas;
  facts.quota_waits = option.fleet.quota_waits;
  read_cold_start(fleet.cold_start, facts);
  if (fleet.autoscaler) {
    Reaction reaction{fleet.slots_per_replica, held_s(option.usage.total()), facts};
    std::visit(reaction, fleet.autoscaler->policy);
  }
  if (facts.reaction) {
    facts.reaction->p50_ns += core::to_ns(fleet.nodes.batch_idle);
    facts.reaction->p95_ns += core::to_ns(fleet.nodes.batch_max);
  }
  return facts;
}

decision::ApiFacts api_facts(const sim::ManagedApiConfig& config, const OptionReport& option) {
  decision::ApiFacts facts;
  if (config.limits) {
    facts.requests_per_minute = config.limits->requests_per_minute;
    facts.tokens_per_minute = config.limits->tokens_per_minute;
    facts.input_tokens_per_minute = config.limits->input_tokens_per_minute;
    facts.output_tokens_per_minute = config.limits->output_tokens_per_minute;
  }
  if (option.api) facts.peak_requests_per_minute = option.api->peak_requests_per_minute;
  return facts;
}

decision::ServingFacts serving_of(const OptionReport& option, const sim::OptionConfig& config,
                                  const pricing::CostPlan& costs, const pricing::Catalog& catalog) {
  decision::ServingFacts serving;
  serving.hours = option.usage.hours;
  const auto add_fleet = [&](const sim::FleetConfig& fleet) {
    FleetFacts facts = fleet_facts(fleet, option);
    const auto instance = catalog.find(costs.instance);
    if (instance && (*instance)->spec) {
      const auto& gpu = (*instance)->spec->gpu;
      facts.gpus_per_node = gpu ? gpu->count : 0;
    }
    serving.fleet = std::move(facts);
  };
  if (const auto* const api = std::get_if<sim::ManagedApiConfig>(&config.serving)) {
    serving.api = api_facts(*api, option);
  } else if (const auto* const slots = std::get_if<sim::SlotFleetConfig>(&config.serving)) {
    add_fleet(slots->fleet);
  } else if (const auto* const engines = std::get_if<sim::BatchingFleetConfig>(&config.serving)) {
    add_fleet(engines->fleet);
    read_places(*engines, option, *serving.fleet);
  } else if (const auto* const batches = std::get_if<sim::DynamicBatchingConfig>(&config.serving)) {
    add_fleet(batches->fleet);
  }
  return serving;
}

decision::CapacityLoad load_of(const core::Horizon& horizon, const core::traffic::TrafficConfig& traffic) {
  decision::CapacityLoad load{.start = horizon.start};
  if (traffic.arrivals.process == core::traffic::ArrivalsConfig::Process::trace) return load;
  core::traffic::Demand demand{traffic.demand, horizon};
  load.millis_by_minute.reserve(static_cast<std::size_t>(demand.minute_count()));
  for (std::int64_t i = 0; i < demand.minute_count(); ++i) load.millis_by_minute.push_back(millis(demand.minute(i)));
  return load;
}

}  // namespace

decision::OptionCapacity capacity_of(const OptionReport& option, const sim::OptionConfig& config,
                                     const pricing::CostPlan& costs, const pricing::Catalog& catalog,
                                     const Result& result) {
  decision::OptionCapacity capacity{.name = option.name, .usage = option.usage, .targets = option.slo_checks};
  for (const decision::Target& target : result.about.slo.targets) {
    if (target.measure == decision::Measure::availability && target.traffic_class.empty())
      capacity.availability = target.limit;
  }
  if (const auto* const mixture = std::get_if<sim::MixtureConfig>(&config.serving)) {
    for (std::size_t k = 0; k < option.parts.size(); ++k) {
      capacity.parts.push_back(serving_of(option.parts[k], mixture->parts[k], costs.parts[k], catalog));
      capacity.parts.back().part = option.parts[k].name;
      capacity.parts.back().is_met_first = false;
    }
  } else {
    capacity.parts.push_back(serving_of(option, config, costs, catalog));
  }
  for (const DrillReport& drill : result.drills) {
    for (const DrillOutcome& outcome : drill.options) {
      if (outcome.name == option.name)
        capacity.drills.push_back({drill.name, drill.end_ns - drill.begin_ns, outcome.verdict});
    }
  }
  return capacity;
}

void add_capacity_review(Result& result, const decision::Questions& questions, const sim::Scenario& scenario,
                         const std::vector<pricing::CostPlan>& costs, const pricing::Catalog& catalog) {
  if (!questions.capacity || result.options.empty()) return;
  std::vector<decision::OptionCapacity> options;
  for (std::size_t k = 0; k < result.options.size(); ++k)
    options.push_back(capacity_of(result.options[k], scenario.options[k], costs[k], catalog, result));
  if (!result.answers) result.answers.emplace();
  for (decision::Answer& answer :
       decision::capacity_answers(*questions.capacity, options, load_of(result.about.horizon, scenario.traffic))) {
    result.answers->sections.push_back(std::move(answer));
  }
}

}  // namespace reports
