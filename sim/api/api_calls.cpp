#include "sim/api/api_calls.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {

// Draws of a request's own luck, each for one purpose; `step` tells its calls and its retries apart.
constexpr std::uint64_t outage_salt = 0x83d6e1b04f9a275cU;
constexpr std::uint64_t jitter_salt = 0x4e19c7a2f06db835U;
constexpr std::uint64_t prefix_salt = 0xb5a07c3ed9214f68U;
constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;

std::uint64_t luck_of_call(std::uint64_t luck, std::uint32_t admitted_before) {
  return admitted_before == 0 ? luck : core::mix(luck + admitted_before * step);
}

}  // namespace

bool ApiCalls::are_needed(const ManagedApiConfig& config) {
  const bool has_outages = std::any_of(config.faults.begin(), config.faults.end(),
                                       [](const Fault& f) { return f.kind == FaultKind::vendor_outage; });
  return config.limits || config.retry || config.hedging || config.errors || config.outages || config.prompt_cache ||
         config.provisioned || has_outages;
}

ApiCalls::ApiCalls(const ManagedApiConfig& config, const core::Stream& chance, std::int64_t horizon_ns)
    : model_{config.latency},
      timeout_ns_{core::to_ns(config.timeout)},
      horizon_ns_{horizon_ns},
      retry_{config.retry},
      budget_{config.retry.value_or(RetryConfig{})},
      hedge_after_ns_{config.hedging ? core::to_ns(config.hedging->after) : core::never_ns},
      outages_{config.outages, config.faults, chance.child("outages")},
      provisioned_{config.provisioned} {
  if (config.limits) {
    limits_.emplace(*config.limits);
    cached_tokens_count_ = config.limits->cached_tokens_count;
  }
  if (config.errors) {
    errors_below_ = static_cast<std::uint64_t>(config.errors->share * 0x1p53);
    errors_are_billed_ = config.errors->billed;
    error_after_ns_ = core::to_ns(config.errors->after);
  }
  if (config.prompt_cache) prompt_cache_.emplace(*config.prompt_cache);
  if (provisioned_) {
    const std::int64_t rate = provisioned_->units * provisioned_->tokens_per_minute_per_unit;
    constexpr std::int64_t minute_ns = 60 * core::ns_per_second;
    const auto capacity = static_cast<std::int64_t>(core::Int128{rate} * core::to_ns(provisioned_->window) / minute_ns);
    units_ = TokenBucket{rate, minute_ns, std::max<std::int64_t>(capacity, 1)};
  }
  for (const Fault& fault : config.faults) {
    if (fault.kind == FaultKind::slow_dependency) slow_.push_back(fault);
  }
}

void ApiCalls::serve(const core::traffic::Block& block, const ServiceTimes& times, Ledger& ledger) {
  const bool is_plain = hedge_after_ns_ == core::never_ns && !prompt_cache_ && !provisioned_;
  if (!is_plain) return serve_each(block, ledger);
  if (limits_ && errors_below_ > 0) return serve_plain<true, true>(block, times, ledger);
  if (limits_) return serve_plain<true, false>(block, times, ledger);
  if (errors_below_ > 0) return serve_plain<false, true>(block, times, ledger);
  serve_plain<false, false>(block, times, ledger);
}

