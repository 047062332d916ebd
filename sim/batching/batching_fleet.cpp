#include "sim/batching/batching_fleet.hpp"

#include <algorithm>
#include <utility>

namespace sim {

namespace {

// Answers are written into the books this many at a time: while they are still in a near cache.
constexpr std::size_t book_at = 512;

}  // namespace

BatchingFleet::BatchingFleet(const BatchingFleetConfig& config, const core::Horizon& horizon, Ledger ledger,
                             bool stepping)
    : shared_{std::make_unique<Shared>(Shared{config, {}})},
      ledger_{std::move(ledger)},
      replicas_{config.fleet.metering, core::to_ns(horizon.length())},
      router_{config.routing},
      stepping_{stepping} {
  if (config.fleet.autoscaler) {
    autoscaler_.emplace(*config.fleet.autoscaler);
    metrics_ = MetricWindow{*config.fleet.autoscaler};
    next_tick_ns_ = core::to_ns(config.fleet.autoscaler->sync_period);
  }
  for (std::int64_t i = 0; i < config.fleet.initial_replicas; ++i) start_instance(0, 0);
  note_ready(0);
}

void BatchingFleet::start_instance(std::int64_t now_ns, std::int64_t ready_ns) {
  for (std::size_t i = 0; i < engines_per_instance(); ++i) {
    engines_.emplace_back(shared_->config.engine, shared_->config.cost, shared_->ended, stepping_);
  }
  replicas_.start(now_ns, ready_ns, ledger_);
}

// Nobody else will come: it runs out by itself.
void BatchingFleet::remove_instance(std::int64_t now_ns) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  std::int64_t released_ns = now_ns;
  for (std::size_t i = 0; i < engines_per_instance(); ++i) {
    Replica& engine = engines_.back();
    if (engine.outstanding(now_ns) > 0) {
      engine.advance(horizon_ns);
      const bool ran_out = engine.outstanding(horizon_ns) == 0;
      released_ns = std::max(released_ns, ran_out ? std::min(engine.last_end_ns(), horizon_ns) : horizon_ns);
    }
    memory_adds_up_ = memory_adds_up_ && engine.memory_adds_up();
    engine.close(horizon_ns);
    totals_ += engine.totals();
    engines_.pop_back();
  }
  book_ended();
  replicas_.remove(now_ns, released_ns, ledger_);
}

void BatchingFleet::note_ready(std::int64_t now_ns) {
  const std::int64_t ready = replicas_.ready_count(now_ns);
  ready_engines_ = static_cast<std::size_t>(ready) * engines_per_instance();
  next_ready_ns_ = ready < replicas_.count() ? replicas_.ready_ns(ready) : core::never_ns;
}

void BatchingFleet::serve(const core::traffic::Block& block) {
  ledger_.open(block);
  const bool looks_at_load = router_.looks_at_load();
  const bool has_classes = block.has_classes;
  const bool has_prefixes = shared_->config.engine.prefixes != nullptr;
  const bool looks_at_prefixes = has_prefixes && router_.looks_at_prefixes();
  std::size_t seen = 0;  // by the autoscaler
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t now_ns = block.arrival_ns[i];
    while (now_ns >= next_tick_ns_) [[unlikely]] {
        arrivals_since_tick_ += static_cast<std::int64_t>(i - std::exchange(seen, i));
        tick(next_tick_ns_);
      }
    if (now_ns >= next_ready_ns_) [[unlikely]]
      note_ready(now_ns);
    if (looks_at_prefixes) {
      shared_->config.engine.prefixes->prefix_keys(block.prefix_row[i], block.prefix_round[i], keys_);
    }
    const std::size_t engine = router_.choose(
        block.luck[i], ready_engines_,
        [&](std::size_t candidate) {
          engines_[candidate].advance(now_ns);
          return engines_[candidate].outstanding(now_ns);
        },
        [&](std::size_t candidate) { return engines_[candidate].cached_blocks(keys_); });
    Prompt prompt{.arrival_ns = now_ns,
                  .input_tokens = block.input_tokens[i],
                  .output_tokens = block.output_tokens[i],
                  .priority_class = 0,
                  .ticket = block.ticket[i]};
    if (has_classes) {
      prompt.traffic_class = block.traffic_class[i];
      if (!shared_->config.priority_of.empty()) {
        prompt.priority_class = shared_->config.priority_of[prompt.traffic_class];
      }
    }
    if (has_prefixes) {
      prompt.prefix_row = block.prefix_row[i];
      prompt.prefix_round = block.prefix_round[i];
    }
    engines_[engine].push(prompt);
    if (looks_at_load && shared_->ended.size() >= book_at) book_ended();
  }
  arrivals_since_tick_ += static_cast<std::int64_t>(block.count - seen);
  if (block.count > 0) advance_all(block.arrival_ns[block.count - 1]);
}

void BatchingFleet::advance_all(std::int64_t now_ns) {
  for (std::size_t i = 0; i < ready_engines_; ++i) {
    engines_[i].advance(now_ns);
    if (shared_->ended.size() >= book_at) book_ended();
  }
  book_ended();
}

