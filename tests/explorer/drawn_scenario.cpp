#include "tests/explorer/drawn_scenario.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/math.hpp"

namespace explorer {

DrawnScenario::DrawnScenario(std::uint64_t seed, std::set<std::string, std::less<>> left_out)
    : chance_{seed}, left_out_{std::move(left_out)} {
  line(0, fmt::format("# Does anything break? Drawn from seed {}.", seed));
  line(0, fmt::format("scenario: explorer-{}", seed));
  horizon_and_traffic();
  line(0, "slo: {latency: {p95: 4s}, availability: 99%}");
  cache();
  line(0, "options:");
  // One of them stays, whatever is left out.
  const std::int64_t always = whole("always", 0, 2);
  if (always == 0 || has("api", 0.5)) managed_api("api");
  if (always == 1 || has("fleet", 0.5)) slot_fleet("fleet");
  if (always == 2 || has("engines", 0.4)) engines("engines");
  if (has("batches", 0.3)) batches("batches");
  if (has("mixture", 0.5)) mixture();
  drills();
}

bool DrawnScenario::has(const std::string& feature, double chance) {
  if (core::unit_closed_open(chance_.child(feature).next()) >= chance || left_out_.contains(feature)) return false;
  features_.push_back(feature);
  return true;
}

double DrawnScenario::number(const std::string& what, double least, double most) {
  return least * core::pow(most / least, core::unit_closed_open(chance_.child(what).next()));
}

std::int64_t DrawnScenario::whole(const std::string& what, std::int64_t least, std::int64_t most) {
  const auto span = static_cast<std::uint64_t>(most - least + 1);
  return least + static_cast<std::int64_t>(chance_.child(what).next() % span);
}

std::string_view DrawnScenario::one_of(const std::string& what, std::initializer_list<std::string_view> words) {
  return *(words.begin() + whole(what, 0, static_cast<std::int64_t>(words.size()) - 1));
}

std::string DrawnScenario::milliseconds(const std::string& what, double least, double most) {
  return fmt::format("{:.0f}ms", number(what, least, most));
}

std::string DrawnScenario::seconds(const std::string& what, double least, double most) {
  return milliseconds(what, least * 1000, most * 1000);
}

void DrawnScenario::line(int indent, const std::string& words) {
  text_ += std::string(static_cast<std::size_t>(indent), ' ') + words + '\n';
}

std::string DrawnScenario::latency(const std::string& what, double least_ms, double most_ms) {
  const double median = number(what + ".median", least_ms, most_ms);
  switch (whole(what + ".form", 0, 2)) {
    case 0:
      return fmt::format("{:.0f}ms", median);
    case 1:
      return fmt::format("{{exponential: {{mean: {:.0f}ms}}}}", median);
    default:
      return fmt::format("{{lognormal: {{p50: {:.0f}ms, p95: {:.0f}ms}}}}", median,
                         median * number(what + ".spread", 1.5, 6));
  }
}

void DrawnScenario::horizon_and_traffic() {
  line(0, fmt::format("horizon: {{start: 2026-12-01, hours: {}}}", whole("hours", 1, 4)));
  requests_per_s_ = number("requests_per_s", 0.02, 8);
  line(0, "traffic:");
  line(2, fmt::format("daily_users: {:.0f}", std::ceil(requests_per_s_ * 8'640)));
  line(2, "requests_per_user_day: 10");
  if (has("traffic.hours", 0.5)) line(2, fmt::format("hour_of_day: {}", one_of("hours.shape", {"consumer", "office"})));
  if (has("traffic.arrivals", 0.7)) {
    switch (whole("arrivals", 0, 4)) {
      case 0:
        line(2, "arrivals: {process: constant}");
        break;
      case 1:
        line(2, fmt::format("arrivals: {{process: gamma, cv: {:.2f}}}", number("cv", 0.3, 4)));
        break;
      case 2:
        line(2, fmt::format("arrivals: {{process: weibull, cv: {:.2f}}}", number("cv", 0.3, 3)));
        break;
      case 3:
        line(2, fmt::format("arrivals: {{process: mmpp, burst_factor: {:.1f}, burst_share: {:.0f}%, mean_burst: {}}}",
                            number("burst", 1.5, 6), number("burst.share", 1, 15), seconds("burst.length", 1, 300)));
        break;
      default:
        line(2, fmt::format("arrivals: {{process: sessions, requests_per_session: {}, think_time: {}}}",
                            whole("session", 1, 8), seconds("think", 0.1, 120)));
    }
  }
  if (has("traffic.classes", 0.4)) {
    has_classes_ = true;
    const std::int64_t share = whole("class.share", 1, 99);
    line(2,
         fmt::format("classes: [{{name: interactive, share: {}%}}, {{name: batch, share: {}%}}]", share, 100 - share));
  }
  const double output = number("output", 2, 200);
  line(2, fmt::format("tokens: {{input: {}, output: {{distribution: lognormal, p50: {:.0f}, p95: {:.0f}, max: 2000}}}}",
                      whole("input", 1, 3000), output, std::ceil(output * number("output.spread", 1.5, 9))));
}

void DrawnScenario::cache() {
  if (!has("cache", 0.4)) return;
  has_cache_ = true;
  std::string kind = fmt::format("kind: exact, policy: {}", one_of("cache.policy", {"lru", "lfu"}));
  if (has("cache.semantic", 0.4)) {
    kind = fmt::format("kind: semantic, similarity: 0.9, hit_share: {}%, wrong: {:.1f}%", whole("cache.share", 0, 100),
                       number("cache.wrong", 0.1, 20));
  }
  line(0, fmt::format("cache: {{{}, entries: {}, ttl: {}, popularity: {{zipf: {:.2f}, keys: {}}}}}", kind,
                      whole("cache.entries", 1, 2000), seconds("cache.ttl", 1, 7200), number("cache.zipf", 0.2, 1.5),
                      whole("cache.keys", 1, 5000)));
}

void DrawnScenario::begin(const std::string& name, const std::string& kind, const std::string& buys) {
  line(indent_, fmt::format("- name: {}", name));
  line(indent_ + 2, "kind: " + kind);
  line(indent_ + 2, buys);
}

void DrawnScenario::managed_api(const std::string& name) {
  has_api_ = true;
  begin(name, "managed_api", "model: gpt-4o-mini");
  if (has(name + ".batch", 0.08)) {
    line(indent_ + 2, fmt::format("batch: {{deadline: {}, turnaround: {}}}", seconds(name + ".deadline", 600, 90'000),
                                  latency(name + ".turnaround", 10'000, 8'000'000)));
    return;
  }
  api_policies(name);
  if (has(name + ".timeout", 0.5)) line(indent_ + 2, "timeout: " + seconds(name + ".patience", 0.5, 60));
  line(indent_ + 2, fmt::format("latency: {{time_to_first_token: {}, per_output_token: {}}}",
                                latency(name + ".first", 50, 2000), latency(name + ".pace", 1, 50)));
}

void DrawnScenario::api_policies(const std::string& name) {
  // From far below what comes to far above it.
  const double per_minute = 60 * requests_per_s_;
  if (has(name + ".limits", 0.5)) {
    std::string limits =
        fmt::format("requests_per_minute: {:.0f}", std::ceil(number(name + ".rpm", 0.2, 5) * per_minute));
    if (has(name + ".limits.day", 0.2))
      limits += fmt::format(", requests_per_day: {:.0f}", std::ceil(number(name + ".rpd", 10, 5000) * per_minute));
    if (has(name + ".limits.tokens", 0.4))
      limits +=
          fmt::format(", tokens_per_minute: {:.0f}", std::ceil(number(name + ".tpm", 500, 20'000) * per_minute) + 5000);
    if (has(name + ".limits.output", 0.3))
      limits += fmt::format(", output_tokens_per_minute: {:.0f}",
                            std::ceil(number(name + ".otpm", 50, 2000) * per_minute) + 2000);
    if (has(name + ".limits.places", 0.4)) limits += fmt::format(", concurrency: {}", whole(name + ".places", 1, 60));
    line(indent_ + 2, fmt::format("limits: {{{}}}", limits));
  }
  if (has(name + ".retry", 0.6)) {
    std::string retry =
        fmt::format("max: {}, backoff: {}", whole(name + ".retries", 1, 6), milliseconds(name + ".backoff", 1, 5000));
    if (has(name + ".retry.budget", 0.5)) retry += fmt::format(", budget: {}%", whole(name + ".budget", 0, 100));
    if (has(name + ".retry.jitter", 0.3)) retry += ", jitter: none";
    line(indent_ + 2, fmt::format("retry: {{{}}}", retry));
  }
  if (has(name + ".hedging", 0.3))
    line(indent_ + 2, fmt::format("hedging: {{after: {}}}", milliseconds(name + ".hedge", 20, 499)));
  if (has(name + ".errors", 0.4))
    line(indent_ + 2, fmt::format("errors: {{share: {:.2f}%, billed: {}}}", number(name + ".share", 0.01, 60),
                                  one_of(name + ".billed", {"true", "false"})));
  if (has(name + ".outages", 0.3))
    line(indent_ + 2, fmt::format("outages: {{mean_between: {}, mean_repair: {}}}",
                                  seconds(name + ".between", 60, 10'000), seconds(name + ".repair", 5, 2000)));
  if (has(name + ".prompts", 0.3))
    line(indent_ + 2, fmt::format("prompt_cache: {{prefix_tokens: {}, ttl: {}, minimum_tokens: {}}}",
                                  whole(name + ".prefix", 100, 2000), seconds(name + ".ttl", 1, 600),
                                  whole(name + ".minimum", 1, 100)));
  if (has(name + ".provisioned", 0.25))
    line(indent_ + 2,
         fmt::format(
             "provisioned: {{units: {}, tokens_per_minute_per_unit: {}, output_weight: {}, spill: {}, price: $2}}",
             whole(name + ".units", 1, 400), whole(name + ".capacity", 200, 4000), whole(name + ".weight", 1, 4),
             one_of(name + ".spill", {"true", "false"})));
}

void DrawnScenario::autoscaler(const std::string& name, double per_replica) {
  const std::int64_t least = whole(name + ".min", 1, 3);
  const std::int64_t most = least + whole(name + ".more", 0, 12);
  const double target = number(name + ".target", 0.3 * per_replica, 2 * per_replica);
  std::string policy;
  switch (has(name + ".policy", 0.5) ? whole(name + ".kind", 1, 4) : 0) {
    case 0:
      policy = fmt::format("kind: hpa, metric: concurrency, target: {:.2f}, metric_delay: {}s", target,
                           whole(name + ".delay", 0, 60));
      break;
    case 1:
      policy = fmt::format("kind: keda, metric: concurrency, target: {:.2f}", target);
      break;
    case 2:
      policy = fmt::format("kind: target_tracking, metric: concurrency, target: {:.2f}", target);
      break;
    case 3:
      policy = fmt::format("kind: kpa, target: {:.2f}", target);
      break;
    default:
      policy = fmt::format("kind: predictive, target: {:.2f}, lead: {}, method: trend",
                           number(name + ".capacity", 0.1, 5), seconds(name + ".lead", 1, 600));
  }
  line(indent_ + 2, fmt::format("autoscaler: {{{}, min: {}, initial: {}, max: {}}}", policy, least,
                                whole(name + ".initial", least, most), most));
}

// What a fleet of any kind may have; `clients`: their patience, their coming again.
void DrawnScenario::fleet(const std::string& name, bool clients) {
  line(indent_ + 2,
       fmt::format("cold_start: {{provision: {}, image: {}, warmup: {}}}", seconds(name + ".provision", 1, 200),
                   seconds(name + ".image", 1, 100), seconds(name + ".warmup", 1, 60)));
  if (has(name + ".timeout", 0.5)) line(indent_ + 2, "timeout: " + seconds(name + ".patience", 0.5, 120));
  if (has(name + ".queue", 0.6)) {
    const bool sheds = has_classes_ && has(name + ".shed", 0.5);
    line(indent_ + 2,
         fmt::format("queue: {{limit: {}{}}}", whole(name + ".limit", 1, 200), sheds ? ", shed: [batch]" : ""));
  }
  if (clients && has(name + ".patience", 0.4)) {
    line(indent_ + 2, fmt::format("patience: {}", latency(name + ".waits", 200, 60'000)));
  }
  if (clients && has(name + ".retry", 0.4)) {
    std::string retry =
        fmt::format("max: {}, backoff: {}", whole(name + ".retries", 1, 5), milliseconds(name + ".backoff", 1, 8000));
    if (has(name + ".retry.budget", 0.5)) retry += fmt::format(", budget: {}%", whole(name + ".budget", 0, 100));
    line(indent_ + 2, fmt::format("retry: {{{}}}", retry));
  }
  if (has(name + ".nodes", 0.4)) {
    std::string nodes = fmt::format("replicas_per_node: {}", whole(name + ".per_node", 1, 5));
    if (has(name + ".quota", 0.4)) nodes += fmt::format(", quota: {}", whole(name + ".nodes.most", 3, 12));
    if (has(name + ".zones", 0.5)) nodes += ", zones: [a, b, c]";
    if (has(name + ".underused", 0.5)) nodes += ", consolidate: underused";
    line(indent_ + 2, fmt::format("nodes: {{{}}}", nodes));
  }
  if (has(name + ".spot", 0.5)) {
    has_spot_ = true;
    std::string zones;
    for (const std::string zone : {"a", "b", "c"}) {
      if (!zones.empty() && !has(name + ".zone." + zone, 0.6)) continue;
      zones += fmt::format("{}{{name: {}, up: {}, down: {}}}", zones.empty() ? "" : ", ", zone,
                           seconds(name + zone + ".up", 60, 20'000), seconds(name + zone + ".down", 10, 4000));
    }
    line(indent_ + 2, fmt::format("purchase: {{spot: {{share: {}%, fall_back: {}, over_provision: {}, notice: {}s, "
                                  "correlation: {}%, zones: [{}]}}}}",
                                  whole(name + ".spot.share", 0, 100),
                                  one_of(name + ".fall_back", {"on_demand", "none"}), whole(name + ".over", 0, 2),
                                  whole(name + ".notice", 0, 150), whole(name + ".correlation", 10, 100), zones));
  }
}

void DrawnScenario::slot_fleet(const std::string& name) {
  has_fleet_ = true;
  begin(name, "self_hosted", "instance: aws/g6.xlarge");
  const double median_ms = number(name + ".service", 100, 8000);
  const std::int64_t slots = whole(name + ".slots", 1, 16);
  line(indent_ + 2, fmt::format("serving: {{histogram: {}, slots: {}}}", latency(name + ".service", 100, 8000), slots));
  fleet(name, true);
  if (has(name + ".autoscaler", 0.7)) {
    autoscaler(name, static_cast<double>(slots));
  } else {
    // From a fleet that cannot keep up to one that is hardly used.
    const double busy = requests_per_s_ * median_ms / 1000 / static_cast<double>(slots);
    line(indent_ + 2, fmt::format("replicas: {}", std::max(1.0, std::ceil(busy * number(name + ".size", 0.4, 4)))));
  }
}

void DrawnScenario::engines(const std::string& name) {
  has_fleet_ = true;
  begin(name, "self_hosted", "instance: aws/g6.xlarge");
  line(indent_ + 2,
       fmt::format("serving: {{model: llama-3.1-8b, max_batch: {}, batching: {}, router: {}}}",
                   whole(name + ".batch", 1, 64), one_of(name + ".way", {"chunked_prefill", "prefill_first", "static"}),
                   one_of(name + ".router", {"round_robin", "random", "least_outstanding", "power_of_two"})));
  fleet(name, false);
  if (has(name + ".autoscaler", 0.6)) autoscaler(name, 8);
  else line(indent_ + 2, fmt::format("replicas: {}", whole(name + ".size", 1, 6)));
}

void DrawnScenario::batches(const std::string& name) {
  has_fleet_ = true;
  begin(name, "custom_model", "instance: aws/g6.xlarge");
  line(indent_ + 2,
       fmt::format("serving: {{batch_latency: {{base: {}, per_item: {}}}, max_batch: {}, max_delay: {}, workers: {}}}",
                   milliseconds(name + ".base", 5, 3000), milliseconds(name + ".item", 1, 500),
                   whole(name + ".most", 1, 32), milliseconds(name + ".delay", 1, 3000),
                   whole(name + ".workers", 1, 3)));
  fleet(name, false);
  if (has(name + ".autoscaler", 0.6)) autoscaler(name, 8);
  else line(indent_ + 2, fmt::format("replicas: {}", whole(name + ".size", 1, 6)));
}

void DrawnScenario::mixture() {
  line(2, "- name: mixture");
  line(4, "kind: mixture");
  switch (whole("route", 0, 4)) {
    case 0:
      line(4, fmt::format("route: {{kind: cascade, first: one, then: two, escalate: {}%}}", whole("escalate", 0, 100)));
      break;
    case 1: {
      const std::int64_t share = whole("split", 0, 100);
      line(4, fmt::format("route: {{kind: split, shares: {{one: {}%, two: {}%}}}}", share, 100 - share));
      break;
    }
    case 2:
      line(4, fmt::format("route: {{kind: shadow, answer: one, mirror: two, share: {}%, wait: {}}}",
                          whole("mirror", 1, 100), one_of("both", {"true", "false"})));
      break;
    case 3:
      line(4, "route: {kind: failover, chain: [two, one]}");
      break;
    default:
      line(4, "route: {kind: failover, chain: [one, two]}");
  }
  line(4, "parts:");
  indent_ = 6;
  managed_api("one");
  if (whole("second", 0, 1) == 0) slot_fleet("two");
  else managed_api("two");
  indent_ = 2;
}

void DrawnScenario::drills() {
  if (!has("drill", 0.5)) return;
  line(0, "drills:");
  const auto draw = [&](const std::string& name, const std::string& fault) {
    line(2, fmt::format("- {{name: {}, {}, at: {}m, for: {}m, watch: {}m}}", name, fault, whole("drill.at", 0, 50),
                        whole("drill.for", 1, 40), whole("drill.watch", 5, 60)));
  };
  draw("rush", fmt::format("fault: surge, factor: {:.1f}", number("drill.factor", 0.1, 10)));
  if (has("drill.slow", 0.3))
    draw("slow", fmt::format("fault: slow_dependency, factor: {:.1f}", number("slow", 0.2, 8)));
  if (has_cache_ && has("drill.cold", 0.3)) draw("cold", "fault: cold_cache");
  if (has_fleet_ && has("drill.rollback", 0.2))
    draw("rollback", fmt::format("fault: rollback, share: {}%", whole("rolled", 1, 100)));
  if (has_spot_ && has("drill.reclaim", 0.4))
    draw("reclaim", fmt::format("fault: spot_reclaim, share: {}%", whole("reclaimed", 1, 100)));
  if (has_spot_ && has("drill.zone", 0.4)) draw("zone", "fault: zone_loss, zone: a");
  if (has_api_ && has("drill.outage", 0.3)) {
    draw("outage", fmt::format("fault: vendor_outage, share: {}%", whole("outage", 1, 100)));
  }
}

}  // namespace explorer