// Most requests are served by their first call, and need no more than the limits' word.
template <bool has_limits, bool has_errors>
void ApiCalls::serve_plain(const core::traffic::Block& block, const ServiceTimes& times, Ledger& ledger) {
  Ledger::Tally tally = ledger.tally(block, times.service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    if (events_.next_ns() <= arrival_ns) [[unlikely]]
      advance_to(arrival_ns, ledger);
    count_request(arrival_ns);
    const ServiceTime time{times.service_ns[i], times.first_token_ns[i]};
    const auto leave_out = [&] {
      tally.leave_out({.service_ns = time.service_ns,
                       .input_tokens = block.input_tokens[i],
                       .output_tokens = block.output_tokens[i]});
    };
    if (arrival_ns >= outages_.calm_until_ns()) [[unlikely]] {
      leave_out();
      Request request = request_of(block, i);
      begin(request, arrival_ns, ledger);
      continue;
    }
    count_call(arrival_ns);
    std::int64_t wait_ns = RateLimit::admitted;
    if constexpr (has_limits) wait_ns = limits_->admit(arrival_ns, block.input_tokens[i], block.output_tokens[i]);
    const bool is_late = time.service_ns > timeout_ns_ || arrival_ns + time.service_ns > horizon_ns_;
    const bool fails = has_errors && is_error(block.luck[i]);
    if (wait_ns != RateLimit::admitted || is_late || fails) [[unlikely]] {
      leave_out();
      Request request = request_of(block, i);
      Call call{.start_ns = arrival_ns, .is_limited = has_limits};
      ++request.calls;
      if (wait_ns != RateLimit::admitted) {
        refuse(call, wait_ns);
      } else {
        ++request.admitted;
        set_times(call, time, block.luck[i]);
      }
      settle(request, call, ledger);
      continue;
    }
    const std::int64_t end_ns = arrival_ns + time.service_ns;
    if constexpr (has_limits) limits_->ends(end_ns, block.output_tokens[i]);
    ledger.served(i, arrival_ns, arrival_ns, end_ns, time.first_token_ns, tally);
  }
  ledger.add(tally);
}

void ApiCalls::serve_each(const core::traffic::Block& block, Ledger& ledger) {
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    if (events_.next_ns() <= arrival_ns) advance_to(arrival_ns, ledger);
    count_request(arrival_ns);
    Request request = request_of(block, i);
    begin(request, arrival_ns, ledger);
  }
}

ApiCalls::Request ApiCalls::request_of(const core::traffic::Block& block, std::size_t i) const {
  Request request{.arrival_ns = block.arrival_ns[i],
                  .luck = block.luck[i],
                  .input_tokens = block.input_tokens[i],
                  .output_tokens = block.output_tokens[i],
                  .ticket = block.ticket[i],
                  .traffic_class = block.traffic_class[i]};
  if (prompt_cache_) {
    request.prefix = prompt_cache_->prefix_of(core::mix(request.luck ^ prefix_salt), block.content_key[i]);
  }
  return request;
}

void ApiCalls::count_request(std::int64_t now_ns) {
  if (now_ns >= minute_end_ns_) [[unlikely]]
    end_minute(now_ns);
  ++summary_.requests;
  budget_.earn();
}

void ApiCalls::count_call(std::int64_t now_ns) {
  if (now_ns >= minute_end_ns_) [[unlikely]]
    end_minute(now_ns);
  ++summary_.calls;
}

void ApiCalls::end_minute(std::int64_t now_ns) {
  constexpr std::int64_t minute_ns = 60 * core::ns_per_second;
  summary_.peak_calls_per_minute = std::max(summary_.peak_calls_per_minute, summary_.calls - calls_before_minute_);
  summary_.peak_requests_per_minute =
      std::max(summary_.peak_requests_per_minute, summary_.requests - requests_before_minute_);
  calls_before_minute_ = summary_.calls;
  requests_before_minute_ = summary_.requests;
  minute_end_ns_ = (now_ns / minute_ns + 1) * minute_ns;
}

void ApiCalls::advance_to(std::int64_t now_ns, Ledger& ledger) {
  while (events_.next_ns() <= now_ns) {
    const Event event = events_.pop();
    Waiting waiting = waiting_[event.place];
    free_.push_back(event.place);
    if (event.wake == Wake::hedge) {
      hedge(waiting.request, waiting.call, events_.now_ns(), ledger);
    } else if (budget_.spend()) {
      ++summary_.retries;
      ++waiting.request.retries;
      begin(waiting.request, events_.now_ns(), ledger);
    } else {
      ++summary_.retries_denied;
      leave(waiting.request, events_.now_ns(), waiting.request.last_failure, ledger);
    }
  }
}

void ApiCalls::wait(std::int64_t until_ns, Wake wake, const Waiting& waiting) {
  if (free_.empty()) {
    free_.push_back(waiting_.size());
    waiting_.emplace_back();
  }
  const std::size_t place = free_.back();
  free_.pop_back();
  waiting_[place] = waiting;
  events_.schedule(until_ns, wake == Wake::hedge ? 0 : 1, {place, wake});
}

