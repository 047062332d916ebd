#include "sim/fleet/scaler.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::FleetState;
using sim::ScalerConfig;
using sim::ScalingMetric;

namespace {

template <class Config>
ScalerConfig scaler_config(std::int64_t min, std::int64_t max, Config policy) {
  ScalerConfig config;
  config.min_replicas = min;
  config.max_replicas = max;
  config.policy = std::move(policy);
  return config;
}

// A fleet that is all ready and does at once what it is told.
class Fleet {
 public:
  Fleet(const ScalerConfig& config, std::int64_t replicas) : scaler_{config}, replicas_{replicas} {}

  // Looks until `end`, with so much waiting and so much in service.
  std::int64_t until(core::Duration end, std::int64_t waiting, std::int64_t busy, std::int64_t arrivals = 0) {
    while (scaler_.next_look_ns() <= core::to_ns(end)) {
      look_ns_ = scaler_.next_look_ns();
      const std::int64_t next = scaler_.decide({.ready_replicas = replicas_,
                                                .all_replicas = replicas_,
                                                .slots_per_replica = 10,
                                                .busy_slots = busy,
                                                .waiting = waiting,
                                                .arrivals = arrivals},
                                               replicas_);
      if (next != replicas_) changed_ns_ = look_ns_;
      replicas_ = next;
    }
    return replicas_;
  }
  core::Duration changed() const { return core::Duration{changed_ns_}; }

 private:
  sim::Scaler scaler_;
  std::int64_t replicas_;
  std::int64_t look_ns_ = 0;
  std::int64_t changed_ns_ = 0;
};

constexpr core::Date monday{std::chrono::year{2026} / 11 / 30};

}  // namespace

// --- HPA ---

TEST_CASE("An HPA behind the scaler decides as one by itself", "[sim][scaler]") {
  sim::AutoscalerConfig config{.target = 10, .min_replicas = 2, .max_replicas = 50};
  Fleet fleet{config, 5};
  CHECK(fleet.until(15s, 50, 50) == 10);  // 20 each
  CHECK(fleet.until(30s, 100, 150) == 20);
  CHECK(fleet.until(14min, 0, 10) == 2);
}

// --- KEDA ---

TEST_CASE("KEDA brings the first replica at a poll, the HPA the others, and KEDA takes all after the cooldown",
          "[sim][scaler]") {
  const ScalerConfig config = scaler_config(0, 40, sim::KedaConfig{.hpa = {.target = 8}});
  Fleet fleet{config, 0};
  CHECK(fleet.until(29s, 100, 0) == 0);  // the HPA leaves an empty fleet alone
  // At 30 s the poll makes one; the HPA's tick of the same instant wants ceil(100 / 8) = 13, and may add four.
  CHECK(fleet.until(30s, 100, 0) == 5);
  CHECK(fleet.until(45s, 100, 0) == 10);
  CHECK(fleet.until(60s, 100, 0) == 13);
  CHECK(fleet.until(10min, 0, 1) == 1);  // the HPA's minimum, five minutes later
  // The last active poll was at 10 min: it is cooled down once more than five minutes have passed.
  CHECK(fleet.until(15min, 0, 0) == 1);
  CHECK(fleet.until(15min + 30s, 0, 0) == 0);
  CHECK(fleet.changed() == 15min + 30s);
}

TEST_CASE("KEDA goes from any number to nothing, and is active above its activation only", "[sim][scaler]") {
  sim::KedaConfig keda{.hpa = {.target = 1}, .activation = 5, .cooldown_period = 60s};
  keda.hpa.scale_down_stabilization = 1h;
  Fleet fleet{scaler_config(0, 40, keda), 0};
  CHECK(fleet.until(5min, 5, 0) == 0);  // five are not more than five
  CHECK(fleet.until(6min, 20, 0) == 20);
  CHECK(fleet.until(7min, 5, 0) == 20);  // within the cooldown
  CHECK(fleet.until(7min + 30s, 5, 0) == 0);
  Fleet kept{scaler_config(3, 40, keda), 1};
  CHECK(kept.until(30s, 0, 0) == 3);  // a minimum is kept
  CHECK(kept.until(3h, 0, 0) == 3);
}

