#include "loadgen/judge/rate_search.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "loadgen/judge/enough_samples.hpp"

namespace loadgen::judge {
namespace {

constexpr int most_looks = 3;            // at 1, 2 and 4 times the usual length
constexpr double rate_tolerance = 0.01;  // a plan reached by less was not that plan

ProbeResult::Batch sum_of(const std::vector<ProbeResult::Batch>& batches) {
  ProbeResult::Batch sum;
  for (const ProbeResult::Batch& batch : batches) {
    sum.samples += batch.samples;
    sum.over += batch.over;
  }
  return sum;
}

// 707.1 instead of 707.10678…: a rate that people can ask for again.
double four_digits(double x) {
  double step = 1;
  while (x >= 10'000 * step) { step *= 10; }
  if (step > 1) { return std::round(x / step) * step; }
  double parts = 1;  // of one: 0.1 is no double, 10 is
  while (x * parts < 1000) { parts *= 10; }
  return std::round(x * parts) / parts;
}

std::string rate_text(double per_s) { return fmt::format("{:.{}f}/s", per_s, per_s >= 1000 ? 0 : per_s >= 10 ? 1 : 3); }

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "held";
    case Verdict::broken:
      return "broken";
    case Verdict::undecided:
      return "undecided";
  }
  return "";
}

double design_effect(const std::vector<ProbeResult::Batch>& batches) {
  const ProbeResult::Batch sum = sum_of(batches);
  const auto used = std::count_if(batches.begin(), batches.end(), [](const auto& batch) { return batch.samples > 0; });
  if (used < 2 || sum.over == 0 || sum.over == sum.samples) { return 1; }
  const double share = static_cast<double>(sum.over) / static_cast<double>(sum.samples);
  double squares = 0;
  for (const ProbeResult::Batch& batch : batches) {
    if (batch.samples == 0) { continue; }
    const auto samples = static_cast<double>(batch.samples);
    const double distance = static_cast<double>(batch.over) / samples - share;
    squares += samples * distance * distance;
  }
  return std::max(1.0, squares / static_cast<double>(used - 1) / (share * (1 - share)));
}

Verdict verdict_of(const std::vector<ProbeResult::Batch>& batches, double quantile, double confidence, int looks) {
  const ProbeResult::Batch sum = sum_of(batches);
  const double effect = design_effect(batches);
  const double error = (1 - confidence) / looks;
  const double samples = static_cast<double>(sum.samples) / effect;
  const double over = static_cast<double>(sum.over) / effect;
  // What is no whole number is rounded against each claim.
  const auto whole = [](double x) { return static_cast<std::int64_t>(x); };
  if (binomial_at_most(whole(std::ceil(over)), whole(std::floor(samples)), 1 - quantile) <= error) {
    return Verdict::held;
  }
  if (binomial_at_least(whole(std::floor(over)), whole(std::ceil(samples)), 1 - quantile) <= error) {
    return Verdict::broken;
  }
  return Verdict::undecided;
}

RateSearch::RateSearch(const RateSearchConfig& config) : config_{config} {
  assert(config.least_per_s > 0 && config.least_per_s <= config.start_per_s);
  assert(config.start_per_s <= config.bound_per_s && config.precision > 0);
  ask(config.start_per_s, 1, false);
}

std::optional<double> RateSearch::next_rate() const { return done_ ? std::nullopt : std::optional{pending_per_s_}; }

void RateSearch::ask(double per_s, int scale, bool confirming) {
  pending_per_s_ = per_s;
  pending_scale_ = scale;
  pending_confirms_ = confirming;
}

void RateSearch::report(double rate, const ProbeResult& result) {
  assert(!done_ && rate == pending_per_s_);
  pending_batches_.insert(pending_batches_.end(), result.batches.begin(), result.batches.end());
  const ProbeResult::Batch sum = sum_of(pending_batches_);
  const bool failed = result.backlog_grew || result.reached_share < 1 - rate_tolerance || sum.samples == 0;
  const Verdict verdict =
      failed ? Verdict::broken : verdict_of(pending_batches_, config_.quantile, config_.confidence, most_looks);
  probes_.push_back({.rate_per_s = rate,
                     .verdict = std::string{name_of(verdict)},
                     .measured = result.measured,
                     .samples = sum_of(result.batches).samples});
  const bool may_repeat =
      pending_scale_ < 1 << (most_looks - 1) && static_cast<int>(probes_.size()) < config_.most_probes;
  if (verdict == Verdict::undecided && may_repeat) {
    pending_scale_ *= 2;
    return;
  }
  const bool within = static_cast<double>(sum.over) <= (1 - config_.quantile) * static_cast<double>(sum.samples);
  settle({.per_s = rate,
          .holds = verdict == Verdict::held || (verdict == Verdict::undecided && within),
          .confirmed = pending_confirms_ || pending_scale_ > 1,
          .close_call = verdict == Verdict::undecided});
  pending_batches_.clear();
  choose_next();
}

void RateSearch::settle(const Rate& rate) {
  const auto same = std::find_if(rates_.begin(), rates_.end(), [&](const Rate& r) { return r.per_s == rate.per_s; });
  if (same == rates_.end()) {
    rates_.push_back(rate);
  } else {
    *same = rate;
  }
}

std::optional<RateSearch::Rate> RateSearch::lowest_broken() const {
  std::optional<Rate> lowest;
  for (const Rate& rate : rates_) {
    if (!rate.holds && (!lowest || rate.per_s < lowest->per_s)) { lowest = rate; }
  }
  return lowest;
}

std::optional<RateSearch::Rate> RateSearch::highest_held() const {
  // Below everything that broke: what held beyond that held by chance.
  const std::optional<Rate> broken = lowest_broken();
  std::optional<Rate> highest;
  for (const Rate& rate : rates_) {
    const bool below = !broken || rate.per_s < broken->per_s;
    if (rate.holds && below && (!highest || rate.per_s > highest->per_s)) { highest = rate; }
  }
  return highest;
}

void RateSearch::choose_next() {
  const std::optional<Rate> held = highest_held();
  const std::optional<Rate> broken = lowest_broken();
  done_ = static_cast<int>(probes_.size()) >= config_.most_probes;
  if (done_) { return; }
  if (held && broken && broken->per_s > held->per_s * (1 + config_.precision)) {
    const double middle = std::sqrt(held->per_s * broken->per_s);
    const double readable = four_digits(middle);
    ask(readable > held->per_s && readable < broken->per_s ? readable : middle, 1, false);
  } else if (held && !broken && held->per_s < config_.bound_per_s) {
    ask(std::min(2 * held->per_s, config_.bound_per_s), 1, false);
  } else if (!held && broken && broken->per_s > config_.least_per_s) {
    ask(std::max(broken->per_s / 2, config_.least_per_s), 1, false);
  } else if (held && !held->confirmed) {
    ask(held->per_s, 2, true);
  } else if (broken && !broken->confirmed) {
    ask(broken->per_s, 2, true);
  } else {
    done_ = true;
  }
}

FoundMax RateSearch::result(std::string_view condition) const {
  const std::optional<Rate> held = highest_held();
  const std::optional<Rate> broken = lowest_broken();
  FoundMax found;
  found.condition = condition;
  found.highest_held_per_s = held ? held->per_s : 0;
  found.lowest_broken_per_s = broken ? broken->per_s : 0;
  found.confidence = config_.confidence;
  found.probes = probes_;
  std::vector<std::string> notes;
  if (!done_) { notes.emplace_back("The search was cut short."); }
  if (rates_.empty()) {
    notes.emplace_back("No rate was judged.");
  } else if (!held) {
    notes.push_back(
        fmt::format("The objective is broken even at {}, the lowest rate tried.", rate_text(broken->per_s)));
  } else if (!broken) {
    notes.push_back(
        fmt::format("The objective still holds at {}, {}: the highest rate lies beyond.", rate_text(held->per_s),
                    held->per_s >= config_.bound_per_s ? "the bound of the search" : "the highest rate tried"));
  } else if (done_ && broken->per_s > held->per_s * (1 + config_.precision)) {
    notes.push_back(fmt::format("{} probes were not enough to bring the bracket within {}.", probes_.size(),
                                core::format_share(config_.precision)));
  }
  const auto close_calls =
      std::count_if(rates_.begin(), rates_.end(), [](const Rate& rate) { return rate.close_call; });
  if (close_calls > 0) {
    notes.push_back(
        fmt::format("{} of {} rates {} too close to call at {} confidence and {} judged by the share counted.",
                    close_calls, rates_.size(), close_calls == 1 ? "was" : "were",
                    core::format_share(config_.confidence), close_calls == 1 ? "was" : "were"));
  }
  found.note = fmt::format("{}", fmt::join(notes, " "));
  return found;
}

}  // namespace loadgen::judge