// Everything that is planned lies before the horizon.
ApiSummary ApiCalls::close(Ledger& ledger) {
  advance_to(horizon_ns_, ledger);
  end_minute(horizon_ns_);
  summary_.outage_ns = outages_.down_ns(horizon_ns_);
  summary_.outages = outages_.count();
  return std::move(summary_);
}

ServiceTime slowed(const Faults& faults, std::int64_t arrival_ns, ServiceTime time) {
  for (const Fault& fault : faults) {
    if (fault.kind != FaultKind::slow_dependency || !fault.covers(arrival_ns)) continue;
    // Beyond 2^61 ns, later than any horizon, the factor makes no difference.
    const auto times_amount = [&fault](std::int64_t ns) {
      return static_cast<std::int64_t>(std::llround(std::min(static_cast<double>(ns) * fault.amount, 0x1p61)));
    };
    time.first_token_ns = times_amount(time.first_token_ns);
    time.service_ns = std::max({times_amount(time.service_ns), time.first_token_ns, std::int64_t{1}});
  }
  return time;
}

std::uint32_t tokens_made(std::int64_t since_start_ns, ServiceTime time, std::uint32_t output_tokens) {
  // The first one, and those paced out since.
  const std::int64_t streaming_ns = std::max<std::int64_t>(time.service_ns - time.first_token_ns, 1);
  const std::int64_t streamed_ns = since_start_ns - time.first_token_ns;
  if (streamed_ns < 0 || output_tokens == 0) return 0;
  const core::Int128 further = core::Int128{output_tokens - 1} * streamed_ns / streaming_ns;
  return 1 + static_cast<std::uint32_t>(further);
}

// What a call meets, and what becomes of it.

void ApiCalls::refuse(Call& call, std::int64_t wait_ns) {
  ++summary_.throttled;
  if (wait_ns == RateLimit::too_large) ++summary_.too_large;
  call.fails = true;
  call.is_limited = false;
  call.failure = core::Outcome::rejected;
  call.retry_after_ns = wait_ns == RateLimit::no_hint ? 0 : wait_ns;
}

void ApiCalls::set_times(Call& call, ServiceTime time, std::uint64_t call_luck) {
  call.is_admitted = true;
  call.response_ns = time.first_token_ns;
  call.whole_ns = time.service_ns;
  if (errors_below_ > 0 && is_error(call_luck)) {
    ++summary_.errors;
    call.fails = true;
    call.failure = core::Outcome::failed;
    if (error_after_ns_ >= 0) call.response_ns = error_after_ns_;
  }
}

bool ApiCalls::admit(const Request& request, std::int64_t cached_tokens, Call& call) {
  if (provisioned_) {
    units_.refill(call.start_ns);
    if (units_.holds(1)) {
      // A call is admitted below full utilisation and may go beyond it; the next ones wait until that has drained.
      units_.take(request.input_tokens - cached_tokens + provisioned_->output_weight * request.output_tokens);
      ++summary_.provisioned_calls;
      call.is_provisioned = true;
      return true;
    }
    if (!provisioned_->spills) {
      refuse(call, units_.time_until(1));
      return false;
    }
    ++summary_.spilled_calls;
  }
  if (!limits_) return true;
  const std::int64_t counted = request.input_tokens - (cached_tokens_count_ ? 0 : cached_tokens);
  const std::int64_t wait_ns = limits_->admit(call.start_ns, counted, request.output_tokens);
  if (wait_ns != RateLimit::admitted) {
    refuse(call, wait_ns);
    return false;
  }
  call.is_limited = true;
  return true;
}

