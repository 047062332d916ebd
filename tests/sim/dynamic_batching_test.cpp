// Fleets that answer in batches: against the FIFO fleet, against a plain second implementation, and against what
// queueing theory and arithmetic say.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"
#include "sim/fleet/fifo_fleet.hpp"
#include "sim/scenario.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::batch_latency;
using sim::DynamicBatchingConfig;
using Block = core::traffic::Block;

namespace {

struct Case {
  core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 1);
  DynamicBatchingConfig config;
  std::vector<std::unique_ptr<Block>> blocks;
  std::int64_t requests = 0;
};

struct Answer {
  sim::OptionResult result;
  sim::RequestLog log;
};

// Times are whole multiples of `grain`, so that many things happen at once.
void draw_arrivals(core::Stream& chance, std::int64_t grain_ns, std::int64_t mean_gap_ns, std::int64_t most,
                   Case& drawn) {
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() % static_cast<std::uint64_t>(n));
  };
  auto block = std::make_unique<Block>();
  block->count = 0;
  const auto flush = [&] {
    if (block->count == 0) return;
    drawn.requests += static_cast<std::int64_t>(block->count);
    drawn.blocks.push_back(std::exchange(block, std::make_unique<Block>()));
    block->count = 0;
  };
  std::int64_t now_ns = 0;
  std::int64_t burst = 1;
  while (drawn.requests + static_cast<std::int64_t>(block->count) < most) {
    if (below(100) == 0) burst = 1 + below(20);
    now_ns += below(2 * mean_gap_ns / burst / grain_ns + 1) * grain_ns;
    if (now_ns >= core::to_ns(drawn.horizon.length())) break;
    const auto hour = static_cast<std::int32_t>(now_ns / core::ns_per_hour);
    if (hour != block->hour || block->count == 500) flush();
    block->hour = hour;
    const std::size_t i = block->count++;
    block->arrival_ns[i] = now_ns;
    block->luck[i] = chance.next();
    block->input_tokens[i] = 1;
    block->output_tokens[i] = 1;
    block->ticket[i] = 0;
    block->traffic_class[i] = static_cast<std::uint8_t>(chance.next() % 2);
  }
  flush();
}

