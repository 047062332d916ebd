// One call of ApiCalls: what it meets, and what becomes of it.
#include <algorithm>
#include <cmath>

#include "sim/api/api_calls.hpp"

namespace sim {

namespace {

// Draws of a request's own luck, each for one purpose; `step` tells its calls and its retries apart.
constexpr std::uint64_t outage_salt = 0x83d6e1b04f9a275cU;
constexpr std::uint64_t jitter_salt = 0x4e19c7a2f06db835U;
constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;

std::uint64_t luck_of_call(std::uint64_t luck, std::uint32_t admitted_before) {
  return admitted_before == 0 ? luck : core::mix(luck + admitted_before * step);
}

}  // namespace

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
  ledger.enter({.visit = visit_of(request, call),
                .start_ns = call.start_ns,
                .end_ns = end_ns,
                .outcome = core::Outcome::served,
                .lost_ns = request.lost_ns});
}

Visit ApiCalls::visit_of(const Request& request, const Call& call) {
  return {.arrival_ns = request.arrival_ns,
          .service_ns = call.whole_ns,
          .first_token_ns = call.response_ns,
          .input_tokens = request.input_tokens,
          .output_tokens = request.output_tokens,
          .ticket = request.ticket,
          .traffic_class = request.traffic_class};
}

// By the client's deadline, or by the end of the horizon.
void ApiCalls::cut_off(const Request& request, const Call& call, std::int64_t end_ns, Ledger& ledger) {
  const std::int64_t stop_ns = std::min(end_ns, deadline_ns(request));
  Ledger::Entry entry{.visit = visit_of(request, call),
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