ApiCalls::Call ApiCalls::make_call(Request& request, std::int64_t now_ns) {
  count_call(now_ns);
  Call call{.start_ns = now_ns};
  const std::uint64_t outage_luck = core::mix((request.luck + request.calls * step) ^ outage_salt);
  ++request.calls;
  if (outages_.fails(now_ns, outage_luck)) {
    ++summary_.failed_outages;
    call.fails = true;
    call.failure = core::Outcome::failed;
    return call;
  }
  const std::int64_t cacheable = prompt_cache_ ? prompt_cache_->cacheable(request.input_tokens) : 0;
  const bool is_read = cacheable > 0 && prompt_cache_->holds(request.prefix, now_ns);
  if (!admit(request, is_read ? cacheable : 0, call)) return call;
  const std::uint64_t call_luck = luck_of_call(request.luck, request.admitted++);
  set_times(call, slowed(slow_, request.arrival_ns, model_.draw_one(call_luck, request.output_tokens)), call_luck);
  if (cacheable > 0 && !call.fails) {
    prompt_cache_->use(request.prefix, now_ns);
    ++(is_read ? summary_.prompt_cache_reads : summary_.prompt_cache_writes);
    (is_read ? call.cache_read_tokens : call.cache_write_tokens) = cacheable;
  }
  return call;
}

void ApiCalls::begin(Request& request, std::int64_t now_ns, Ledger& ledger) {
  const Call call = make_call(request, now_ns);
  if (call.is_admitted && call.response_ns > hedge_after_ns_) {
    const std::int64_t hedge_ns = now_ns + hedge_after_ns_;
    if (hedge_ns < deadline_ns(request) && hedge_ns < horizon_ns_) {
      return wait(hedge_ns, Wake::hedge, {request, call});
    }
  }
  settle(request, call, ledger);
}

void ApiCalls::hedge(Request& request, const Call& first, std::int64_t now_ns, Ledger& ledger) {
  ++summary_.hedges;
  const Call second = make_call(request, now_ns);
  if (!second.is_admitted) return settle(request, first, ledger);
  const std::int64_t first_response_ns = first.start_ns + first.response_ns;
  const std::int64_t second_response_ns = second.start_ns + second.response_ns;
  // Of two that fail, the later failure is the request's.
  const bool second_is_kept =
      first.fails == second.fails ? first.fails != (second_response_ns < first_response_ns) : first.fails;
  const Call& kept = second_is_kept ? second : first;
  const Call& other = second_is_kept ? first : second;
  std::int64_t given_up_ns = std::min(kept.start_ns + kept.response_ns, deadline_ns(request));
  if (other.fails) given_up_ns = std::min(given_up_ns, other.start_ns + other.response_ns);
  release(other, given_up_ns, 0);
  if (given_up_ns <= horizon_ns_ && (!other.fails || errors_are_billed_)) waste(request, other, ledger);
  if (second_is_kept) {
    const bool is_in_time = second_response_ns <= std::min(deadline_ns(request), horizon_ns_);
    if (!second.fails && is_in_time) ++summary_.hedges_won;
    request.lost_ns += second.start_ns - first.start_ns;
  }
  settle(request, kept, ledger);
}

// The call that decides: an answer, an answer cut off, or a failure after which the client thinks again.
void ApiCalls::settle(Request& request, const Call& call, Ledger& ledger) {
  const std::int64_t end_ns = call.start_ns + (call.fails ? call.response_ns : call.whole_ns);
  if (end_ns > std::min(deadline_ns(request), horizon_ns_)) return cut_off(request, call, end_ns, ledger);
  if (call.fails) {
    release(call, end_ns, 0);
    if (call.is_admitted && errors_are_billed_) waste(request, call, ledger);
    request.lost_ns += call.response_ns;
    return fail(request, call, end_ns, ledger);
  }
  release(call, end_ns, request.output_tokens);
  meter(request, call, request.output_tokens, ledger);
  ledger.enter({.visit = {.arrival_ns = request.arrival_ns,
                          .service_ns = call.whole_ns,
                          .first_token_ns = call.response_ns,
                          .input_tokens = request.input_tokens,
                          .output_tokens = request.output_tokens,
                          .ticket = request.ticket,
                          .traffic_class = request.traffic_class},
                .start_ns = call.start_ns,
                .end_ns = end_ns,
                .outcome = core::Outcome::served,
                .lost_ns = request.lost_ns});
}