Case draw(std::uint64_t seed) {
  core::Stream chance{seed};
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() % static_cast<std::uint64_t>(n));
  };
  Case drawn;
  const std::int64_t grain_ns = below(2) == 0 ? 1'000'000'000 : 1 + below(1'000);
  DynamicBatchingConfig& config = drawn.config;
  config.max_batch = below(4) == 0 ? 1 : below(3) == 0 ? 5'000 : 1 + below(20);
  config.workers = 1 + below(4);
  const std::int64_t first = grain_ns * (1 + below(std::max<std::int64_t>(10'000'000'000 / grain_ns, 1)));
  config.latency_ns =
      batch_latency({{1, first}, {2, first + grain_ns * below(1'000'000'000 / grain_ns + 1)}}, config.max_batch);
  config.max_delay = core::Duration{below(3) == 0 ? 0 : grain_ns * below(30'000'000'000 / grain_ns + 1)};
  config.fleet.slots_per_replica = config.workers * config.max_batch;
  config.fleet.initial_replicas = 1 + below(4);
  if (below(3) != 0) config.fleet.queue_limit = 1 + below(60);
  if (below(4) == 0) config.fleet.class_limits = {below(60), below(10)};
  if (below(2) != 0) config.fleet.timeout = core::Duration{grain_ns * (1 + below(60'000'000'000 / grain_ns))};
  if (below(3) != 0) {
    sim::AutoscalerConfig scaler;
    scaler.metric = static_cast<sim::ScalingMetric>(below(3));
    scaler.target = scaler.metric == sim::ScalingMetric::utilization ? 5.0 + static_cast<double>(below(70))
                                                                     : 0.5 + static_cast<double>(below(40)) / 10;
    scaler.min_replicas = 1 + below(config.fleet.initial_replicas);
    scaler.max_replicas = config.fleet.initial_replicas + below(12);
    scaler.sync_period = 1s * (1 + below(30));
    scaler.scale_down_stabilization = 1s * below(200);
    config.fleet.autoscaler = scaler;
    config.fleet.cold_start.provision = core::Duration{1s * (below(3) == 0 ? 0 : below(90))};
  }
  draw_arrivals(chance, grain_ns, 50'000'000 + below(2'000) * 1'000'000, 4'000, drawn);
  return drawn;
}

Answer answer(const Case& drawn) {
  Answer answer;
  sim::DynamicBatchingFleet fleet{drawn.config, drawn.horizon,
                                  sim::Ledger{"x", drawn.horizon, 0ns, false, &answer.log}};
  for (const auto& block : drawn.blocks) fleet.serve(*block);
  answer.result = fleet.close();
  std::sort(answer.log.begin(), answer.log.end());
  return answer;
}

bool holds(const sim::Checks& checks) { return checks.conservation && checks.littles_law && checks.busy_time; }

// Instant by instant: at each, in order, batches end, clients leave, batches start, the scaler looks, one request
// arrives. No queue of events, no tree, nothing promised ahead.
class Plain {
 public:
  explicit Plain(const Case& drawn) : config_{drawn.config}, horizon_ns_{core::to_ns(drawn.horizon.length())} {
    if (config_.fleet.autoscaler) scaler_.emplace(*config_.fleet.autoscaler);
    for (std::int64_t i = 0; i < config_.fleet.initial_replicas; ++i) replicas_.push_back(new_replica(0));
  }

  sim::RequestLog run(const Case& drawn) {
    for (const auto& block : drawn.blocks) {
      for (std::size_t i = 0; i < block->count; ++i) {
        const std::int64_t now_ns = block->arrival_ns[i];
        until(now_ns);
        ++arrivals_;
        const bool fills = static_cast<std::int64_t>(waiting_.size()) + 1 >= config_.max_batch;
        const bool at_once =
            idle_worker(now_ns) != nullptr && (fills || (waiting_.empty() && config_.max_delay == 0ns));
        if (static_cast<std::int64_t>(waiting_.size()) >= config_.fleet.limit_of(block->traffic_class[i]) && !at_once) {
          log_.push_back({now_ns, now_ns, now_ns, core::Outcome::rejected});
          continue;
        }
        waiting_.push_back(now_ns);
        start_batches(now_ns);
      }
    }
    until(horizon_ns_);
    for (const std::int64_t arrival_ns : waiting_) {
      log_.push_back({arrival_ns, horizon_ns_, horizon_ns_, core::Outcome::in_flight});
    }
    std::sort(log_.begin(), log_.end());
    return log_;
  }

 private:
  struct Worker {
    std::int64_t free_ns;
    std::int64_t batch = 0;
  };
  struct Replica {
    std::int64_t ready_ns;
    std::vector<Worker> workers;
  };
  Replica new_replica(std::int64_t ready_ns) const {
    return {ready_ns, std::vector<Worker>(static_cast<std::size_t>(config_.workers), Worker{ready_ns})};
  }
  std::int64_t deadline(std::int64_t arrival_ns) const { return arrival_ns + core::to_ns(config_.fleet.timeout); }

  // The one that has been free for longest, of those the first.
  Worker* idle_worker(std::int64_t now_ns) {
    Worker* best = nullptr;
    for (Replica& replica : replicas_) {
      for (Worker& worker : replica.workers) {
        if (worker.free_ns <= now_ns && (best == nullptr || worker.free_ns < best->free_ns)) best = &worker;
      }
    }
    return best;
  }

  // Every instant until `now_ns` at which something may happen by itself.
  void until(std::int64_t now_ns) {
    while (true) {
      std::int64_t next_ns = std::numeric_limits<std::int64_t>::max();
      const auto at = [&](std::int64_t then_ns) {
        if (then_ns > seen_ns_) next_ns = std::min(next_ns, then_ns);
      };
      for (const Replica& replica : replicas_) {
        for (const Worker& worker : replica.workers) at(worker.free_ns);
      }
      if (!waiting_.empty()) {
        at(deadline(waiting_.front()));
        at(waiting_.front() + core::to_ns(config_.max_delay));
      }
      if (scaler_ && scaler_->next_look_ns() < horizon_ns_) at(scaler_->next_look_ns());
      if (next_ns > now_ns) return;
      seen_ns_ = next_ns;
      while (!waiting_.empty() && deadline(waiting_.front()) <= next_ns) {
        log_.push_back({waiting_.front(), next_ns, next_ns, core::Outcome::timed_out});
        waiting_.pop_front();
      }
      start_batches(next_ns);
      if (scaler_ && scaler_->next_look_ns() == next_ns) {
        look(next_ns);
        start_batches(next_ns);
      }
    }
  }

  void start_batches(std::int64_t now_ns) {
    while (!waiting_.empty()) {
      const auto size = static_cast<std::int64_t>(waiting_.size());
      Worker* const worker = idle_worker(now_ns);
      const bool is_due = size >= config_.max_batch || waiting_.front() + core::to_ns(config_.max_delay) <= now_ns;
      if (worker == nullptr || !is_due) return;
      const std::int64_t batch = std::min(size, config_.max_batch);
      const std::int64_t done_ns = now_ns + config_.latency_ns[static_cast<std::size_t>(batch)];
      std::int64_t last_ns = 0;
      for (std::int64_t i = 0; i < batch; ++i) {
        const std::int64_t arrival_ns = waiting_.front();
        waiting_.pop_front();
        const std::int64_t end_ns = std::min(done_ns, deadline(arrival_ns));
        last_ns = std::max(last_ns, end_ns);
        const core::Outcome outcome = end_ns > horizon_ns_ ? core::Outcome::in_flight
                                      : end_ns < done_ns   ? core::Outcome::timed_out
                                                           : core::Outcome::served;
        log_.push_back({arrival_ns, now_ns, std::min(end_ns, horizon_ns_), outcome});
      }
      *worker = {last_ns, batch};
    }
  }

  void look(std::int64_t now_ns) {
    sim::FleetState state{.all_replicas = static_cast<std::int64_t>(replicas_.size()),
                          .slots_per_replica = config_.workers * config_.max_batch,
                          .waiting = static_cast<std::int64_t>(waiting_.size()),
                          .arrivals = std::exchange(arrivals_, 0)};
    for (const Replica& replica : replicas_) {
      if (replica.ready_ns <= now_ns) ++state.ready_replicas;
      for (const Worker& worker : replica.workers) {
        if (replica.ready_ns <= now_ns && worker.free_ns > now_ns) state.busy_slots += worker.batch;
      }
    }
    const std::int64_t wanted = scaler_->decide(state, state.all_replicas);
    while (static_cast<std::int64_t>(replicas_.size()) < wanted) {
      replicas_.push_back(new_replica(now_ns + core::to_ns(config_.fleet.cold_start.typical())));
    }
    replicas_.resize(static_cast<std::size_t>(wanted), new_replica(0));
  }

  DynamicBatchingConfig config_;
  std::int64_t horizon_ns_;
  std::optional<sim::Scaler> scaler_;
  std::vector<Replica> replicas_;
  std::deque<std::int64_t> waiting_;
  sim::RequestLog log_;
  std::int64_t seen_ns_ = -1;
  std::int64_t arrivals_ = 0;
};

// One class of traffic, one option; the option's keys.
sim::OptionResult run(double per_second, const std::string& keys, std::int64_t hours = 1) {
  const std::string text = fmt::format(
      "scenario: s\n"
      "horizon: {{start: 2026-12-01, hours: {}}}\n"
      "traffic: {{daily_users: {}, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}}}\n"
      "options:\n  - {{name: a, kind: custom_model, instance: any, {}}}\n",
      hours, 86'400 * per_second, keys);
  const sim::Scenario scenario = scenario_run::read_scenario(text).scenario;
  sim::Simulation simulation{scenario, 7};
  return sim::run(simulation).front();
}

double mean_ms(const core::Histogram& histogram) { return histogram.mean() * 1e-6; }

constexpr std::string_view curve = "batch_latency: [[1, 10ms], [8, 17ms], [32, 41ms]]";

}  // namespace

TEST_CASE("A batch's time is a straight line between the measured ones", "[sim][dynamic_batching]") {
  const std::vector<std::int64_t> latency = batch_latency({{1, 5'000'000}, {8, 9'000'000}, {32, 25'000'000}}, 40);
  CHECK(latency.size() == 41);
  CHECK(latency[1] == 5'000'000);
  CHECK(latency[2] == 5'571'429);  // 5 ms + 4/7 ms
  CHECK(latency[8] == 9'000'000);
  CHECK(latency[20] == 17'000'000);
  CHECK(latency[32] == 25'000'000);
  CHECK(latency[40] == 25'000'000 + 8 * 16'000'000 / 24);  // its line goes on
  CHECK(batch_latency({{1, 7}}, 3) == std::vector<std::int64_t>{0, 7, 7, 7});
}

TEST_CASE("Batches of one are a FIFO fleet with a constant service time, request by request",
          "[sim][dynamic_batching]") {
  std::int64_t compared = 0;
  std::int64_t lost = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Case drawn = draw(seed);
    DynamicBatchingConfig& config = drawn.config;
    config.latency_ns = {0, config.latency_ns[1]};
    config.max_batch = 1;
    config.fleet.slots_per_replica = config.workers;
    if (seed % 3 == 0) {  // every node is lost, with what is on it
      const std::int64_t begin_ns = core::to_ns(1s) * static_cast<std::int64_t>(10 + seed * 7 % 2'000);
      config.fleet.faults = {{.kind = sim::FaultKind::zone_loss,
                              .begin_ns = begin_ns,
                              .end_ns = begin_ns + core::to_ns(2min),
                              .zone = "zone"}};
    }
    const Answer batches = answer(drawn);
    Answer fifo;
    sim::ServiceModel model{
        sim::WholeLatency{.whole = {.table = core::QuantileTable::constant(config.latency_ns[1])}, .first_token = {}}};
    sim::FifoFleet fleet{config.fleet, std::move(model), drawn.horizon,
                         sim::Ledger{"x", drawn.horizon, 0ns, false, &fifo.log}};
    for (const auto& block : drawn.blocks) fleet.serve(*block);
    fifo.result = fleet.close();
    std::sort(fifo.log.begin(), fifo.log.end());
    REQUIRE(batches.log == fifo.log);
    REQUIRE(batches.result.usage.hours == fifo.result.usage.hours);
    REQUIRE(batches.result.fleet.replica_starts == fifo.result.fleet.replica_starts);
    REQUIRE(batches.result.fleet.longest_queue == fifo.result.fleet.longest_queue);
    REQUIRE(batches.result.fleet.utilisation == Approx(fifo.result.fleet.utilisation).epsilon(1e-12));
    REQUIRE(holds(batches.result.checks));
    compared += drawn.requests;
    lost += batches.result.fleet.lost_requests;
  }
  CHECK(compared > 100'000);
  CHECK(lost > 50);
}

TEST_CASE("Random fleets that batch answer as a plain second implementation does", "[sim][dynamic_batching]") {
  std::int64_t outcomes[7] = {};
  std::int64_t batches = 0;
  std::int64_t requests = 0;
  std::int64_t grown = 0;
  for (std::uint64_t seed = 1'000; seed < 1'300; ++seed) {
    CAPTURE(seed);
    const Case drawn = draw(seed);
    const Answer fast = answer(drawn);
    REQUIRE(static_cast<std::int64_t>(fast.log.size()) == drawn.requests);
    REQUIRE(fast.log == Plain{drawn}.run(drawn));
    REQUIRE(holds(fast.result.checks));
    for (const sim::RequestRecord& record : fast.log) ++outcomes[static_cast<std::size_t>(record.outcome)];
    batches += fast.result.batches->batches;
    requests += fast.result.batches->requests;
    grown += fast.result.fleet.peak_replicas > drawn.config.fleet.initial_replicas ? 1 : 0;
  }
  // Or little was compared.
  CHECK(outcomes[static_cast<std::size_t>(core::Outcome::served)] > 100'000);
  CHECK(outcomes[static_cast<std::size_t>(core::Outcome::rejected)] > 5'000);
  CHECK(outcomes[static_cast<std::size_t>(core::Outcome::timed_out)] > 5'000);
  CHECK(outcomes[static_cast<std::size_t>(core::Outcome::in_flight)] > 500);
  CHECK(2 * requests > 3 * batches);
  CHECK(grown > 80);
}

TEST_CASE("A batch that is lost goes back to where its requests stood", "[sim][dynamic_batching]") {
  std::int64_t lost = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Case drawn = draw(seed);
    drawn.config.fleet.queue_limit = sim::no_limit;
    drawn.config.fleet.class_limits.clear();
    drawn.config.fleet.timeout = sim::no_timeout;
    const std::int64_t begin_ns = core::to_ns(1s) * static_cast<std::int64_t>(10 + seed * 7 % 1'000);
    drawn.config.fleet.faults = {{.kind = sim::FaultKind::zone_loss,
                                  .begin_ns = begin_ns,
                                  .end_ns = begin_ns + core::to_ns(1min),
                                  .zone = "zone"}};
    const Answer answered = answer(drawn);
    REQUIRE(holds(answered.result.checks));
    REQUIRE(answered.result.checks.work_conservation);
    // Nobody is served during the loss; after it, who came first starts first.
    std::int64_t last_start_ns = 0;
    for (const sim::RequestRecord& record : answered.log) {
      REQUIRE((record.end_ns <= begin_ns || record.start_ns >= begin_ns + core::to_ns(1min)));
      if (record.start_ns < begin_ns) continue;
      REQUIRE(record.start_ns >= last_start_ns);
      last_start_ns = record.start_ns;
    }
    lost += answered.result.fleet.lost_requests;
  }
  CHECK(lost > 50);
}

TEST_CASE("However often somebody asks how far it is, it goes the same way", "[sim][dynamic_batching]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    const Case drawn = draw(seed);
    sim::RequestLog log;
    sim::DynamicBatchingFleet fleet{drawn.config, drawn.horizon, sim::Ledger{"x", drawn.horizon, 0ns, false, &log}};
    for (const auto& block : drawn.blocks) {
      fleet.advance_to(block->arrival_ns[0] - 1);
      fleet.serve(*block);
      fleet.advance_to(block->arrival_ns[block->count - 1]);
    }
    const sim::OptionResult result = fleet.close();
    std::sort(log.begin(), log.end());
    const Answer straight = answer(drawn);
    REQUIRE(log == straight.log);
    REQUIRE(result.usage.hours == straight.result.usage.hours);
  }
}

TEST_CASE("Full batches are answered at the size of a batch over its time", "[sim][dynamic_batching]") {
  // 3 workers × 32 requests in 41 ms: 2,341 a second; four times that comes.
  const sim::OptionResult result = run(
      9'400, fmt::format("serving: {{{}, max_delay: 5ms, workers: 3}}, replicas: 1, queue: {{limit: 1000}}", curve));
  const auto served = static_cast<double>(result.usage.count(core::Outcome::served));
  const double most = 3 * 32 / 0.041 * 3'600;
  // All but the first 41 ms, and what is in the workers at the end.
  CHECK(served <= most);
  CHECK(served >= most - 3 * 32 * 2);
  CHECK(result.fleet.utilisation > 0.9999);
  CHECK(32 * result.batches->batches - result.batches->requests < 3 * 32);  // the first ones were not full
}

TEST_CASE("Batching lengthens latency at low load and shortens it near saturation", "[sim][dynamic_batching]") {
  // One worker: alone 10 ms a request, at most 100 a second.
  const auto latency_ms = [](double per_second, const std::string& keys) {
    const sim::OptionResult result = run(per_second, fmt::format("serving: {{{}, {}}}, replicas: 1", curve, keys), 2);
    REQUIRE(holds(result.checks));
    return mean_ms(result.latency_ns);
  };
  const std::string alone = "max_batch: 1";
  const std::string batched = "max_batch: 32, max_delay: 20ms";
  const std::string eager = "max_batch: 32";
  // At 5 a second it waits 20 ms for nobody.
  const double low_alone = latency_ms(5, alone);
  const double low_batched = latency_ms(5, batched);
  CHECK(low_batched > 2 * low_alone);
  // At 95 % of what one alone can do it waits less than in the queue, whether it waits for others or not.
  const double high_alone = latency_ms(95, alone);
  const double high_batched = latency_ms(95, batched);
  const double high_eager = latency_ms(95, eager);
  CHECK(high_batched < 0.6 * high_alone);
  CHECK(high_eager < high_batched);
  // "Batching takes 40 % off the latency" is true at one load only, and false by the sign at another.
  WARN(fmt::format(
      "mean latency, ms: at 5/s alone {:.1f}, batched {:.1f} ({:+.0f} %), eager {:.1f}; at 95/s alone {:.1f}, "
      "batched {:.1f} ({:+.0f} %), eager {:.1f}",
      low_alone, low_batched, 100 * (low_batched / low_alone - 1), latency_ms(5, eager), high_alone, high_batched,
      100 * (high_batched / high_alone - 1), high_eager));
}

TEST_CASE("A fleet of classic models goes to nothing and comes back", "[sim][dynamic_batching]") {
  const sim::OptionResult result =
      run(0.005,
          fmt::format("serving: {{{}}}, autoscaler: {{kind: keda, target: 8, max: 4}}, cold_start: {{provision: 30s, "
                      "image: 10s, warmup: 0s}}",
                      curve),
          24);
  REQUIRE(holds(result.checks));
  CHECK(result.fleet.replica_starts > 20);
  CHECK(result.usage.count(core::Outcome::served) + result.usage.count(core::Outcome::in_flight) ==
        result.usage.total().arrivals);
  CHECK(result.fleet.mean_replicas < 1);
  // Until the poll, and the cold start: who finds nobody waits for 40 to 70 s and the batch.
  CHECK(result.latency_ns.max() <= core::to_ns(70s + 100ms));
  CHECK(result.latency_ns.max() >= core::to_ns(50s));
}

TEST_CASE("What a scenario says of batches is checked, and what it does not say is assumed",
          "[sim][dynamic_batching][scenario]") {
  const auto message = [](const std::string& serving, const std::string& more = "replicas: 1") {
    const std::string text = fmt::format(
        "scenario: s\n"
        "horizon: {{start: 2026-12-01, hours: 1}}\n"
        "traffic: {{daily_users: 10, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}}}\n"
        "options:\n"
        "  - name: a\n    kind: custom_model\n    instance: any\n    serving: {{{}}}\n    {}\n",
        serving, more);
    try {
      const core::Document document{"s.yaml", text};
      sim::read_scenario(document.root(), scenario_run::load_from(), scenario_run::any_instance);
      document.finish();
      return std::string{"accepted"};
    } catch (const core::ConfigError& error) { return std::string{error.what()}; }
  };
  CHECK(message("batch_latency: [[1, 5ms], [8, 9ms]], max_batch: 8, max_delay: 5ms, workers: 2") == "accepted");
  CHECK(message("batch_latency: {base: 4ms, per_item: 650us}, max_batch: 32") == "accepted");
  CHECK(message("batch_latency: {base: 4ms, per_item: 650us}") ==
        "s.yaml:8:5: options.a.serving.max_batch: found nothing, expected a whole number from 1 to 65_536 requests");
  CHECK(message("batch_latency: [[2, 5ms]]") ==
        "s.yaml:8:30: options.a.serving.batch_latency: found a batch of 2, expected sizes from 1 on");
  CHECK(message("batch_latency: [[1, 5ms], [1, 6ms]]") ==
        "s.yaml:8:30: options.a.serving.batch_latency: found a batch of 1, expected more than 1");
  CHECK(
      message("batch_latency: [[1, 5ms], [8, 4ms]]") ==
      "s.yaml:8:30: options.a.serving.batch_latency: found 4ms for 8, less than 5ms for 1, expected no less time for a "
      "larger batch");
  CHECK(message("batch_latency: [[1, 5ms], [8, 9ms]], max_batch: 9") ==
        "s.yaml:8:63: options.a.serving.max_batch: found 9, expected at most 8, the largest batch in batch_latency");
  CHECK(message("batch_latency: [[1, 5 apples]]").find("s.yaml:8:35: options.a.serving.batch_latency.0") == 0);
  CHECK(message("batch_latency: [[1]]").find("s.yaml:8:31: options.a.serving.batch_latency.0") == 0);
  CHECK(message("batch_latency: [[1, 5ms]], slots: 3").find("unknown key 'slots'") != std::string::npos);
  CHECK(message("batch_latency: [[1, 5ms]], max_delay: 5ms", "replicas: 1\n    queue: {limit: 0}") ==
        "s.yaml:10:20: options.a.queue.limit: found 0, expected at least 1: requests wait for one another, up to "
        "max_delay");
  const scenario_run::Read read = scenario_run::read_scenario(
      "scenario: s\n"
      "horizon: {start: 2026-12-01, hours: 1}\n"
      "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
      "options:\n"
      "  - {name: a, kind: custom_model, instance: any, serving: {batch_latency: [[1, 5ms], [8, 9ms]]}, replicas: "
      "1}\n");
  const auto& config = std::get<DynamicBatchingConfig>(read.scenario.options.front().serving);
  CHECK(config.max_batch == 8);
  CHECK(config.max_delay == 0ns);
  CHECK(config.workers == 1);
  CHECK(config.fleet.slots_per_replica == 8);
  std::vector<std::string> assumed;
  for (const core::Assumption& assumption : read.assumptions) {
    if (assumption.key.find("serving") != std::string::npos)
      assumed.push_back(assumption.key + " = " + assumption.value);
  }
  CHECK(assumed == std::vector<std::string>{"options.a.serving.max_batch = 8 requests",
                                            "options.a.serving.max_delay = 0s",
                                            "options.a.serving.workers = 1 workers a replica",
                                            "options.a.serving.batch_latency = 888.9 requests/s a worker at most"});
}
