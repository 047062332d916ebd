#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"

#include <algorithm>

namespace sim {

std::vector<std::int64_t> batch_latency(const std::vector<std::pair<std::int64_t, std::int64_t>>& points,
                                        std::int64_t max_batch) {
  std::vector<std::int64_t> latency_ns(static_cast<std::size_t>(max_batch) + 1);
  std::size_t right = std::min<std::size_t>(1, points.size() - 1);
  for (std::int64_t batch = 1; batch <= max_batch; ++batch) {
    while (right + 1 < points.size() && points[right].first < batch) ++right;
    const auto& [first, first_ns] = points[right == 0 ? 0 : right - 1];
    const auto& [last, last_ns] = points[right];
    const std::int64_t span = std::max<std::int64_t>(last - first, 1);
    const core::Int128 rise = core::Int128{last_ns - first_ns} * (batch - first) * 2 + span;
    latency_ns[static_cast<std::size_t>(batch)] = first_ns + static_cast<std::int64_t>(rise / (2 * span));
  }
  return latency_ns;
}

DynamicBatchingFleet::DynamicBatchingFleet(const DynamicBatchingConfig& config, const core::Horizon& horizon,
                                           Ledger ledger)
    : config_{config},
      ledger_{std::move(ledger)},
      replicas_{config.fleet.metering, core::to_ns(horizon.length())},
      max_delay_ns_{core::to_ns(config.max_delay)},
      timeout_ns_{core::to_ns(config.fleet.timeout)} {
  if (config_.fleet.autoscaler) {
    scaler_.emplace(*config_.fleet.autoscaler);
    next_look_ns_ = scaler_->next_look_ns();
  }
  for (std::int64_t i = 0; i < config_.fleet.initial_replicas; ++i) start_replica(0, 0);
}

void DynamicBatchingFleet::set_workers(std::int64_t replica, std::int64_t free_ns) {
  const std::int64_t first = replica * config_.workers;
  for (std::int64_t worker = first; worker < first + config_.workers; ++worker) {
    workers_.set(static_cast<std::uint32_t>(worker), free_ns);
  }
}

void DynamicBatchingFleet::start_replica(std::int64_t now_ns, std::int64_t ready_ns) {
  const std::int64_t replica = replicas_.count();
  const auto needed = static_cast<std::size_t>((replica + 1) * config_.workers);
  if (needed > workers_.capacity()) workers_.resize(needed);
  if (needed > in_batch_.size()) in_batch_.resize(workers_.capacity());
  std::fill_n(in_batch_.begin() + replica * config_.workers, config_.workers, 0);
  set_workers(replica, ready_ns);
  replicas_.start(now_ns, ready_ns, ledger_);
}

// The youngest takes no new batch and ends those it has.
void DynamicBatchingFleet::remove_replica(std::int64_t now_ns) {
  const std::int64_t replica = replicas_.count() - 1;
  std::int64_t released_ns = now_ns;
  if (replicas_.ready_ns(replica) <= now_ns) {
    const auto first = static_cast<std::size_t>(replica * config_.workers);
    released_ns = std::max(now_ns, workers_.latest_ns(first, first + static_cast<std::size_t>(config_.workers)));
  }
  replicas_.remove(now_ns, released_ns, ledger_);
  set_workers(replica, core::never_ns);
}

// When the batch at the head of the queue starts, if nobody else comes.
std::int64_t DynamicBatchingFleet::next_start_ns() const {
  const std::int64_t formed_ns = queue_.size() >= config_.max_batch ? queue_[config_.max_batch - 1].arrival_ns
                                                                    : queue_.front().arrival_ns + max_delay_ns_;
  return std::max(formed_ns, workers_.earliest_ns());
}

void DynamicBatchingFleet::note_next() {
  next_ns_ = queue_.empty() ? core::never_ns : std::min(next_start_ns(), queue_.front().arrival_ns + timeout_ns_);
}

void DynamicBatchingFleet::run_until(std::int64_t now_ns) {
  while (next_ns_ <= now_ns) {
    // Who leaves at the moment at which a batch starts is not in it.
    if (queue_.front().arrival_ns + timeout_ns_ == next_ns_) leave(next_ns_);
    else start_batch(next_ns_);
    note_next();
  }
}

void DynamicBatchingFleet::leave(std::int64_t now_ns) {
  ledger_.enter({.visit = queue_.front(),
                 .start_ns = now_ns,
                 .end_ns = now_ns,
                 .outcome = core::Outcome::timed_out,
                 .was_served = false});
  queue_.pop_front();
}

void DynamicBatchingFleet::start_batch(std::int64_t start_ns) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  const std::int64_t batch = std::min(queue_.size(), config_.max_batch);
  const std::int64_t done_ns = start_ns + config_.latency_ns[static_cast<std::size_t>(batch)];
  std::int64_t last_deadline_ns = 0;
  for (std::int64_t i = 0; i < batch; ++i) {
    Visit visit = queue_.front();
    queue_.pop_front();
    visit.service_ns = done_ns - start_ns;
    last_deadline_ns = visit.arrival_ns + timeout_ns_;
    if (done_ns <= last_deadline_ns && done_ns <= horizon_ns) [[likely]] {
      ledger_.enter_served(visit, start_ns, done_ns);
      continue;
    }
    Ledger::Entry entry{.visit = visit, .start_ns = start_ns, .end_ns = std::min(done_ns, last_deadline_ns)};
    if (done_ns > last_deadline_ns) {
      entry.outcome = core::Outcome::timed_out;
      entry.tokens_made = visit.output_tokens;
    }
    if (entry.end_ns > horizon_ns) {
      entry.end_ns = horizon_ns;
      entry.outcome = core::Outcome::in_flight;
    }
    ledger_.enter(entry);
  }
  const std::uint32_t worker = workers_.earliest();
  const std::int64_t free_ns = std::min({done_ns, last_deadline_ns, horizon_ns});
  workers_.set(worker, free_ns);
  in_batch_[worker] = batch;
  ++batches_;
  requests_in_batches_ += batch;
  busy_worker_ns_ += free_ns - start_ns;
}