// By the client's deadline, or by the end of the horizon.
void ApiCalls::cut_off(const Request& request, const Call& call, std::int64_t end_ns, Ledger& ledger) {
  const std::int64_t stop_ns = std::min(end_ns, deadline_ns(request));
  Ledger::Entry entry{.visit = {.arrival_ns = request.arrival_ns,
                                .service_ns = call.whole_ns,
                                .first_token_ns = call.response_ns,
                                .input_tokens = request.input_tokens,
                                .output_tokens = request.output_tokens,
                                .ticket = request.ticket,
                                .traffic_class = request.traffic_class},
                      .start_ns = call.start_ns,
                      .end_ns = stop_ns,
                      .outcome = core::Outcome::timed_out,
                      .was_served = !call.fails || errors_are_billed_,
                      .lost_ns = request.lost_ns};
  if (stop_ns > horizon_ns_) {
    entry.end_ns = horizon_ns_;
    entry.outcome = core::Outcome::in_flight;
  } else if (entry.was_served) {
    if (!call.fails) {
      entry.tokens_made =
          tokens_made(stop_ns - call.start_ns, {call.whole_ns, call.response_ns}, request.output_tokens);
    }
    meter(request, call, entry.tokens_made, ledger);
    core::HourUsage& hour = ledger.hour_of(request.arrival_ns);
    hour.wasted_input_tokens += request.input_tokens;
    hour.wasted_output_tokens += entry.tokens_made;
  }
  release(call, stop_ns, entry.tokens_made);
  ledger.enter(entry);
}

void ApiCalls::fail(Request& request, const Call& call, std::int64_t now_ns, Ledger& ledger) {
  request.last_failure = call.failure;
  if (!retry_ || request.retries >= retry_->max || call.retry_after_ns == RateLimit::too_large) {
    return leave(request, now_ns, call.failure, ledger);
  }
  const std::int64_t number = request.retries + 1;
  const std::uint64_t bits = core::mix((request.luck + static_cast<std::uint64_t>(number) * step) ^ jitter_salt);
  const std::int64_t due_ns = now_ns + backoff_ns(*retry_, number, bits, call.retry_after_ns);
  if (due_ns >= deadline_ns(request)) return leave(request, deadline_ns(request), core::Outcome::timed_out, ledger);
  if (due_ns >= horizon_ns_) return leave(request, horizon_ns_, core::Outcome::in_flight, ledger);
  wait(due_ns, Wake::retry, {request, {}});
}

// Without a call under way. After the horizon nothing is decided any more.
void ApiCalls::leave(const Request& request, std::int64_t now_ns, core::Outcome outcome, Ledger& ledger) {
  const bool is_over = now_ns > horizon_ns_;
  const std::int64_t end_ns = std::min(now_ns, horizon_ns_);
  ledger.enter({.visit = {.arrival_ns = request.arrival_ns,
                          .input_tokens = request.input_tokens,
                          .output_tokens = request.output_tokens,
                          .ticket = request.ticket,
                          .traffic_class = request.traffic_class},
                .start_ns = end_ns,
                .end_ns = end_ns,
                .outcome = is_over ? core::Outcome::in_flight : outcome,
                .was_served = false,
                .lost_ns = request.lost_ns});
}

void ApiCalls::release(const Call& call, std::int64_t end_ns, std::int64_t output_tokens) {
  if (call.is_limited) limits_->ends(end_ns, output_tokens);
}

// Which part of its tokens was bought another way; the tokens themselves the ledger counts.
void ApiCalls::meter(const Request& request, const Call& call, std::int64_t output_tokens, Ledger& ledger) {
  if (!call.is_provisioned && call.cache_read_tokens + call.cache_write_tokens == 0) return;
  core::HourUsage& hour = ledger.hour_of(request.arrival_ns);
  if (call.is_provisioned) {
    hour.provisioned_input_tokens += request.input_tokens;
    hour.provisioned_output_tokens += output_tokens;
  } else {
    hour.cache_read_tokens += call.cache_read_tokens;
    hour.cache_write_tokens += call.cache_write_tokens;
  }
}

// A prompt that was paid for and answered by another call, or by none.
void ApiCalls::waste(const Request& request, const Call& call, Ledger& ledger) {
  core::HourUsage& hour = ledger.hour_of(request.arrival_ns);
  hour.input_tokens += request.input_tokens;
  hour.wasted_input_tokens += request.input_tokens;
  meter(request, call, 0, ledger);
}

}  // namespace sim
