#include "sim/api/api_calls.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {

// A request's own draw for its beginning.
constexpr std::uint64_t prefix_salt = 0xb5a07c3ed9214f68U;

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

}  // namespace sim