TEST_CASE("KEDA's first cooldown is the initial one", "[sim][scaler]") {
  Fleet idle{scaler_config(0, 40, sim::KedaConfig{.hpa = {.target = 1}}), 4};
  CHECK(idle.until(30s, 0, 0) == 0);
  sim::KedaConfig patient{.hpa = {.target = 1}, .initial_cooldown_period = 2min};
  Fleet waits{scaler_config(0, 40, patient), 4};
  CHECK(waits.until(119s, 0, 0) > 0);
  CHECK(waits.until(2min, 0, 0) == 0);
}

// --- Target tracking ---

TEST_CASE("Target tracking goes out after three minutes above, in after fifteen below nine tenths", "[sim][scaler]") {
  const ScalerConfig config = scaler_config(
      2, 40,
      sim::TargetTrackingConfig{
          .metric = ScalingMetric::concurrency, .target = 10, .scale_out_cooldown = 0s, .scale_in_cooldown = 0s});
  Fleet fleet{config, 10};
  CHECK(fleet.until(2min + 59s, 0, 150) == 10);
  CHECK(fleet.until(3min, 0, 150) == 15);   // ceil(10 × 15 / 10)
  CHECK(fleet.until(4min, 0, 150) == 15);   // on target
  CHECK(fleet.until(60min, 0, 136) == 15);  // 9.07 each: not below 9
  CHECK(fleet.until(60min + 14min + 59s, 0, 120) == 15);
  CHECK(fleet.until(75min, 0, 120) == 12);
}

TEST_CASE("In the cooldown of scaling out only more than was added then is added", "[sim][scaler]") {
  const ScalerConfig config =
      scaler_config(2, 100, sim::TargetTrackingConfig{.metric = ScalingMetric::concurrency, .target = 10});
  sim::Scaler scaler{config};
  const auto minute = [&](double each, std::int64_t replicas) {
    std::int64_t next = replicas;
    for (int i = 0; i < 6; ++i) {
      next = scaler.decide({.ready_replicas = 10,
                            .all_replicas = replicas,
                            .slots_per_replica = 100,
                            .busy_slots = static_cast<std::int64_t>(each * 10)},
                           next);
    }
    return next;
  };
  CHECK(minute(20, 10) == 10);
  CHECK(minute(20, 10) == 10);
  CHECK(minute(20, 10) == 20);
  CHECK(minute(20, 20) == 20);  // ten are on their way: 10 × 2, not 20 × 2
  CHECK(minute(30, 20) == 30);  // larger
  for (int i = 0; i < 4; ++i) CHECK(minute(30, 30) == 30);
  CHECK(minute(30, 30) == 90);  // five minutes after the last one
}