void BatchingFleet::book_ended() {
  for (const Answer& answer : shared_->ended) {
    if (answer.outcome == core::Outcome::served) book_served(answer);
    else
      ledger_.enter({.visit = {.arrival_ns = answer.arrival_ns,
                               .service_ns = 0,
                               .first_token_ns = 0,
                               .input_tokens = answer.input_tokens,
                               .output_tokens = answer.output_tokens,
                               .ticket = answer.ticket,
                               .traffic_class = answer.traffic_class},
                     .start_ns = answer.start_ns,
                     .end_ns = answer.end_ns,
                     .outcome = answer.outcome,
                     .tokens_made = answer.tokens_made,
                     .was_served = answer.was_admitted});
  }
  shared_->ended.clear();
}

inline void BatchingFleet::book_served(const Answer& answer) {
  ledger_.enter_served({.arrival_ns = answer.arrival_ns,
                        .service_ns = answer.end_ns - answer.start_ns,
                        .first_token_ns = answer.first_token_ns - answer.start_ns,
                        .input_tokens = answer.input_tokens,
                        .output_tokens = answer.output_tokens,
                        .ticket = answer.ticket,
                        .traffic_class = answer.traffic_class},
                       answer.start_ns, answer.end_ns);
  if (answer.output_tokens > 1) {
    time_per_output_token_ns_.record((answer.end_ns - answer.first_token_ns) / (answer.output_tokens - 1));
  }
}

void BatchingFleet::tick(std::int64_t now_ns) {
  if (now_ns >= next_ready_ns_) note_ready(now_ns);
  advance_all(now_ns);
  std::int64_t in_batch = 0;
  std::int64_t here = 0;
  for (std::size_t i = 0; i < ready_engines_; ++i) {
    in_batch += engines_[i].in_batch();
    here += engines_[i].outstanding(now_ns);
  }
  const MetricReading reading = metrics_.read({.ready_replicas = replicas_.ready_count(now_ns),
                                               .all_replicas = replicas_.count(),
                                               .slots_per_replica = shared_->config.fleet.slots_per_replica,
                                               .busy_slots = in_batch,
                                               .waiting = here - in_batch,
                                               .arrivals = std::exchange(arrivals_since_tick_, 0)});
  const std::int64_t wanted = autoscaler_->decide(core::Instant{core::Duration{now_ns}}, reading, replicas_.count());
  const std::int64_t ready_ns = now_ns + core::to_ns(shared_->config.fleet.cold_start.total());
  while (replicas_.count() < wanted) start_instance(now_ns, ready_ns);
  while (replicas_.count() > wanted) remove_instance(now_ns);
  note_ready(now_ns);
  replicas_.note_peak(now_ns, ledger_);
  next_tick_ns_ += core::to_ns(shared_->config.fleet.autoscaler->sync_period);
}

void BatchingFleet::advance_to(std::int64_t now_ns) {
  while (next_tick_ns_ <= now_ns) tick(next_tick_ns_);
  advance_all(now_ns);
}

OptionResult BatchingFleet::close() {
  const BatchingFleetConfig& config = shared_->config;
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  while (next_tick_ns_ < horizon_ns) tick(next_tick_ns_);
  advance_all(horizon_ns);
  for (Replica& engine : engines_) {
    memory_adds_up_ = memory_adds_up_ && engine.memory_adds_up();
    engine.close(horizon_ns);
    totals_ += engine.totals();
  }
  book_ended();
  if (!autoscaler_) {
    for (std::int64_t begin_ns = 0; begin_ns < horizon_ns; begin_ns += core::ns_per_hour) {
      replicas_.note_peak(begin_ns, ledger_);
    }
  }
  replicas_.finish(config.fleet.slots_per_replica, ledger_);
  ledger_.waiting(totals_.longest_queue);

  OptionResult result = ledger_.close();
  result.time_per_output_token_ns = std::move(time_per_output_token_ns_);
  result.checks.kv_memory = memory_adds_up_;
  EngineSummary& engine = result.engine.emplace();
  engine.replicas_per_instance = config.replicas_per_instance;
  engine.kv_tokens = config.engine.kv_blocks * config.engine.kv_block_tokens;
  engine.peak_kv_tokens = totals_.peak_kv_tokens;
  engine.iterations = totals_.iterations;
  engine.decode_tokens = totals_.decode_tokens;
  engine.prefill_tokens = totals_.prefill_tokens;
  engine.evictions = totals_.evictions;
  engine.looked_up_tokens = totals_.looked_up_tokens;
  engine.found_tokens = totals_.found_tokens;
  const double ready_ns =
      static_cast<double>(result.usage.total().ready_instance_ns) * static_cast<double>(config.replicas_per_instance);
  if (ready_ns > 0) engine.busy_share = static_cast<double>(totals_.busy_ps) / 1000 / ready_ns;
  result.fleet.utilisation = engine.busy_share;
  return result;
}

}  // namespace sim
