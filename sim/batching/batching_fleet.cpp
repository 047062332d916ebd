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
      roster_{config.fleet, horizon},
      router_{config.routing},
      stepping_{stepping} {
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change, 0);
  note_ready(0);
  next_change_ns_ = roster_.next_ns();
}

void BatchingFleet::apply(const Roster::Change& change, std::int64_t now_ns) {
  if (change.kind == Roster::Change::Kind::start) {
    if (at_berth_.size() <= change.berth) at_berth_.resize(change.berth + std::size_t{1});
    Instance& instance = at_berth_[change.berth];
    instance.life = change.life;
    instance.engines.reserve(static_cast<std::size_t>(shared_->config.replicas_per_instance));
    for (std::int64_t i = 0; i < shared_->config.replicas_per_instance; ++i) {
      instance.engines.emplace_back(shared_->config.engine, shared_->config.cost, shared_->ended, stepping_);
    }
  } else if (change.kind == Roster::Change::Kind::drain) {
    draining_.push_back(std::exchange(at_berth_[change.berth], {}));
    draining_.back().drains_since_ns = now_ns;
  }
}

// Nobody else will come to those that drain: they run out by themselves.
void BatchingFleet::let_drained_go(std::int64_t now_ns) {
  std::erase_if(draining_, [&](Instance& instance) {
    std::int64_t ends_ns = instance.drains_since_ns;
    for (Replica& engine : instance.engines) {
      engine.advance(now_ns);
      if (engine.outstanding(now_ns) > 0) return false;
      ends_ns = std::max(ends_ns, engine.last_end_ns());
    }
    roster_.ended(instance.life, ends_ns);
    for (Replica& engine : instance.engines) leave(engine, now_ns);
    return true;
  });
}

void BatchingFleet::leave(Replica& engine, std::int64_t now_ns) {
  memory_adds_up_ = memory_adds_up_ && engine.memory_adds_up();
  engine.close(now_ns);
  totals_ += engine.totals();
}

void BatchingFleet::note_ready(std::int64_t now_ns) {
  ready_.clear();
  next_ready_ns_ = core::never_ns;
  for (const Roster::Member& member : roster_.members()) {
    if (member.ready_ns > now_ns) {
      next_ready_ns_ = std::min(next_ready_ns_, member.ready_ns);
    } else {
      for (Replica& engine : at_berth_[member.berth].engines) ready_.push_back(&engine);
    }
  }
}

void BatchingFleet::serve(const core::traffic::Block& block) {
  ledger_.open(block);
  const bool looks_at_load = router_.looks_at_load();
  const bool has_classes = block.has_classes;
  const bool has_prefixes = shared_->config.engine.prefixes != nullptr;
  const bool looks_at_prefixes = has_prefixes && router_.looks_at_prefixes();
  std::size_t seen = 0;  // by the scaler
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t now_ns = block.arrival_ns[i];
    if (now_ns >= next_change_ns_ || now_ns >= next_ready_ns_) [[unlikely]] {
      arrivals_since_look_ += static_cast<std::int64_t>(i - std::exchange(seen, i));
      happen_until(now_ns);
    }
    if (looks_at_prefixes) {
      shared_->config.engine.prefixes->prefix_keys(block.prefix_row[i], block.prefix_round[i], keys_);
    }
    const std::size_t engine = router_.choose(
        block.luck[i], ready_.size(),
        [&](std::size_t candidate) {
          ready_[candidate]->advance(now_ns);
          return ready_[candidate]->outstanding(now_ns);
        },
        [&](std::size_t candidate) { return ready_[candidate]->cached_blocks(keys_); });
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
    ready_[engine]->push(prompt);
    if (looks_at_load && shared_->ended.size() >= book_at) book_ended();
  }
  arrivals_since_look_ += static_cast<std::int64_t>(block.count - seen);
  if (block.count > 0) advance_all(block.arrival_ns[block.count - 1]);
}

void BatchingFleet::advance_all(std::int64_t now_ns) {
  for (Replica* const engine : ready_) {
    engine->advance(now_ns);
    if (shared_->ended.size() >= book_at) book_ended();
  }
  let_drained_go(now_ns);
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

FleetState BatchingFleet::state_at(std::int64_t now_ns) {
  std::int64_t in_batch = 0;
  std::int64_t here = 0;
  for (Replica* const engine : ready_) {
    in_batch += engine->in_batch();
    here += engine->outstanding(now_ns);
  }
  return {.slots_per_replica = shared_->config.fleet.slots_per_replica,
          .busy_slots = in_batch,
          .waiting = here - in_batch,
          .arrivals = std::exchange(arrivals_since_look_, 0)};
}

void BatchingFleet::step(std::int64_t now_ns) {
  advance_all(now_ns);
  const FleetState seen = roster_.looks_at(now_ns) ? state_at(now_ns) : FleetState{};
  for (const Roster::Change& change : roster_.step(now_ns, seen, ledger_)) apply(change, now_ns);
  let_drained_go(now_ns);
  book_ended();
  note_ready(now_ns);
  next_change_ns_ = roster_.next_ns();
}

// At one nanosecond those that become ready first.
void BatchingFleet::happen_until(std::int64_t now_ns) {
  while (true) {
    const std::int64_t next_ns = std::min(next_ready_ns_, next_change_ns_);
    if (next_ns > now_ns || next_ns >= ledger_.horizon_ns()) return;
    if (next_ready_ns_ <= next_change_ns_) {
      note_ready(next_ns);
    } else {
      step(next_ns);
    }
  }
}

void BatchingFleet::advance_to(std::int64_t now_ns) {
  happen_until(now_ns);
  advance_all(now_ns);
}

OptionResult BatchingFleet::close() {
  const BatchingFleetConfig& config = shared_->config;
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  for (Instance& instance : draining_) {
    for (Replica& engine : instance.engines) leave(engine, horizon_ns);
  }
  for (const Roster::Member& member : roster_.members()) {
    for (Replica& engine : at_berth_[member.berth].engines) leave(engine, horizon_ns);
  }
  book_ended();
  roster_.finish(ledger_);
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
      static_cast<double>(roster_.ready_replica_ns()) * static_cast<double>(config.replicas_per_instance);
  if (ready_ns > 0) engine.busy_share = static_cast<double>(totals_.busy_ps) / 1000 / ready_ns;
  result.fleet.utilisation = engine.busy_share;
  return result;
}

}  // namespace sim