TEST_CASE("A minute of target tracking is the mean of its samples", "[sim][scaler]") {
  const ScalerConfig config =
      scaler_config(1, 100, sim::TargetTrackingConfig{.metric = ScalingMetric::requests_per_second, .target = 10});
  sim::Scaler scaler{config};
  std::int64_t replicas = 10;
  for (int sample = 1; sample <= 18; ++sample) {
    // A burst of 3,000 in the first ten seconds of each minute: 50/s over it, 5 each. Not above 10.
    replicas =
        scaler.decide({.ready_replicas = 10, .all_replicas = 10, .arrivals = sample % 6 == 1 ? 3'000 : 0}, replicas);
  }
  CHECK(replicas == 10);
}

// --- KPA ---

namespace {

// Knative's decision, from all that was ever seen.
class KnativeReference {
 public:
  KnativeReference(double target, std::int64_t min, std::int64_t max) : target_{target * 0.7}, min_{min}, max_{max} {}

  std::int64_t decide(std::int64_t now_s, std::int64_t concurrency, std::int64_t ready, std::int64_t current) {
    if (seen_.empty()) {
      if (ready > 0) active_since_s_ = 0;
      if (ready > 1) {
        panic_s_ = 0;
        most_ = ready;
      }
    }
    seen_.push_back({now_s, concurrency});
    const double pods = std::max<double>(1, static_cast<double>(ready));
    const auto wants = [&](std::int64_t window_s) {
      double sum = 0;
      double count = 0;
      for (const auto& [when_s, value] : seen_) {
        if (when_s <= now_s - window_s) continue;
        sum += static_cast<double>(value);
        ++count;
      }
      return std::ceil(sum / count / target_);
    };
    const auto clip = [&](double replicas) {
      return static_cast<std::int64_t>(std::min(std::max(replicas, std::floor(pods / 2)), std::ceil(1000 * pods)));
    };
    const double panic = wants(6);
    if (panic / pods >= 2) panic_s_ = now_s;
    else if (panic_s_ && now_s - *panic_s_ > 60) {
      panic_s_.reset();
      most_ = 0;
    }
    std::int64_t desired = clip(wants(60));
    if (panic_s_) {
      most_ = std::max(most_, std::max(desired, clip(panic)));
      desired = most_;
    }
    desired = std::clamp(desired, min_, max_);
    if (desired > 0) {
      idle_since_s_.reset();
      if (!active_since_s_ && ready > 0) active_since_s_ = now_s;
      return desired;
    }
    if (current == 0) return 0;
    if (!active_since_s_ && !idle_since_s_ && ready > 0) active_since_s_ = now_s;
    if (!active_since_s_ && !idle_since_s_) return current;
    if (idle_since_s_) {
      if (now_s - *idle_since_s_ < 30) return current;
      idle_since_s_.reset();
      return 0;
    }
    if (now_s - *active_since_s_ < 60) return 1;
    active_since_s_.reset();
    idle_since_s_ = now_s;
    return current;
  }

 private:
  struct Seen {
    std::int64_t when_s;
    std::int64_t value;
  };
  double target_;
  std::int64_t min_;
  std::int64_t max_;
  std::vector<Seen> seen_;
  std::optional<std::int64_t> panic_s_;
  std::int64_t most_ = 0;
  std::optional<std::int64_t> active_since_s_;
  std::optional<std::int64_t> idle_since_s_;
};

}  // namespace

TEST_CASE("The KPA decides as its published rules do, on random series", "[sim][scaler]") {
  core::Stream chance{99};
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(chance.next() % n); };
  std::int64_t zeros = 0;
  std::int64_t changes = 0;
  for (int series = 0; series < 300; ++series) {
    const std::int64_t min = below(3);
    const std::int64_t max = 5 + below(40);
    const double target = 1 + static_cast<double>(below(20));
    sim::Scaler scaler{scaler_config(min, max, sim::KnativeConfig{.target = target})};
    KnativeReference reference{target, min, max};
    std::int64_t current = below(4);
    std::int64_t ready = current;
    std::int64_t load = 0;
    for (std::int64_t now_s = 2; now_s <= 1'200; now_s += 2) {
      if (below(40) == 0) load = below(3) == 0 ? 0 : below(300);
      const std::int64_t busy = std::min(load, ready * 2);
      const std::int64_t seen = std::max<std::int64_t>(load + below(5) - 2, busy);
      CAPTURE(series, now_s, current, ready);
      const FleetState state{
          .ready_replicas = ready, .all_replicas = current, .busy_slots = busy, .waiting = load == 0 ? 0 : seen - busy};
      const std::int64_t expected = reference.decide(now_s, state.busy_slots + state.waiting, ready, current);
      const std::int64_t next = scaler.decide(state, current);
      REQUIRE(next == expected);
      zeros += next == 0 && current > 0 ? 1 : 0;
      changes += next != current ? 1 : 0;
      current = next;
      ready = std::min(current, ready + (below(3) == 0 ? 1 : 0));
    }
  }
  CHECK(zeros > 100);
  CHECK(changes > 3'000);
}

TEST_CASE("The KPA comes back from nothing at its next look and panics at twice what is ready", "[sim][scaler]") {
  const ScalerConfig config = scaler_config(0, 100, sim::KnativeConfig{.target = 10});
  Fleet fleet{config, 0};
  CHECK(fleet.until(1min, 0, 0) == 0);
  // ceil(70 / 7) in the panic window of three samples, two of them empty: ceil(23.3 / 7) = 4, over twice the one.
  CHECK(fleet.until(1min + 2s, 70, 0) == 4);
  CHECK(fleet.until(1min + 6s, 70, 0) == 10);
  CHECK(fleet.until(2min, 0, 0) == 10);  // nothing is taken away in panic
}

TEST_CASE("The KPA's way to zero is a stable window and the grace period", "[sim][scaler]") {
  Fleet fleet{scaler_config(0, 100, sim::KnativeConfig{.target = 10}), 1};
  CHECK(fleet.until(10min, 0, 5) == 1);
  // The window is empty of the last request a minute later; then 30 s behind the activator.
  CHECK(fleet.until(10min + 60s + 28s, 0, 0) == 1);
  CHECK(fleet.until(10min + 60s + 30s, 0, 0) == 0);
}

// --- Schedule ---

TEST_CASE("A schedule goes by the week of the horizon's calendar and its time zone", "[sim][scaler]") {
  sim::ScheduleConfig schedule{.rules = {{.begins = 8h, .replicas = 10}, {.begins = 4 * 24h + 20h, .replicas = 2}},
                               .utc_offset = 1h};
  ScalerConfig config = scaler_config(2, 10, schedule);
  config.horizon_start = monday;
  Fleet fleet{config, 7};
  CHECK(fleet.until(0s, 0, 0) == 2);  // Friday's holds over the weekend
  CHECK(fleet.until(7h - 1ns, 0, 0) == 2);
  CHECK(fleet.until(7h, 0, 0) == 10);  // 08:00 in UTC+1
  CHECK(fleet.until(4 * 24h + 19h - 1ns, 0, 0) == 10);
  CHECK(fleet.until(4 * 24h + 19h, 0, 0) == 2);
  CHECK(fleet.until(7 * 24h + 7h, 0, 0) == 10);
  CHECK(fleet.changed() == 7 * 24h + 7h);
  config.horizon_start = monday + std::chrono::days{1};  // a Tuesday: within the working week
  Fleet tuesday{config, 7};
  CHECK(tuesday.until(0s, 0, 0) == 10);
}

TEST_CASE("A floor lifts what an HPA wants, and he goes on above it", "[sim][scaler]") {
  auto hpa = std::make_shared<ScalerConfig>(sim::AutoscalerConfig{.target = 10, .min_replicas = 2, .max_replicas = 50});
  sim::ScheduleConfig schedule{.rules = {{.begins = 0s, .min = 2}, {.begins = 1h, .min = 12}, {.begins = 2h, .min = 2}},
                               .above = hpa};
  ScalerConfig config = scaler_config(2, 50, schedule);
  config.horizon_start = monday;
  Fleet fleet{config, 3};
  CHECK(fleet.until(59min, 0, 30) == 3);
  CHECK(fleet.until(60min, 0, 30) == 12);
  CHECK(fleet.until(90min, 0, 30) == 12);
  CHECK(fleet.until(100min, 50, 150) == 20);
  CHECK(fleet.until(119min, 0, 30) == 12);  // wants 3
  CHECK(fleet.until(130min, 0, 30) == 3);
}

// --- Predictive ---

TEST_CASE("A season's forecast is ready for the rise of the day before", "[sim][scaler]") {
  // 600 requests a minute, 6,000 in the hour from 09:00: 2 and 20 replicas of 5 requests a second.
  const auto load = [](std::int64_t minute) {
    const std::int64_t of_day = minute % 1'440;
    return of_day >= 540 && of_day < 600 ? std::int64_t{6'000} : std::int64_t{600};
  };
  sim::Predictive policy{{.target = 5, .lead = 3min}, {.min = 1, .max = 100}};
  std::int64_t rises = 0;
  std::int64_t minute = 0;
  const auto look = [&] { return policy.decide({.arrivals = load(minute++)}, 0); };
  while (minute < 540) look();
  CHECK(look() >= 20);  // the first day: after the first minute of it, not before
  while (minute < 1'440 + 536) CHECK(look() >= 2);
  CHECK(look() == 20);  // of the second day: at 08:57, three minutes ahead
  CHECK(policy.forecast() == 6'000);
  rises = minute;
  CHECK(rises == 1'440 + 537);
  while (minute < 1'440 + 596) CHECK(look() == 20);
  while (minute < 1'440 + 605) look();
  CHECK(look() == 2);  // five minutes after the last forecast of it
}

TEST_CASE("The forecast is corrected by what came against what was expected", "[sim][scaler]") {
  sim::Predictive policy{{.target = 1, .lead = 0s, .season = 1h, .scale_down_stabilization = 0s},
                         {.min = 1, .max = 1'000}};
  for (int minute = 0; minute < 60; ++minute) policy.decide({.arrivals = 600}, 0);
  for (int minute = 0; minute < 10; ++minute) policy.decide({.arrivals = 900}, 0);
  CHECK(policy.forecast() == 900);
  for (int minute = 0; minute < 10; ++minute) policy.decide({.arrivals = 60'000}, 0);
  CHECK(policy.forecast() == 2'400);  // at most fourfold
}

TEST_CASE("A trend is the straight line of least squares", "[sim][scaler]") {
  sim::Predictive policy{{.target = 1, .lead = 4min, .season = 0s}, {.min = 1, .max = 1'000}};
  CHECK(policy.decide({.arrivals = 100}, 0) == 2);
  for (std::int64_t minute = 1; minute < 20; ++minute) policy.decide({.arrivals = 100 + 60 * minute}, 0);
  CHECK(policy.forecast() == Approx(100 + 60 * 24));
  sim::Predictive falling{{.target = 1, .lead = 30min, .season = 0s}, {.min = 1, .max = 1'000}};
  for (std::int64_t minute = 0; minute < 10; ++minute) falling.decide({.arrivals = 1'000 - 100 * minute}, 0);
  CHECK(falling.forecast() == Approx(0).margin(1e-6));  // never below
}

TEST_CASE("What is still to come changes no forecast", "[sim][scaler]") {
  core::Stream chance{5};
  const sim::PredictiveConfig config{.target = 3, .lead = 7min, .season = 6h};
  for (int trial = 0; trial < 20; ++trial) {
    sim::Predictive one{config, {.min = 1, .max = 1'000}};
    sim::Predictive other{config, {.min = 1, .max = 1'000}};
    const auto split = static_cast<std::int64_t>(chance.next() % 1'000);
    for (std::int64_t minute = 0; minute < 1'000; ++minute) {
      const auto load = static_cast<std::int64_t>(chance.next() % 1'000);
      const std::int64_t a = one.decide({.arrivals = load}, 0);
      const std::int64_t b = other.decide({.arrivals = minute < split ? load : 5'000}, 0);
      if (minute < split) REQUIRE(a == b);
    }
  }
}

// --- Limits ---

TEST_CASE("A maximum below the mean load is told with its arithmetic", "[sim][scaler]") {
  CHECK(sim::max_below_load({.max_replicas = 40, .slots_per_replica = 8, .service_s = 6.4, .requests_per_s = 116}) ==
        "max: 40 replicas × 8 slots ÷ 6.4 s = 50 requests/s, the traffic brings 116 on average");
  CHECK_FALSE(
      sim::max_below_load({.max_replicas = 40, .slots_per_replica = 8, .service_s = 6.4, .requests_per_s = 50}));
  CHECK_FALSE(sim::max_below_load({.max_replicas = 1, .service_s = 0, .requests_per_s = 50}));
}
