// What becomes of requests whose engine is gone, or that find none; and engines while a dependency is slow.
#include <algorithm>
#include <utility>

#include "core/random.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "sim/fleet/degradation.hpp"

namespace sim {

// What it was doing is lost at `now_ns`; its requests go before the router.
void BatchingFleet::lose(std::uint64_t life, std::int64_t now_ns) {
  const auto gone =
      std::find_if(draining_.begin(), draining_.end(), [life](const Instance& i) { return i.life == life; });
  if (gone == draining_.end()) return;  // it was done
  for (Replica& engine : gone->engines) {
    engine.advance(now_ns);
    memory_adds_up_ = memory_adds_up_ && engine.memory_adds_up();
    engine.lose(now_ns, lost_);
    totals_ += engine.totals();
  }
  draining_.erase(gone);
  expire_unrouted(now_ns);
  const auto waiting = static_cast<std::ptrdiff_t>(unrouted_.size());
  for (Lost& lost : lost_) {
    if (lost.start_ns >= 0) {
      note_waste(lost.prompt.arrival_ns, lost.prompt_read, lost.tokens_made, ledger_);
      ++ledger_.fleet().lost_requests;
      if (lost.prompt.history == 0) {
        if (free_histories_.empty()) {
          free_histories_.push_back(static_cast<std::uint32_t>(histories_.size()));
          histories_.push_back(0);
        }
        lost.prompt.history = free_histories_.back();
        free_histories_.pop_back();
        histories_[lost.prompt.history] = 0;
      }
      histories_[lost.prompt.history] += now_ns - lost.start_ns;
    }
    // Its second route is by luck of its own.
    unrouted_.push_back(
        {lost.prompt, core::mix(static_cast<std::uint64_t>(lost.prompt.arrival_ns) ^ lost.prompt.ticket)});
  }
  lost_.clear();
  // All at once: an engine may lose as many as wait already, and one by one they would move each other.
  const auto by_arrival = [](const Unrouted& a, const Unrouted& b) {
    return a.prompt.arrival_ns < b.prompt.arrival_ns;
  };
  std::stable_sort(unrouted_.begin() + waiting, unrouted_.end(), by_arrival);
  std::inplace_merge(unrouted_.begin(), unrouted_.begin() + waiting, unrouted_.end(), by_arrival);
  totals_.longest_queue = std::max(totals_.longest_queue, static_cast<std::int64_t>(unrouted_.size()));
}

// One that comes for the first time, behind all others; it is turned away when it finds too many.
void BatchingFleet::hold(const Unrouted& unrouted, std::int64_t now_ns) {
  expire_unrouted(now_ns);
  if (static_cast<std::int64_t>(unrouted_.size()) >= shared_->config.engine.limit_of(unrouted.prompt.traffic_class)) {
    end_unrouted(unrouted.prompt, now_ns, core::Outcome::rejected);
    return;
  }
  unrouted_.push_back(unrouted);
  totals_.longest_queue = std::max(totals_.longest_queue, static_cast<std::int64_t>(unrouted_.size()));
}

// The clients that have come first leave first.
void BatchingFleet::expire_unrouted(std::int64_t now_ns) {
  const std::int64_t timeout_ns = core::to_ns(shared_->config.engine.timeout);
  while (!unrouted_.empty() && unrouted_.front().prompt.arrival_ns + timeout_ns <= now_ns) {
    const Prompt& prompt = unrouted_.front().prompt;
    end_unrouted(prompt, prompt.arrival_ns + timeout_ns, core::Outcome::timed_out);
    unrouted_.pop_front();
  }
}

void BatchingFleet::route_unrouted(std::int64_t now_ns) {
  if (unrouted_.empty()) return;
  expire_unrouted(now_ns);
  for (; !unrouted_.empty() && !ready_.empty(); unrouted_.pop_front()) {
    Prompt prompt = unrouted_.front().prompt;
    prompt.age_ns = now_ns - prompt.arrival_ns;
    prompt.arrival_ns = now_ns;
    ready_[choose(prompt, unrouted_.front().luck, now_ns)]->push(prompt);
  }
}

void BatchingFleet::end_unrouted(const Prompt& prompt, std::int64_t end_ns, core::Outcome outcome) {
  ledger_.enter({.visit = {.arrival_ns = prompt.arrival_ns,
                           .service_ns = 0,
                           .first_token_ns = 0,
                           .input_tokens = prompt.input_tokens,
                           .output_tokens = prompt.output_tokens,
                           .ticket = prompt.ticket,
                           .traffic_class = prompt.traffic_class},
                 .start_ns = end_ns,
                 .end_ns = end_ns,
                 .outcome = outcome,
                 .was_served = false,
                 .lost_ns = lost_ns(prompt.history)});
  if (prompt.history != 0) free_histories_.push_back(prompt.history);
}

// The pace of all engines from now on, and when it changes next.
void BatchingFleet::change_pace(std::int64_t now_ns) {
  double times = 1;
  bool changes = false;
  next_pace_ns_ = core::never_ns;
  for (const Fault& fault : shared_->config.fleet.faults) {
    if (fault.kind != FaultKind::slow_dependency) continue;
    changes = true;
    if (fault.covers(now_ns)) times *= fault.amount;
    for (const std::int64_t edge_ns : {fault.begin_ns, fault.end_ns}) {
      if (edge_ns > now_ns) next_pace_ns_ = std::min(next_pace_ns_, edge_ns);
    }
  }
  if (!changes) return;
  advance_all(now_ns);
  cost_ = &shared_->config.cost;
  if (times != 1) {
    slow_costs_.push_back(std::make_unique<IterationCost>(shared_->config.cost));
    slow_costs_.back()->slow_down(times);
    cost_ = slow_costs_.back().get();
  }
  for (std::vector<Instance>* const instances : {&at_berth_, &draining_}) {
    for (Instance& instance : *instances) {
      for (Replica& engine : instance.engines) engine.use(*cost_);
    }
  }
}

}  // namespace sim
