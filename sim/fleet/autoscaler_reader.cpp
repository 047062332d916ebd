#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/fleet/fleet_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

namespace {

constexpr std::string_view kubernetes = "Kubernetes default";
constexpr std::string_view keda_default = "KEDA default";
constexpr std::string_view knative_default = "Knative default";
constexpr std::string_view aws_default = "AWS default";
constexpr std::int64_t most_replicas = 100'000;

constexpr std::array<std::string_view, 5> metric_names{"concurrency", "utilization", "requests_per_second", "cpu",
                                                       "waiting"};

ScalingMetric read_metric(const Section& section, const std::vector<ScalingMetric>& allowed,
                          std::optional<std::size_t> fallback = std::nullopt, std::string_view why = "") {
  std::vector<std::string_view> names;
  for (const ScalingMetric metric : allowed) names.push_back(metric_names[static_cast<std::size_t>(metric)]);
  return allowed[section.choice("metric", names, fallback, why)];
}

// Kubernetes' quantities have three decimals: nothing below is a target.
double read_target(const Section& section, ScalingMetric metric) {
  const bool is_share = metric == ScalingMetric::utilization || metric == ScalingMetric::cpu;
  return is_share ? 100 * section.share("target", {.min = 0.01, .max = 1})
                  : section.number("target", {.min = 0.001, .max = 1e9});
}

void read_limits(const Section& section, std::int64_t least, std::string_view why, ScalerConfig& scaler) {
  scaler.max_replicas = section.integer("max", {.min = 1, .max = most_replicas, .unit = "replicas"});
  section.declare_relative("min");
  scaler.min_replicas = section.integer(
      "min", {.min = least, .max = scaler.max_replicas, .unit = "replicas", .fallback = least, .why = why});
}

// {select: max, policies: [{pods: 4, period: 15s}, {percent: 100%, period: 15s}]}
ScalingRules read_rules(const Section& section) {
  ScalingRules rules;
  rules.select = static_cast<ScalingRules::Select>(section.choice("select", {"max", "min", "disabled"}, 0, kubernetes));
  if (rules.select == ScalingRules::Select::disabled) return rules;
  for (const Section& item : section.sections("policies")) {
    ScalingPolicy policy;
    if (item.has("pods") == item.has("percent")) {
      throw item.error("pods", item.has("pods") ? "both pods and percent" : "neither pods nor percent",
                       "one of them in each policy");
    }
    if (item.has("pods")) {
      policy.value = item.integer("pods", {.min = 1, .max = most_replicas, .unit = "replicas a period"});
    } else {
      policy.kind = ScalingPolicy::Kind::percent;
      policy.value = std::llround(100 * item.share("percent", {.min = 0.01, .max = 1'000}));
    }
    policy.period = item.duration("period", {.min = 1s, .max = 30min});
    rules.policies.push_back(policy);
  }
  return rules;
}

// What an HPA says beside its metric, its target and its limits.
void read_behavior(const Section& section, AutoscalerConfig& config) {
  const double tolerance = section.number("tolerance", {.min = 0, .max = 1, .fallback = 0.1, .why = kubernetes});
  const auto one_way = [&](std::string_view key) {
    return section.has(key) ? section.number(key, {.min = 0, .max = 1}) : tolerance;
  };
  config.scale_up_tolerance = one_way("scale_up_tolerance");
  config.scale_down_tolerance = one_way("scale_down_tolerance");
  config.sync_period =
      section.duration("sync_period", {.min = 1s, .max = 1h, .fallback = config.sync_period, .why = kubernetes});
  config.scale_down_stabilization =
      section.duration("scale_down_stabilization",
                       {.min = 0s, .max = 1h, .fallback = config.scale_down_stabilization, .why = kubernetes});
  config.scale_up_stabilization = section.duration(
      "scale_up_stabilization", {.min = 0s, .max = 1h, .fallback = config.scale_up_stabilization, .why = kubernetes});
  if (const auto rules = section.optional_section("scale_up")) {
    config.scale_up = read_rules(*rules);
  } else {
    // The two usual policies by keys of their own; 0 leaves one out.
    const std::int64_t pods = section.integer(
        "scale_up_replicas",
        {.min = 0, .max = most_replicas, .unit = "replicas a period", .fallback = 4, .why = kubernetes});
    const double share = section.share("scale_up_share", {.min = 0, .max = 1'000, .fallback = 1, .why = kubernetes});
    const core::Duration period =
        section.duration("policy_period", {.min = 1s, .max = 30min, .fallback = 15s, .why = kubernetes});
    config.scale_up.policies = {{ScalingPolicy::Kind::pods, pods, period},
                                {ScalingPolicy::Kind::percent, std::llround(100 * share), period}};
  }
  if (const auto rules = section.optional_section("scale_down")) {
    config.scale_down = read_rules(*rules);
  } else {
    section.assume("scale_down", "100% in 15s", kubernetes);
  }
}

ScalerConfig read_hpa(const Section& section) {
  AutoscalerConfig config;
  config.metric =
      read_metric(section, {ScalingMetric::concurrency, ScalingMetric::utilization, ScalingMetric::requests_per_second,
                            ScalingMetric::cpu, ScalingMetric::waiting});
  config.target = read_target(section, config.metric);
  ScalerConfig scaler;
  read_limits(section, 1, kubernetes, scaler);
  config.min_replicas = scaler.min_replicas;
  config.max_replicas = scaler.max_replicas;
  read_behavior(section, config);
  if (config.metric == ScalingMetric::cpu) {
    config.cpu_initialization_period =
        section.duration("cpu_initialization_period",
                         {.min = 0s, .max = 1h, .fallback = config.cpu_initialization_period, .why = kubernetes});
    config.cpu_window = section.duration(
        "cpu_window", {.min = 0s, .max = 10min, .fallback = config.cpu_window, .why = "metrics-server's resolution"});
  }
  config.metric_delay = section.duration(
      "metric_delay", {.min = 0s, .max = 1h, .fallback = 15s, .why = "metrics are scraped every 15 s"});
  scaler.policy = std::move(config);
  return scaler;
}

ScalerConfig read_keda(const Section& section) {
  KedaConfig config;
  config.hpa.metric =
      read_metric(section, {ScalingMetric::concurrency, ScalingMetric::waiting, ScalingMetric::requests_per_second}, 0,
                  "a queue's length with what is being worked on, as KEDA's scaler for SQS counts it");
  config.hpa.target = read_target(section, config.hpa.metric);
  ScalerConfig scaler;
  read_limits(section, 0, keda_default, scaler);
  config.activation = section.number("activation", {.min = 0, .max = 1e9, .fallback = 0, .why = keda_default});
  config.polling_interval = section.duration(
      "polling_interval", {.min = 1s, .max = 1h, .fallback = config.polling_interval, .why = keda_default});
  config.cooldown_period = section.duration(
      "cooldown_period", {.min = 0s, .max = 24h, .fallback = config.cooldown_period, .why = keda_default});
  config.initial_cooldown_period =
      section.duration("initial_cooldown_period",
                       {.min = 0s, .max = 24h, .fallback = config.initial_cooldown_period, .why = keda_default});
  read_behavior(section, config.hpa);
  scaler.policy = std::move(config);
  return scaler;
}

ScalerConfig read_target_tracking(const Section& section) {
  TargetTrackingConfig config;
  config.metric = read_metric(
      section, {ScalingMetric::utilization, ScalingMetric::requests_per_second, ScalingMetric::concurrency});
  config.target = read_target(section, config.metric);
  ScalerConfig scaler;
  read_limits(section, 1, "one replica, without which there is no metric", scaler);
  const auto datapoints = [&](std::string_view key, std::int64_t fallback) {
    return section.integer(
        key, {.min = 1, .max = 60, .unit = "datapoints", .fallback = fallback, .why = "the alarms that AWS makes"});
  };
  config.scale_out_datapoints = datapoints("scale_out_datapoints", config.scale_out_datapoints);
  config.scale_in_datapoints = datapoints("scale_in_datapoints", config.scale_in_datapoints);
  config.scale_in_share = section.share(
      "scale_in_below",
      {.min = 0, .max = 1, .fallback = config.scale_in_share, .why = "of the target: the alarm that AWS makes"});
  config.period = section.duration(
      "period", {.min = 10s, .max = 1h, .fallback = config.period, .why = "detailed monitoring: a datapoint a minute"});
  if (config.period % config.sample_period != core::Duration{0}) config.sample_period = config.period;
  config.scale_out_cooldown = section.duration(
      "scale_out_cooldown", {.min = 0s, .max = 24h, .fallback = config.scale_out_cooldown, .why = aws_default});
  config.scale_in_cooldown = section.duration(
      "scale_in_cooldown", {.min = 0s, .max = 24h, .fallback = config.scale_in_cooldown, .why = aws_default});
  scaler.policy = config;
  return scaler;
}

ScalerConfig read_kpa(const Section& section) {
  KnativeConfig config;
  config.metric =
      read_metric(section, {ScalingMetric::concurrency, ScalingMetric::requests_per_second}, 0, knative_default);
  const double target = config.metric == ScalingMetric::concurrency ? 100 : 200;
  config.target = section.number("target", {.min = 0.01, .max = 1e9, .fallback = target, .why = knative_default});
  ScalerConfig scaler;
  read_limits(section, 0, knative_default, scaler);
  config.target_utilization = section.share(
      "target_utilization", {.min = 0.01, .max = 1, .fallback = config.target_utilization, .why = knative_default});
  config.stable_window = section.duration(
      "stable_window", {.min = 6s, .max = 1h, .fallback = config.stable_window, .why = knative_default});
  config.panic_window_share = section.share(
      "panic_window", {.min = 0.01, .max = 1, .fallback = config.panic_window_share, .why = knative_default});
  config.panic_threshold = section.share(
      "panic_threshold", {.min = 1.1, .max = 10, .fallback = config.panic_threshold, .why = knative_default});
  config.max_scale_up_rate = section.number(
      "max_scale_up_rate", {.min = 1.01, .max = 1e6, .fallback = config.max_scale_up_rate, .why = knative_default});
  config.max_scale_down_rate = section.number(
      "max_scale_down_rate", {.min = 1.01, .max = 1e6, .fallback = config.max_scale_down_rate, .why = knative_default});
  config.scale_to_zero_grace_period =
      section.duration("scale_to_zero_grace_period",
                       {.min = 6s, .max = 1h, .fallback = config.scale_to_zero_grace_period, .why = knative_default});
  config.scale_down_delay = section.duration(
      "scale_down_delay", {.min = 0s, .max = 1h, .fallback = config.scale_down_delay, .why = knative_default});
  scaler.policy = config;
  return scaler;
}

ScalerConfig read_predictive(const Section& section) {
  PredictiveConfig config;
  config.target = section.number("target", {.min = 0.001, .max = 1e9, .unit = "requests/s a replica"});
  ScalerConfig scaler;
  read_limits(section, 1, "one replica", scaler);
  config.lead = section.duration("lead", {.min = 0s, .max = 6h});
  config.interval = section.duration(
      "interval",
      {.min = 1s, .max = 1h, .fallback = config.interval, .why = "the planner of Dynamo looks each minute"});
  config.window = section.integer("window", {.min = 2,
                                             .max = 1'000,
                                             .unit = "intervals",
                                             .fallback = config.window,
                                             .why = "ten intervals tell a trend from chance"});
  if (section.choice("method", {"seasonal", "trend"}, 0, "traffic has days") == 1) {
    config.season = core::Duration{0};
  } else {
    config.season = section.duration(
        "season", {.min = 1h, .max = 24h * 28, .fallback = config.season, .why = "a day is like the day before"});
    if (config.season % config.interval != core::Duration{0} || config.lead >= config.season) {
      throw section.error("season", core::config_duration(config.season),
                          fmt::format("a multiple of the interval, {}, and more than the lead, {}",
                                      core::config_duration(config.interval), core::config_duration(config.lead)));
    }
  }
  config.scale_down_stabilization =
      section.duration("scale_down_stabilization",
                       {.min = 0s, .max = 24h, .fallback = config.scale_down_stabilization, .why = "as Kubernetes"});
  scaler.policy = config;
  return scaler;
}

// "08:00": the time since midnight.
core::Duration read_time_of_day(const Section& rule) {
  const std::string text = rule.text("at", {.expected = "a time of the day such as 08:00"});
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hours = (text[0] - '0') * 10 + text[1] - '0';
    const int minutes = (text[3] - '0') * 10 + text[4] - '0';
    if (hours < 24 && minutes < 60) return std::chrono::hours{hours} + std::chrono::minutes{minutes};
  }
  throw rule.error("at", fmt::format("'{}'", text), "a time of the day from 00:00 to 23:59");
}

std::vector<int> read_days(const Section& rule) {
  static const std::vector<std::string> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  if (!rule.has("days")) return {0, 1, 2, 3, 4, 5, 6};
  std::vector<int> days;
  for (const std::string& text : rule.texts("days")) {
    const auto day = std::find(names.begin(), names.end(), text);
    if (day == names.end()) {
      throw rule.error("days", fmt::format("'{}'", text), "mon, tue, wed, thu, fri, sat or sun");
    }
    days.push_back(static_cast<int>(day - names.begin()));
  }
  if (days.empty()) throw rule.error("days", "no day", "at least one, or no key for all seven");
  return days;
}

ScalerConfig read_scheduled(const Section& section) {
  ScheduleConfig config;
  ScalerConfig scaler;
  scaler.min_replicas = most_replicas;
  scaler.max_replicas = 0;
  const auto reaches = [&](std::int64_t least, std::int64_t most) {
    scaler.min_replicas = std::min(scaler.min_replicas, least);
    scaler.max_replicas = std::max(scaler.max_replicas, most);
  };
  section.declare_as("above", "autoscaler");
  if (const auto above = section.optional_section("above")) {
    auto other = std::make_shared<ScalerConfig>(read_autoscaler(*above));
    if (std::holds_alternative<ScheduleConfig>(other->policy)) {
      throw above->error("kind", "'scheduled' above a schedule", "one of the others");
    }
    reaches(other->min_replicas, other->max_replicas);
    config.above = std::move(other);
  }
  config.utc_offset = section.duration(
      "utc_offset", {.min = -14h, .max = 14h, .fallback = 0s, .why = "the horizon's calendar is that of UTC"});
  for (const Section& item : section.sections("schedule")) {
    const core::Duration at = read_time_of_day(item);
    if (item.has("min") == item.has("replicas")) {
      throw item.error("replicas", item.has("min") ? "both min and replicas" : "neither min nor replicas",
                       "one of them in each rule");
    }
    ScheduleRule rule;
    if (item.has("replicas")) {
      rule.replicas = item.integer("replicas", {.min = 0, .max = most_replicas, .unit = "replicas"});
      reaches(*rule.replicas, *rule.replicas);
    } else {
      if (!config.above) throw item.error("min", "a floor under nobody", "replicas, or another autoscaler in 'above'");
      item.declare_relative("min");
      rule.min = item.integer("min", {.min = 0, .max = config.above->max_replicas, .unit = "replicas"});
    }
    for (const int day : read_days(item)) {
      rule.begins = std::chrono::hours{24 * day} + at;
      const auto same = std::find_if(config.rules.begin(), config.rules.end(),
                                     [&](const ScheduleRule& other) { return other.begins == rule.begins; });
      if (same != config.rules.end()) {
        throw item.error("at", fmt::format("{} again", item.text("at")), "one rule at a time of the week");
      }
      config.rules.push_back(rule);
    }
  }
  std::sort(config.rules.begin(), config.rules.end(),
            [](const ScheduleRule& a, const ScheduleRule& b) { return a.begins < b.begins; });
  if (scaler.max_replicas == 0) {
    throw section.error("schedule", "no replicas at any time", "a rule with at least one replica");
  }
  scaler.policy = std::move(config);
  return scaler;
}

}  // namespace

ScalerConfig read_autoscaler(const Section& section) {
  switch (section.choice("kind", {"hpa", "keda", "target_tracking", "kpa", "scheduled", "predictive"})) {
    case 0:
      return read_hpa(section);
    case 1:
      return read_keda(section);
    case 2:
      return read_target_tracking(section);
    case 3:
      return read_kpa(section);
    case 4:
      return read_scheduled(section);
    default:
      return read_predictive(section);
  }
}

}  // namespace sim