inline void DynamicBatchingFleet::arrive(const Visit& visit) {
  const std::int64_t now_ns = visit.arrival_ns;
  if (queue_.size() >= config_.fleet.queue_limit) [[unlikely]] {
    const bool starts = workers_.earliest_ns() <= now_ns && queue_.size() + 1 >= config_.max_batch;
    const bool starts_alone = workers_.earliest_ns() <= now_ns && max_delay_ns_ == 0 && queue_.empty();
    if (!starts && !starts_alone) {
      ledger_.enter({visit, now_ns, now_ns, core::Outcome::rejected});
      return;
    }
  }
  queue_.push_back(visit);
  // Only the first one and the one that fills the batch change when it starts.
  if (queue_.size() == 1 || queue_.size() == config_.max_batch) {
    note_next();
    if (next_ns_ <= now_ns) {
      run_until(now_ns);
      return;
    }
  }
  ledger_.waiting(queue_.size());
}

void DynamicBatchingFleet::serve(const core::traffic::Block& block) {
  ledger_.open(block);
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    while (arrival_ns >= next_look_ns_) [[unlikely]] look(next_look_ns_);
    if (arrival_ns >= next_ns_) run_until(arrival_ns);
    ++arrivals_since_look_;
    arrive({.arrival_ns = arrival_ns,
            .service_ns = 0,
            .first_token_ns = 0,
            .input_tokens = block.input_tokens[i],
            .output_tokens = block.output_tokens[i],
            .ticket = block.ticket[i],
            .traffic_class = block.traffic_class[i]});
  }
}

void DynamicBatchingFleet::look(std::int64_t now_ns) {
  run_until(now_ns);
  const std::int64_t ready = replicas_.ready_count(now_ns);
  std::int64_t busy = 0;
  for (std::int64_t worker = 0; worker < ready * config_.workers; ++worker) {
    const auto i = static_cast<std::size_t>(worker);
    if (workers_.free_ns(i) > now_ns) busy += in_batch_[i];
  }
  const std::int64_t wanted = scaler_->decide({.ready_replicas = ready,
                                               .all_replicas = replicas_.count(),
                                               .slots_per_replica = config_.fleet.slots_per_replica,
                                               .busy_slots = busy,
                                               .waiting = queue_.size(),
                                               .arrivals = std::exchange(arrivals_since_look_, 0)},
                                              replicas_.count());
  const std::int64_t ready_ns = now_ns + core::to_ns(config_.fleet.cold_start.total());
  while (replicas_.count() < wanted) start_replica(now_ns, ready_ns);
  while (replicas_.count() > wanted) remove_replica(now_ns);
  replicas_.note_peak(now_ns, ledger_);
  next_look_ns_ = scaler_->next_look_ns();
  note_next();
  run_until(now_ns);
}

void DynamicBatchingFleet::advance_to(std::int64_t now_ns) {
  // The horizon's last look is the one before its end.
  while (next_look_ns_ <= now_ns && next_look_ns_ < ledger_.horizon_ns()) look(next_look_ns_);
  run_until(std::min(now_ns, ledger_.horizon_ns()));
}

OptionResult DynamicBatchingFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  for (; !queue_.empty(); queue_.pop_front()) {
    ledger_.enter({queue_.front(), horizon_ns, horizon_ns, core::Outcome::in_flight});
  }
  if (!scaler_) {
    for (std::int64_t begin_ns = 0; begin_ns < horizon_ns; begin_ns += core::ns_per_hour) {
      replicas_.note_peak(begin_ns, ledger_);
    }
  }
  replicas_.finish(config_.fleet.slots_per_replica, ledger_);
  OptionResult result = ledger_.close();
  const double worker_ns =
      static_cast<double>(result.usage.total().ready_instance_ns) * static_cast<double>(config_.workers);
  result.fleet.utilisation = worker_ns > 0 ? static_cast<double>(busy_worker_ns_) / worker_ns : 0;
  result.batches = BatchSummary{.batches = batches_, .requests = requests_in_batches_};
  return result;
}

}  // namespace sim
