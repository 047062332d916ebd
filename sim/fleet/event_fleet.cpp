#include "sim/fleet/event_fleet.hpp"

#include <algorithm>
#include <memory>

namespace sim {

namespace {

// What comes first within one nanosecond; the same order as in FifoFleet.
enum Phase : int { frees_slot, leaves_queue, moves_up, autoscales, arrives };

}  // namespace

EventFleet::EventFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
    : config_{config},
      model_{std::move(model)},
      ledger_{std::move(ledger)},
      replicas_{config.metering, core::to_ns(horizon.length())} {
  for (std::int64_t i = 0; i < config_.initial_replicas; ++i) start_replica(0);
  if (config_.autoscaler) {
    autoscaler_.emplace(*config_.autoscaler);
    metrics_ = MetricWindow{*config_.autoscaler};
    events_.schedule(core::to_ns(config_.autoscaler->sync_period), autoscales, {.kind = Event::Kind::tick});
  }
}

void EventFleet::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  ledger_.open(block);
  for (std::size_t i = 0; i < block.count; ++i) {
    const Request request{requests_++,
                          {.arrival_ns = block.arrival_ns[i],
                           .service_ns = times_->service_ns[i],
                           .first_token_ns = times_->first_token_ns[i],
                           .input_tokens = block.input_tokens[i],
                           .output_tokens = block.output_tokens[i],
                           .ticket = block.ticket[i],
                           .traffic_class = block.traffic_class[i]}};
    events_.schedule(request.visit.arrival_ns, arrives, {.kind = Event::Kind::arrival, .request = request});
  }
  arrivals_to_come_ += block.count;
  while (arrivals_to_come_ > 0) handle(events_.pop());
}

void EventFleet::handle(const Event& event) {
  const std::int64_t now_ns = events_.now_ns();
  switch (event.kind) {
    case Event::Kind::slot_free:
      if (!event.life->removed) {
        idle_.emplace(now_ns, event.life->replica * config_.slots_per_replica + event.slot);
        if (!queue_.empty()) events_.schedule(now_ns, moves_up, {.kind = Event::Kind::dispatch});
      }
      break;
    case Event::Kind::deadline:
      // Whoever is no longer in the queue has been given a slot in time.
      for (auto waiting = queue_.begin(); waiting != queue_.end(); ++waiting) {
        if (waiting->id > event.request.id) break;
        if (waiting->id < event.request.id) continue;
        ledger_.enter({.visit = waiting->visit,
                       .start_ns = now_ns,
                       .end_ns = now_ns,
                       .outcome = core::Outcome::timed_out,
                       .was_served = false});
        queue_.erase(waiting);
        break;
      }
      break;
    case Event::Kind::dispatch:
      dispatch();
      break;
    case Event::Kind::tick:
      tick();
      break;
    case Event::Kind::arrival:
      --arrivals_to_come_;
      ++arrivals_since_tick_;
      if (!idle_.empty() && queue_.empty()) {
        give_slot(event.request);
      } else if (waiting() < config_.queue_limit) {
        queue_.push_back(event.request);
        ledger_.waiting(waiting());
        events_.schedule(now_ns + core::to_ns(config_.timeout), leaves_queue,
                         {.kind = Event::Kind::deadline, .request = event.request});
      } else {
        ledger_.enter({event.request.visit, now_ns, now_ns, core::Outcome::rejected});
      }
      break;
  }
}

void EventFleet::dispatch() {
  while (!queue_.empty() && !idle_.empty()) {
    give_slot(queue_.front());
    queue_.pop_front();
  }
}

void EventFleet::give_slot(const Request& request) {
  const std::int64_t now_ns = events_.now_ns();
  const std::int64_t slot_of_fleet = idle_.begin()->second;
  idle_.erase(idle_.begin());
  const std::shared_ptr<Life>& life = lives_[static_cast<std::size_t>(slot_of_fleet / config_.slots_per_replica)];
  const std::int64_t slot = slot_of_fleet % config_.slots_per_replica;

  const std::int64_t deadline_ns = request.visit.arrival_ns + core::to_ns(config_.timeout);
  const std::int64_t done_ns = now_ns + request.visit.service_ns;
  const std::int64_t end_ns = std::min(done_ns, deadline_ns);
  life->busy_until_ns[static_cast<std::size_t>(slot)] = end_ns;
  events_.schedule(end_ns, frees_slot, {.kind = Event::Kind::slot_free, .life = life, .slot = slot});

  Ledger::Entry entry{.visit = request.visit, .start_ns = now_ns, .end_ns = end_ns};
  if (end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  } else if (end_ns < done_ns) {
    entry.outcome = core::Outcome::timed_out;
    entry.tokens_made = request.visit.output_tokens;
  }
  ledger_.enter(entry);
}

