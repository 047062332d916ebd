// Fleets of LLM engines whose waits and throughput have a closed form: router, engines and books together. Where chance
// is in it, the tolerance is the estimator's own 99 % interval (queue_run.hpp), plus a bound of what time in steps
// does, which is derived where it is used.
//
// Blocks are filled here, not by a scenario, for no scenario draws answers of geometric length. An iteration takes a
// fixed time h, whatever is in it; a prompt has one token, so that an answer of g tokens takes g iterations.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "tests/sim/queue_run.hpp"
#include "tests/support/catch.hpp"

using core::traffic::Block;
using queue_run::BatchMeans;
using queue_run::Estimate;

namespace {

#ifdef NDEBUG
constexpr std::int64_t scale = 1;
#else
constexpr std::int64_t scale = 20;
#endif

constexpr std::int64_t ps_per_ms = 1'000'000'000;

void check_within(const char* what, const Estimate& estimate, double truth, double bound = 0) {
  INFO(what << ": " << estimate.mean << " ± " << estimate.half_width << ", truth " << truth << " ± " << bound);
  CHECK(std::abs(estimate.mean - truth) <= estimate.half_width + bound);
  fmt::print("{:<52} {:.6g} ± {:.2g} (99 %), closed form {:.6g} ± {:.2g}, off by {:+.3f} %\n", what, estimate.mean,
             estimate.half_width, truth, bound, 100 * (estimate.mean / truth - 1));
}

struct Fleet {
  std::int64_t replicas = 1;
  std::uint32_t max_batch = 1;
  sim::Routing routing = sim::Routing::round_robin;
  double iteration_ms = 1;
  double mean_tokens = 1'000;  // of a geometric answer
  double per_second = 1;
  std::int64_t requests = 1'000'000;
};

struct Observed {
  Estimate wait_s;  // until admission
  Estimate waited;  // share that waits longer than two iterations
  Estimate in_system_s;
  sim::OptionResult result;
};

sim::FleetConfig fleet_of(std::int64_t instances, std::int64_t places) {
  sim::FleetConfig fleet;
  fleet.initial_replicas = instances;
  fleet.slots_per_replica = places;
  return fleet;
}

// Answers come out of the ledger one by one.
Observed observe(const Fleet& fleet) {
  const auto step_ps = static_cast<std::int64_t>(fleet.iteration_ms * static_cast<double>(ps_per_ms));
  const auto hours =
      static_cast<std::int32_t>(static_cast<double>(fleet.requests) * 1.1 / fleet.per_second / 3'600) + 2;
  const auto horizon = core::Horizon::hours(core::parse_date("2026-12-01"), hours);
  const sim::BatchingFleetConfig config{
      .fleet = fleet_of(fleet.replicas, fleet.max_batch),
      .engine = {.max_batch = fleet.max_batch, .token_budget = 1'000, .kv_blocks = 10'000'000},
      .cost = {{0, step_ps, step_ps}, sim::LinearAttention{}},
      .routing = fleet.routing};
  sim::RequestLog log;
  sim::BatchingFleet engines{config, horizon, sim::Ledger{"fleet", horizon, {}, true, &log}};

  core::Stream gaps = core::Stream{1}.child("gaps");
  core::Stream lengths = core::Stream{1}.child("lengths");
  core::Stream luck = core::Stream{1}.child("luck");
  const auto block = std::make_unique<Block>();
  double now_s = 0;
  std::int64_t now_ns = 0;
  const auto next_arrival = [&] {
    now_s -= std::log(core::unit_open_closed(gaps.next())) / fleet.per_second;
    now_ns = static_cast<std::int64_t>(now_s * 1e9);
  };
  next_arrival();
  BatchMeans waits;
  BatchMeans waited;
  BatchMeans in_system;
  const auto look_at_long_ns = static_cast<std::int64_t>(2e6 * fleet.iteration_ms);
  for (std::size_t batch = 0; batch <= BatchMeans::batches; ++batch) {
    double wait_ns = 0;
    double system_ns = 0;
    std::int64_t count = 0;
    std::int64_t late = 0;
    while (count < fleet.requests / static_cast<std::int64_t>(BatchMeans::batches + 1)) {
      const std::int64_t hour = now_ns / core::ns_per_hour;
      block->hour = static_cast<std::int32_t>(hour);
      block->count = 0;
      while (block->count < Block::capacity && now_ns / core::ns_per_hour == hour) {
        const std::size_t i = block->count++;
        block->arrival_ns[i] = now_ns;
        block->luck[i] = luck.next();
        block->input_tokens[i] = 1;
        block->output_tokens[i] = 1 + static_cast<std::uint32_t>(std::log(core::unit_open_closed(lengths.next())) /
                                                                 std::log1p(-1 / fleet.mean_tokens));
        next_arrival();
      }
      engines.serve(*block);
      for (const sim::RequestRecord& request : log) {
        ++count;
        wait_ns += static_cast<double>(request.start_ns - request.arrival_ns);
        system_ns += static_cast<double>(request.end_ns - request.arrival_ns);
        late += request.start_ns - request.arrival_ns > look_at_long_ns ? 1 : 0;
      }
      log.clear();
    }
    if (batch == 0) continue;  // warm-up
    const auto n = static_cast<double>(count);
    waits.add(wait_ns * 1e-9 / n);
    waited.add(static_cast<double>(late) / n);
    in_system.add(system_ns * 1e-9 / n);
  }
  sim::OptionResult result = engines.close();
  return {.wait_s = waits.estimate(),
          .waited = waited.estimate(),
          .in_system_s = in_system.estimate(),
          .result = std::move(result)};
}

// The mean number of those who wait, after the arrivals of a boundary.
double queue_in_steps(int servers, double ends, double arrivals) {
  constexpr int most = 250;  // 0.8^240 is nothing
  std::vector<double> ended_of((static_cast<std::size_t>(servers) + 1) * (static_cast<std::size_t>(servers) + 1));
  const auto binomial = [&](int n, int k) -> double& {
    return ended_of[static_cast<std::size_t>(n * (servers + 1) + k)];
  };
  for (int n = 0; n <= servers; ++n) {
    binomial(n, 0) = std::pow(1 - ends, n);
    for (int k = 1; k <= n; ++k) binomial(n, k) = binomial(n, k - 1) * (n - k + 1) / k * ends / (1 - ends);
  }
  std::vector<double> arrived{std::exp(-arrivals)};
  while (arrived.back() > 1e-18) arrived.push_back(arrived.back() * arrivals / static_cast<double>(arrived.size()));
  std::vector<double> now(most + 1);
  now[static_cast<std::size_t>(servers)] = 1;
  double before = -1;
  double mean = 0;
  for (int round = 0; std::abs(mean - before) > 1e-10; ++round) {
    before = mean;
    for (int step = 0; step < 10'000; ++step) {
      std::vector<double> left(most + 1);
      for (int n = 0; n <= most; ++n) {
        const int busy = std::min(n, servers);
        for (int k = 0; k <= busy; ++k) {
          left[static_cast<std::size_t>(n - k)] += now[static_cast<std::size_t>(n)] * binomial(busy, k);
        }
      }
      now.assign(most + 1, 0);
      for (std::size_t n = 0; n <= most; ++n) {
        for (std::size_t k = 0; k < arrived.size() && n + k <= most; ++k) now[n + k] += left[n] * arrived[k];
      }
    }
    mean = 0;
    for (int n = servers; n <= most; ++n) mean += (n - servers) * now[static_cast<std::size_t>(n)];
  }
  return mean;
}

void check_books(const sim::OptionResult& result) {
  CHECK(result.checks.conservation);
  CHECK(result.checks.littles_law);
  CHECK(result.checks.busy_time);
  CHECK(result.checks.kv_memory);
}

}  // namespace

TEST_CASE("Luck splits a stream: replicas of one place are as many M/G/1 queues", "[sim][batching][closed_form]") {
  // An engine of one place that somebody holds starts the next request at the boundary where it ends, and an idle one
  // at once: exactly M/G/1 with services of g steps, E[g] = m, E[g²] = m (2m - 1), and a Poisson stream that chance
  // splits is Poisson (Kingman). The bias to M/M/1 is the factor 1 - 1/(2m), 0.05 % here; none is left over.
  constexpr std::int64_t replicas = 5;
  constexpr double mean_s = 1;
  constexpr double load = 0.8;
  const Fleet fleet{.replicas = replicas,
                    .routing = sim::Routing::random,
                    .iteration_ms = 1,
                    .mean_tokens = 1'000,
                    .per_second = replicas * load / mean_s,
                    .requests = 20'000'000 / scale};
  const Observed observed = observe(fleet);
  const double mm1_s = load / (1 - load) * mean_s;
  const double truth_s = mm1_s * (1 - 1 / (2 * fleet.mean_tokens));  // Pollaczek and Khinchine
  check_within("5 × M/Geo/1 at 0.8, mean wait, s", observed.wait_s, truth_s);
  check_within("5 × M/Geo/1 at 0.8, time in system, s", observed.in_system_s, truth_s + mean_s);
  check_books(observed.result);
}

TEST_CASE("Round robin makes arrivals of each replica more regular: E/Geo/1", "[sim][batching][closed_form]") {
  // Every c-th arrival of a Poisson stream: gaps of Erlang's c stages. GI/M/1 (Kleinrock, Queueing Systems I, 6.4): the
  // number that an arrival finds is geometric with the root of σ = A*(μ - μσ), A*(s) = (λ / (λ + s))^c; the mean wait
  // is σ / (μ (1 - σ)).
  //
  // Bound. A service of g steps with P(g > k) = (1 - 1/m)^k is an exponential one with the rate -ln(1 - 1/m) / h,
  // rounded up to whole steps: longer by less than a step, and by half a one on average. Couple the two queues by the
  // same arrivals and exponentials E: S = ⌈E / h⌉ h. With E[E] = -h / ln(1 - 1/m) ≈ (m - 1/2) h the exact rate is
  // known; between services E and E + h lies the queue, and the mean wait is monotone in services, so it lies between
  // those of GI/M/1 with E and of GI/G/1 with E + h. The latter differs by about h W'(E[S]): from the closed form with
  // the mean E[E] and the mean E[E] + h, for adding a constant makes it less variable than an exponential of the longer
  // mean, which waits longer (Stoyan, convex order).
  constexpr std::int64_t replicas = 4;
  constexpr double step_s = 0.001;
  const Fleet fleet{.replicas = replicas,
                    .routing = sim::Routing::round_robin,
                    .iteration_ms = 1'000 * step_s,
                    .mean_tokens = 1'000,
                    .per_second = replicas * 0.8,
                    .requests = 20'000'000 / scale};
  const auto gi_m_1_wait_s = [&](double mean_s) {
    const double mu = 1 / mean_s;
    double sigma = 0.5;
    for (int i = 0; i < 1'000; ++i) {
      sigma = std::pow(fleet.per_second / (fleet.per_second + mu * (1 - sigma)), static_cast<double>(replicas));
    }
    return sigma / (mu * (1 - sigma));
  };
  const double exponential_s = -step_s / std::log1p(-1 / fleet.mean_tokens);
  const double least_s = gi_m_1_wait_s(exponential_s);
  const double most_s = gi_m_1_wait_s(exponential_s + step_s);
  const Observed observed = observe(fleet);
  check_within("4 × E4/Geo/1 at 0.8, mean wait, s", observed.wait_s, (least_s + most_s) / 2, (most_s - least_s) / 2);
  CHECK((most_s - least_s) / least_s < 0.01);
  check_books(observed.result);
}

TEST_CASE("An engine of c places is an M/M/c queue in steps: Erlang's C", "[sim][batching][closed_form]") {
  // Iterations of h, 1/500 of the mean service. Admissions are at boundaries only: an arrival at a busy engine waits
  // for the next one, even when a place is free, and holds a place from there to a boundary.
  //
  // Bounds, by coupling with an M/M/c queue of the same arrivals and services. In the engine, shift each arrival to the
  // next boundary (later by u, uniform in (0, h), h/2 on average): the engine is then exactly a FIFO queue of c servers
  // with those arrivals and services of g steps, for all its events are at boundaries. A FIFO queue of c servers is
  // monotone: later arrivals by at most h and services longer by at most h (geometric ones are exponential ones rounded
  // up, as above) move starts later, and no start is earlier. So
  //   wait ≥ wait of M/M/c with E[E] = -h / ln(1 - 1/m); start is at least the arrival's boundary.
  // and, from above, arrivals all shifted by the same h and services E + h:
  //   wait ≤ h + wait of M/G/c with services E + h ≤ h + wait of M/M/c with mean E[E] + h (convex order).
  // The truth should be about h/2 above the lower end. Half of the width is h/2 (1 + W').
  constexpr int servers = 10;
  constexpr double load = 0.8;
  constexpr double step_s = 0.002;
  const Fleet fleet{.max_batch = servers,
                    .iteration_ms = 1'000 * step_s,
                    .mean_tokens = 500,
                    .per_second = servers * load,
                    .requests = 20'000'000 / scale};
  const auto wait_s = [&](double mean_s) {
    const double a = fleet.per_second * mean_s;
    return queue_run::erlang_c(servers, a) * mean_s / (servers - a);
  };
  const double exponential_s = -step_s / std::log1p(-1 / fleet.mean_tokens);
  const double least_s = wait_s(exponential_s);
  const double most_s = step_s + wait_s(exponential_s + step_s);
  const Observed observed = observe(fleet);
  check_within("M/M/10 at 0.8, mean wait, s", observed.wait_s, (least_s + most_s) / 2, (most_s - least_s) / 2);
  // And without a bound, as a queue in steps: at a boundary each of the busy places is free with the chance 1/m, then a
  // Poisson number of requests comes in. Little's law makes the mean wait from the boundary on out of the mean queue;
  // until the boundary it is half a step. Only who finds nobody (3 in 10,000) is spared that half.
  const double in_steps_s =
      queue_in_steps(servers, 1 / fleet.mean_tokens, fleet.per_second * step_s) / fleet.per_second + step_s / 2;
  check_within("M/M/10 at 0.8 in steps, mean wait, s", observed.wait_s, in_steps_s, 0.001 * step_s);

  // Who waits longer than two steps: in M/M/c, C e^{-(c - a) μ t}. The engine's wait lies between that of the lower
  // queue and a step more than that of the upper one, so the share lies between P(lower > 2h) and P(upper > h).
  const auto longer = [&](double mean_s, double t_s) {
    const double a = fleet.per_second * mean_s;
    return queue_run::erlang_c(servers, a) * std::exp(-(servers - a) / mean_s * t_s);
  };
  const double fewest = longer(exponential_s, 2 * step_s);
  const double most = longer(exponential_s + step_s, step_s);
  check_within("M/M/10 at 0.8, share that waits for a place", observed.waited, (fewest + most) / 2,
               (most - fewest) / 2);
  CHECK(std::abs(queue_run::erlang_c(servers, servers * load) - (fewest + most) / 2) < 0.02);
  check_books(observed.result);
}

TEST_CASE("A saturated fleet makes a batch of tokens an iteration on every replica", "[sim][batching][closed_form]") {
  // r replicas, always full of B answers of p + m + 1 tokens (prompt p, m + 1 of the answer). Let an iteration that
  // only decodes cost a + b B + c K, K the contexts of the batch together, B k on average with k = p + (m + 1) / 2.
  // In lockstep (all B start and end together) a wave is one iteration for the prompts, which costs a here, and m of
  // the others: B m tokens beyond the first of each answer in a + m (a + b B + c B k).
  //
  // Bound. All requests are there at the start, so waves follow one another without a gap until the queue ends or the
  // horizon does: at the horizon H at most one wave is cut, so tokens and time are within one wave of W = H / wave
  // waves: a share of 1 / W, and the same for every replica.
  constexpr std::int64_t a = 10 * ps_per_ms;
  constexpr std::int64_t b = ps_per_ms / 10;
  constexpr std::int64_t c = 5'000;
  constexpr std::int64_t p = 200;
  constexpr std::int64_t m = 399;
  constexpr std::int64_t batch = 32;
  constexpr std::int64_t replicas = 6;
  constexpr std::int64_t per_instance = 2;
  constexpr std::int64_t k2 = 2 * p + m + 1;  // 2 k
  constexpr std::int64_t wave_ps = a + m * (a + b * batch) + c * batch * m * k2 / 2;
  const auto horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 2);
  const double waves = static_cast<double>(core::to_ns(horizon.length())) * 1e3 / static_cast<double>(wave_ps);
  REQUIRE(waves > 100);
  for (const sim::Routing routing : {sim::Routing::round_robin, sim::Routing::least_outstanding}) {
    const sim::BatchingFleetConfig config{
        .fleet = fleet_of(replicas / per_instance, batch * per_instance),
        .engine = {.max_batch = batch, .token_budget = batch * p, .kv_blocks = 100'000},
        .cost = {{0, a, a}, {.decode_per_sequence_ps = b, .decode_per_token_ps = c}},
        .routing = routing,
        .replicas_per_instance = per_instance};
    sim::BatchingFleet engines{config, horizon, sim::Ledger{"fleet", horizon, {}, true}};
    const auto block = std::make_unique<Block>();
    const auto wanted = static_cast<std::int64_t>(waves + 2) * batch * replicas;
    std::int64_t sent = 0;
    while (sent < wanted) {
      block->count = 0;
      while (block->count < Block::capacity && sent < wanted) {
        const std::size_t i = block->count++;
        block->arrival_ns[i] = 0;
        block->luck[i] = core::mix(static_cast<std::uint64_t>(sent));
        block->input_tokens[i] = p;
        block->output_tokens[i] = m + 1;
        ++sent;
      }
      engines.serve(*block);
    }
    const sim::OptionResult result = engines.close();
    check_books(result);
    const double tokens_per_s = static_cast<double>(result.engine->decode_tokens) / 7'200;
    const double truth = static_cast<double>(replicas * batch * m) / (static_cast<double>(wave_ps) * 1e-12);
    check_within(fmt::format("6 full replicas ({}), tokens a second", static_cast<int>(routing)).c_str(),
                 {.mean = tokens_per_s, .half_width = 0}, truth, truth / waves);
    // Of B / (a + b B + c B k), which leaves out the prompts' iteration: one in m + 1 at most.
    const double asymptote =
        static_cast<double>(replicas * batch) / (static_cast<double>(a + b * batch + c * batch * k2 / 2) * 1e-12);
    CHECK(std::abs(tokens_per_s / asymptote - 1) < 1 / waves + 1.0 / (m + 1));
    CHECK(result.engine->busy_share == Approx(1).margin(1.0 / waves));
  }
}
