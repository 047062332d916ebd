// The fast path and the general event core must agree: on every request, on every billed second.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/event_fleet.hpp"
#include "sim/fleet/fifo_fleet.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

struct Case {
  core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 2);
  sim::FleetConfig fleet;
  core::Duration first_token{0};
  core::Duration per_token{0};
  std::vector<std::unique_ptr<core::traffic::Block>> blocks;
  std::int64_t requests = 0;
};

// Times are multiples of `grain`, so that with a coarse one nearly everything happens at once: ties are where two
// engines part.
enum class Kind { plain, troubled };

// Nodes, spot, cold starts by chance, faults.
template <class Below>
void trouble(sim::FleetConfig& fleet, core::Duration grain, const Below& below) {
  fleet.chance = core::Stream{static_cast<std::uint64_t>(below(1'000'000))};
  const auto by_chance = [&](double p50_s) {
    const auto table = core::QuantileTable::lognormal(p50_s * 1e9, 3 * p50_s * 1e9);
    return sim::ColdStartPart{std::make_shared<const sim::Latency>(sim::Latency{.table = table})};
  };
  if (below(2) == 0) fleet.cold_start.provision = by_chance(1.0 + static_cast<double>(below(60)));
  if (below(2) == 0) fleet.cold_start.warmup = by_chance(1.0 + static_cast<double>(below(30)));
  if (below(4) == 0) fleet.cold_start.image = core::Duration{1s * below(60)};
  sim::NodeConfig& nodes = fleet.nodes;
  if (below(2) == 0) {
    nodes.replicas_per_node = 1 + below(4);
    if (below(3) == 0) nodes.quota = 1 + below(6);
    nodes.consolidate_after = core::Duration{1s * (below(2) * below(120))};
    nodes.consolidates_underused = below(2) == 0;
    nodes.batch_idle = core::Duration{1s * below(3)};
    nodes.batch_max = core::Duration{1s * below(12)};
  }
  if (below(2) == 0) nodes.zones = {"a", "b", "c"};
  if (below(3) != 0) {
    sim::SpotConfig& spot = fleet.spot.emplace();
    spot.share = static_cast<double>(below(11)) / 10;
    spot.over_provision = below(2) * below(3);
    spot.falls_back = below(2) == 0;
    spot.notice = core::Duration{1s * (below(2) * below(150))};
    spot.retry_every = core::Duration{1s * (5 + below(60))};
    spot.spreads = below(2) == 0;
    for (const char* const name : {"a", "b", "c"}) {
      const core::Duration up{1s * (60 + below(3'000))};
      const core::Duration down{1s * (10 + below(600))};
      spot.zones.push_back(sim::SpotZone::alternating(
          name, {sim::DwellTime::exponential(up), sim::DwellTime::exponential(down)}, below(2) == 0 ? 1 : 0.5));
      if (below(2) == 0) break;
    }
  }
  for (std::int64_t left = below(4); left > 0; --left) {
    sim::Fault& fault = fleet.faults.emplace_back();
    constexpr sim::FaultKind kinds[]{sim::FaultKind::zone_loss, sim::FaultKind::spot_reclaim,
                                     sim::FaultKind::slow_dependency, sim::FaultKind::rollback};
    fault.kind = kinds[below(4)];
    fault.begin_ns = core::to_ns(grain) * (below(7'000) * 1'000 * ns_per_ms / core::to_ns(grain));
    fault.end_ns = fault.begin_ns + core::to_ns(1s) * (1 + below(1'200));
    fault.amount = fault.kind == sim::FaultKind::slow_dependency ? 1 + static_cast<double>(below(8)) / 2
                                                                 : static_cast<double>(1 + below(10)) / 10;
    if (fault.kind == sim::FaultKind::zone_loss) fault.zone = fleet.nodes.zones.size() == 1 ? "zone" : "b";
    if (fleet.spot && below(2) == 0) fault.zone = "a";
  }
}

Case draw(std::uint64_t seed, Kind kind = Kind::plain) {
  core::Stream chance{seed};
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(chance.next() % n); };
  Case drawn;
  const core::Duration grain = below(2) == 0 ? core::Duration{1'000ms} : core::Duration{1 + below(1000)};
  sim::FleetConfig& fleet = drawn.fleet;
  fleet.slots_per_replica = 1 + below(5);
  fleet.initial_replicas = 1 + below(6);
  if (below(3) != 0) fleet.queue_limit = below(30);
  if (below(2) != 0) fleet.timeout = grain * (1 + below(60'000) * ns_per_ms / grain.count());
  if (below(4) != 0) {
    sim::AutoscalerConfig scaler;
    scaler.metric = static_cast<sim::ScalingMetric>(below(3));
    scaler.target = scaler.metric == sim::ScalingMetric::utilization ? 20.0 + static_cast<double>(below(70))
                                                                     : 0.5 + static_cast<double>(below(40)) / 10;
    scaler.min_replicas = 1 + below(static_cast<std::uint64_t>(fleet.initial_replicas));
    scaler.max_replicas = fleet.initial_replicas + below(20);
    scaler.sync_period = 1s * (1 + below(30));
    scaler.metric_delay = 1s * below(40);
    scaler.scale_down_stabilization = 1s * below(300);
    fleet.cold_start.provision = core::Duration{1s * (below(3) == 0 ? 0 : below(90))};
    fleet.cold_start.warmup = grain * below(10);
  }
  if (kind == Kind::troubled) trouble(fleet, grain, below);
  drawn.per_token = grain;
  const std::int64_t longest_tokens = std::max<std::int64_t>(core::to_ns(20s) / grain.count(), 1);

  // Bursts and lulls, until well after the capacity's limits.
  std::int64_t now_ns = 0;
  auto block = std::make_unique<core::traffic::Block>();
  const auto flush = [&] {
    if (block->count == 0) return;
    drawn.requests += static_cast<std::int64_t>(block->count);
    drawn.blocks.push_back(std::exchange(block, std::make_unique<core::traffic::Block>()));
  };
  const std::int64_t mean_gap_ms = 50 + below(3'000);
  std::int64_t burst = 1;
  while (drawn.requests + static_cast<std::int64_t>(block->count) < 4'000) {
    if (below(100) == 0) burst = 1 + below(20);
    now_ns +=
        below(static_cast<std::uint64_t>(2 * mean_gap_ms * ns_per_ms / burst / grain.count() + 1)) * grain.count();
    if (now_ns >= core::to_ns(drawn.horizon.length())) break;
    const auto hour = static_cast<std::int32_t>(now_ns / core::ns_per_hour);
    if (hour != block->hour || block->count == 500) flush();
    block->hour = hour;
    const std::size_t i = block->count++;
    block->arrival_ns[i] = now_ns;
    block->luck[i] = chance.next();
    block->input_tokens[i] = static_cast<std::uint32_t>(below(100));
    block->output_tokens[i] = static_cast<std::uint32_t>(1 + below(static_cast<std::uint64_t>(longest_tokens)));
  }
  flush();
  return drawn;
}

struct Answer {
  sim::OptionResult result;
  sim::RequestLog log;
};

template <class Fleet>
Answer answer(const Case& drawn) {
  Answer answer;
  const auto constant = [](core::Duration d) {
    return sim::Latency{.table = core::QuantileTable::constant(d.count())};
  };
  sim::ServiceModel model{
      sim::PacedLatency{.first_token = constant(drawn.first_token), .per_output_token = constant(drawn.per_token)}};
  sim::Ledger ledger{"x", drawn.horizon, 0ns, true, &answer.log};
  Fleet fleet{drawn.fleet, std::move(model), drawn.horizon, std::move(ledger)};
  for (const auto& block : drawn.blocks) fleet.serve(*block);
  answer.result = fleet.close();
  std::sort(answer.log.begin(), answer.log.end());
  return answer;
}

void check_equal(const Case& drawn) {
  const Answer fast = answer<sim::FifoFleet>(drawn);
  const Answer events = answer<sim::EventFleet>(drawn);
  REQUIRE(events.log.size() == static_cast<std::size_t>(drawn.requests));
  REQUIRE(fast.log == events.log);
  REQUIRE(fast.result.usage == events.result.usage);
  REQUIRE(fast.result.fleet == events.result.fleet);
  REQUIRE(fast.result.latency_ns == events.result.latency_ns);
  REQUIRE(fast.result.time_to_first_token_ns == events.result.time_to_first_token_ns);
  REQUIRE(fast.result.wait_ns == events.result.wait_ns);
  for (const sim::Checks& checks : {fast.result.checks, events.result.checks}) {
    REQUIRE(checks.conservation);
    REQUIRE(checks.littles_law);
    REQUIRE(checks.busy_time);
    REQUIRE(checks.billed_time);
    REQUIRE(checks.work_conservation);
  }
}

}  // namespace

TEST_CASE("The fast path serves every request as the event core does", "[sim][fleet]") {
  std::int64_t scaled = 0;
  std::int64_t waited = 0;
  std::int64_t late = 0;
  std::int64_t rejected = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    const Case drawn = draw(seed);
    check_equal(drawn);
    const sim::OptionResult result = answer<sim::FifoFleet>(drawn).result;
    scaled += result.fleet.replica_starts > drawn.fleet.initial_replicas ? 1 : 0;
    waited += result.fleet.longest_queue > 3 ? 1 : 0;
    late += result.usage.count(core::Outcome::timed_out);
    rejected += result.usage.count(core::Outcome::rejected);
  }
  // The cases are worth something: fleets did grow, queues did form, clients did give up and were turned away.
  CHECK(scaled > 30);
  CHECK(waited > 50);
  CHECK(late > 1'000);
  CHECK(rejected > 1'000);
}

TEST_CASE("The fast path loses and requeues every request as the event core does", "[sim][fleet]") {
  std::int64_t lost = 0;
  std::int64_t interrupted = 0;
  std::int64_t refused = 0;
  std::int64_t waited_for_quota = 0;
  std::int64_t wasted = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const Case drawn = draw(seed, Kind::troubled);
    check_equal(drawn);
    const sim::OptionResult result = answer<sim::FifoFleet>(drawn).result;
    lost += result.fleet.lost_requests;
    refused += result.fleet.spot_refusals;
    waited_for_quota += result.fleet.quota_waits;
    interrupted += result.usage.total().spot_interruptions;
    wasted += result.usage.total().wasted_output_tokens;
  }
  CHECK(lost > 500);
  CHECK(interrupted > 1'000);
  CHECK(refused > 100);
  CHECK(waited_for_quota > 100);
  CHECK(wasted > 1'000);
}

TEST_CASE("The fast path agrees with the event core on ten thousand troubled fleets", "[sim][fleet][heavy]") {
  for (std::uint64_t seed = 1'000; seed < 11'000; ++seed) {
    CAPTURE(seed);
    check_equal(draw(seed, Kind::troubled));
  }
}

TEST_CASE("The fast path agrees with the event core on ten thousand fleets", "[sim][fleet][heavy]") {
  for (std::uint64_t seed = 1'000; seed < 11'000; ++seed) {
    CAPTURE(seed);
    check_equal(draw(seed));
  }
}