void EventFleet::start_replica(std::int64_t ready_ns) {
  const std::int64_t now_ns = events_.now_ns();
  auto life = std::make_shared<Life>();
  life->replica = replicas_.count();
  life->busy_until_ns.assign(static_cast<std::size_t>(config_.slots_per_replica), 0);
  for (std::int64_t slot = 0; slot < config_.slots_per_replica; ++slot) {
    if (ready_ns > now_ns) {
      events_.schedule(ready_ns, frees_slot, {.kind = Event::Kind::slot_free, .life = life, .slot = slot});
    } else {
      idle_.emplace(ready_ns, life->replica * config_.slots_per_replica + slot);
    }
  }
  // Ready at once: whoever waits moves up before anybody else arrives.
  if (ready_ns <= now_ns && !queue_.empty()) events_.schedule(now_ns, moves_up, {.kind = Event::Kind::dispatch});
  lives_.push_back(std::move(life));
  replicas_.start(now_ns, ready_ns, ledger_);
}

void EventFleet::remove_replica() {
  const std::int64_t now_ns = events_.now_ns();
  const std::shared_ptr<Life> life = lives_.back();
  lives_.pop_back();
  life->removed = true;
  std::erase_if(idle_, [&](const auto& slot) { return slot.second / config_.slots_per_replica == life->replica; });
  const std::int64_t last_ns = *std::max_element(life->busy_until_ns.begin(), life->busy_until_ns.end());
  replicas_.remove(now_ns, std::max(now_ns, last_ns), ledger_);
}

void EventFleet::tick() {
  const std::int64_t now_ns = events_.now_ns();
  std::int64_t busy = 0;
  for (const std::shared_ptr<Life>& life : lives_) {
    busy += std::count_if(life->busy_until_ns.begin(), life->busy_until_ns.end(),
                          [now_ns](std::int64_t until_ns) { return until_ns > now_ns; });
  }
  const MetricReading reading = metrics_.read({.ready_replicas = replicas_.ready_count(now_ns),
                                               .all_replicas = replicas_.count(),
                                               .slots_per_replica = config_.slots_per_replica,
                                               .busy_slots = busy,
                                               .waiting = waiting(),
                                               .arrivals = std::exchange(arrivals_since_tick_, 0)});
  const std::int64_t wanted = autoscaler_->decide(core::Instant{core::Duration{now_ns}}, reading, replicas_.count());
  while (replicas_.count() < wanted) start_replica(now_ns + core::to_ns(config_.cold_start.total()));
  while (replicas_.count() > wanted) remove_replica();
  replicas_.note_peak(now_ns, ledger_);
  events_.schedule(now_ns + core::to_ns(config_.autoscaler->sync_period), autoscales, {.kind = Event::Kind::tick});
}

void EventFleet::advance_to(std::int64_t now_ns) {
  while (events_.next_ns() <= now_ns) handle(events_.pop());
}

OptionResult EventFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  // What happens at the end itself still happens, but for the autoscaler's look.
  while (events_.next_ns() <= horizon_ns) {
    const Event event = events_.pop();
    if (event.kind == Event::Kind::tick && events_.now_ns() == horizon_ns) continue;
    handle(event);
  }
  for (const Request& request : queue_) {
    ledger_.enter({request.visit, horizon_ns, horizon_ns, core::Outcome::in_flight});
  }
  if (!autoscaler_) {
    for (std::int64_t begin_ns = 0; begin_ns < horizon_ns; begin_ns += core::ns_per_hour) {
      replicas_.note_peak(begin_ns, ledger_);
    }
  }
  replicas_.finish(config_.slots_per_replica, ledger_);
  return ledger_.close();
}

}  // namespace sim
