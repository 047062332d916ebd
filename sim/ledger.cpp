#include "sim/ledger.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/topology/completions.hpp"

namespace sim {

Ledger::Ledger(std::string name, const core::Horizon& horizon, core::Duration hit_latency, bool has_first_token,
               RequestLog* log)
    : horizon_ns_{core::to_ns(horizon.length())},
      hit_latency_ns_{core::to_ns(hit_latency)},
      has_first_token_{has_first_token},
      log_{log} {
  result_.name = std::move(name);
  result_.has_first_token = has_first_token;
  result_.usage.hours.resize(static_cast<std::size_t>(horizon.hour_count()));
  hour_ = result_.usage.hours.data();
}

void Ledger::tell_apart(const std::vector<std::string>& classes) {
  for (const std::string& name : classes) result_.classes.emplace_back().name = name;
  is_watched_ = is_watched_ || !classes.empty();
}

void Ledger::report_to(Completions* completions) {
  completions_ = completions;
  is_watched_ = true;
}

void Ledger::follow(const std::vector<core::Watch>& watches) {
  result_.timeline.emplace(watches, static_cast<std::int32_t>(result_.usage.hours.size()));
  is_watched_ = true;
}

void Ledger::widen(core::Duration longest) {
  const core::Histogram wide{core::to_ns(longest)};
  result_.latency_ns = result_.time_to_first_token_ns = wide;
  for (ClassResult& c : result_.classes) c.latency_ns = c.time_to_first_token_ns = wide;
}

void Ledger::watch(const Visit& visit, std::int64_t start_ns, std::int64_t end_ns, core::Outcome outcome,
                   std::int64_t sign) {
  const std::int64_t latency_ns = end_ns - visit.arrival_ns;
  const std::int64_t first_token_ns = start_ns - visit.arrival_ns + visit.first_token_ns;
  if (completions_ != nullptr) completions_->note(visit, start_ns, end_ns, outcome, sign);
  if (result_.timeline) note_minute(visit, latency_ns, first_token_ns, outcome, sign);
  if (result_.classes.empty()) return;
  ClassResult& of_class = result_.classes[visit.traffic_class];
  of_class.outcomes[static_cast<std::size_t>(outcome)] += sign;
  if (outcome != core::Outcome::served) return;
  of_class.latency_ns.adjust(latency_ns, sign);
  if (has_first_token_) of_class.time_to_first_token_ns.adjust(first_token_ns, sign);
}

void Ledger::note_minute(const Visit& visit, std::int64_t latency_ns, std::int64_t first_token_ns,
                         core::Outcome outcome, std::int64_t sign) {
  core::Timeline& timeline = *result_.timeline;
  const auto at = static_cast<std::size_t>(visit.arrival_ns / core::ns_per_minute);
  core::Timeline::Minute& minute = timeline.minutes[at];
  minute.arrivals += sign;
  if (outcome == core::Outcome::in_flight) return;
  if (outcome != core::Outcome::served) {
    minute.lost += sign;
    return;
  }
  minute.answered += sign;
  for (std::size_t i = 0; i < timeline.watches.size(); ++i) {
    const core::Watch& watch = timeline.watches[i];
    if (watch.traffic_class && *watch.traffic_class != visit.traffic_class) continue;
    const bool of_whole = watch.measure == core::Watch::Measure::latency;
    core::Timeline::Count& count = timeline.count(at, i);
    count.answered += sign;
    if ((of_whole ? latency_ns : first_token_ns) > watch.limit_ns) count.over += sign;
  }
}

// Of which class a hit was is not known: it counts where all requests do.
void Ledger::note_hits(const core::traffic::Block& block) {
  core::Timeline& timeline = *result_.timeline;
  for (std::size_t i = 0; i < block.hits.by_minute.size(); ++i) {
    const std::int64_t hits = block.hits.by_minute[i];
    if (hits == 0) continue;
    const std::size_t at = static_cast<std::size_t>(block.hour) * 60 + i;
    timeline.minutes[at].arrivals += hits;
    timeline.minutes[at].answered += hits;
    for (std::size_t w = 0; w < timeline.watches.size(); ++w) {
      if (timeline.watches[w].traffic_class) continue;
      timeline.count(at, w).answered += hits;
      if (hit_latency_ns_ > timeline.watches[w].limit_ns) timeline.count(at, w).over += hits;
    }
  }
}

void Ledger::open(const core::traffic::Block& block) {
  open_ = &block;
  hour_ = &result_.usage.hours[static_cast<std::size_t>(block.hour)];
  const auto count = static_cast<std::int64_t>(block.count);
  arrivals_ += count;
  for (std::size_t i = 0; i < block.count; ++i) arrival_sum_ += static_cast<std::uint64_t>(block.arrival_ns[i]);

  hour_->arrivals += count + block.hits.count;
  hour_->cache_hits += block.hits.count;
  hour_->cache_hit_output_tokens += block.hits.output_tokens;
  hour_->cache_lookups += block.hits.lookups;
  hour_->cache_lookup_tokens += block.hits.lookup_input_tokens;
  hour_->cache_wrong_hits += block.hits.wrong;
  if (block.hits.count > 0) {
    if (result_.timeline) note_hits(block);
    result_.latency_ns.record_n(hit_latency_ns_, block.hits.count);
    if (has_first_token_) result_.time_to_first_token_ns.record_n(hit_latency_ns_, block.hits.count);
  }
}

void Ledger::count(const Entry& entry, std::int64_t sign) {
  const Visit& visit = entry.visit;
  core::HourUsage& hour = result_.usage.hours[static_cast<std::size_t>(visit.arrival_ns / core::ns_per_hour)];
  if (log_ != nullptr) {
    const RequestRecord record{visit.arrival_ns, entry.start_ns, entry.end_ns, entry.outcome};
    if (sign > 0) {
      log_->push_back(record);
    } else {
      log_->erase(std::next(std::find(log_->rbegin(), log_->rend(), record)).base());
    }
  }
  const bool served = entry.outcome == core::Outcome::served;
  if (served) {
    hour.served += sign;
    result_.latency_ns.adjust(entry.end_ns - visit.arrival_ns, sign);
    if (has_first_token_) {
      result_.time_to_first_token_ns.adjust(entry.start_ns - visit.arrival_ns + visit.first_token_ns, sign);
    }
  }
  result_.usage.outcomes[static_cast<std::size_t>(entry.outcome)] += sign;
  time_in_system_sum_ += static_cast<std::uint64_t>(sign * (entry.end_ns - visit.arrival_ns));
  order_ |= (entry.start_ns - visit.arrival_ns - entry.lost_ns) | (entry.end_ns - entry.start_ns) | entry.lost_ns;
  const std::int64_t wait_ns = entry.start_ns - visit.arrival_ns - entry.lost_ns;
  wait_sum_ns_ += core::Int128{sign} * wait_ns;
  hour.busy_slot_ns += core::Int128{sign} * (entry.end_ns - entry.start_ns + entry.lost_ns);
  hour.lost_slot_ns += core::Int128{sign} * entry.lost_ns;
  if (entry.outcome != core::Outcome::in_flight) end_sum_ += static_cast<std::uint64_t>(sign * entry.end_ns);
  if (served || entry.outcome == core::Outcome::timed_out) {
    waited_ += wait_ns > 0 ? sign : 0;
    if (wait_ns > 0) result_.wait_ns.adjust(wait_ns, sign);
  }
  if (served || (entry.outcome == core::Outcome::timed_out && entry.was_served)) {
    hour.input_tokens += sign * visit.input_tokens;
    hour.output_tokens += sign * (served ? visit.output_tokens : entry.tokens_made);
  }
  if (is_watched_) watch(visit, entry.start_ns, entry.end_ns, entry.outcome, sign);
}

Ledger::Tally Ledger::tally(const core::traffic::Block& block, const std::int64_t* service_ns) const {
  Tally tally{.served = static_cast<std::int64_t>(block.count)};
  for (std::size_t i = 0; i < block.count; ++i) {
    tally.input_tokens += block.input_tokens[i];
    tally.output_tokens += block.output_tokens[i];
    tally.busy_ns += service_ns[i];
  }
  return tally;
}

void Ledger::add(const Tally& tally) {
  hour_->served += tally.served;
  result_.usage.outcomes[static_cast<std::size_t>(core::Outcome::served)] += tally.served;
  hour_->input_tokens += tally.input_tokens;
  hour_->output_tokens += tally.output_tokens;
  hour_->busy_slot_ns += tally.busy_ns;
  wait_sum_ns_ += tally.wait_ns;
  waited_ += tally.waited;
  end_sum_ += tally.end_sum;
  time_in_system_sum_ += tally.time_in_system_sum;
  order_ |= tally.order;
}

void Ledger::check() {
  const core::Usage& usage = result_.usage;
  const core::HourUsage total = usage.total();
  const std::int64_t accounted = std::accumulate(usage.outcomes.begin(), usage.outcomes.end(), std::int64_t{0});
  Checks& checks = result_.checks;
  checks.conservation = accounted == total.arrivals && arrivals_ + total.cache_hits == total.arrivals &&
                        total.served == usage.count(core::Outcome::served);

  checks.causality = order_ >= 0;

  // Little's law over the whole horizon H, with nothing in the system at time 0: the time-integral of the number in
  // the system is Σ(H - arrival) - Σ(H - departure), known from the stream and from the departures; it must equal the
  // times in the system as they were recorded, those still there counted at their age.
  const auto horizon = static_cast<std::uint64_t>(horizon_ns_);
  const std::int64_t departed = arrivals_ - usage.count(core::Outcome::in_flight);
  const std::uint64_t integral = (static_cast<std::uint64_t>(arrivals_) * horizon - arrival_sum_) -
                                 (static_cast<std::uint64_t>(departed) * horizon - end_sum_);
  checks.littles_law = integral == time_in_system_sum_;

  // Time in the system is waiting or being served, and nothing else.
  const core::Int128 in_system_ns = wait_sum_ns_ + total.busy_slot_ns;
  checks.busy_time = time_in_system_sum_ == static_cast<std::uint64_t>(in_system_ns);

  const double seconds = static_cast<double>(horizon_ns_) / 1e9;
  const double in_system_s = static_cast<double>(in_system_ns) / 1e9;
  checks.mean_in_system = in_system_s / seconds;
  checks.arrival_rate_per_s = static_cast<double>(arrivals_) / seconds;
  checks.mean_time_in_system_s = arrivals_ == 0 ? 0 : in_system_s / static_cast<double>(arrivals_);
}

OptionResult Ledger::close() {
  core::Usage& usage = result_.usage;
  usage.outcomes[static_cast<std::size_t>(core::Outcome::cache_hit)] = usage.total().cache_hits;
  const std::int64_t gone = usage.count(core::Outcome::served) + usage.count(core::Outcome::timed_out);
  result_.wait_ns.record_n(0, gone - waited_);
  check();
  return std::move(result_);
}

}  // namespace sim
