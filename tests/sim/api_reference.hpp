// A managed API, written again from the words of sim/api/api_calls.hpp and nothing else: event by event, every call a
// thing of its own that begins, answers and ends, every bucket worked out from the list of all that was taken from it.
//
//  * `Reference`  meets the requests of a test and says what became of them
//
// Slow and plain. It shares with the engine the draws of a request's luck (which bits decide what) and nothing of what
// is done with them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "core/usage.hpp"
#include "sim/api/api_config.hpp"
#include "sim/api/api_summary.hpp"
#include "sim/ledger.hpp"

namespace api_reference {

using core::Int128;
using core::Outcome;

struct Request {
  std::int64_t arrival_ns = 0;
  std::uint64_t luck = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t content_key = 0;
};

// All that was ever taken from it and given back to it; what it holds is worked out anew each time.
class Bucket {
 public:
  Bucket(std::int64_t rate, std::int64_t period_ns, std::int64_t capacity)
      : rate_{rate}, period_ns_{period_ns}, capacity_{capacity} {}
  Int128 parts(std::int64_t now_ns) const {
    const Int128 full = Int128{capacity_} * period_ns_;
    Int128 parts = full;
    std::int64_t last_ns = 0;
    for (const auto& [when_ns, tokens] : changes_) {
      parts = std::min(full, parts + Int128{rate_} * (when_ns - last_ns));
      parts = std::min(full, parts + Int128{tokens} * period_ns_);
      last_ns = when_ns;
    }
    return std::min(full, parts + Int128{rate_} * (now_ns - last_ns));
  }
  bool holds(std::int64_t now_ns, std::int64_t tokens) const { return parts(now_ns) >= Int128{tokens} * period_ns_; }
  void change(std::int64_t now_ns, std::int64_t tokens) { changes_.emplace_back(now_ns, tokens); }
  bool is_too_small_for(std::int64_t tokens) const { return tokens > capacity_; }
  std::int64_t wait_for(std::int64_t now_ns, std::int64_t tokens) const {
    const Int128 missing = Int128{tokens} * period_ns_ - parts(now_ns);
    if (missing <= 0) return 0;
    std::int64_t wait_ns = static_cast<std::int64_t>(missing / rate_);
    while (Int128{wait_ns} * rate_ < missing) ++wait_ns;
    return wait_ns;
  }

 private:
  std::int64_t rate_;
  std::int64_t period_ns_;
  std::int64_t capacity_;
  std::vector<std::pair<std::int64_t, std::int64_t>> changes_;
};

class Reference {
 public:
  Reference(const sim::ManagedApiConfig& config, std::int64_t horizon_ns)
      : config_{config}, model_{config.latency}, horizon_ns_{horizon_ns} {
    hours.resize(static_cast<std::size_t>(horizon_ns / core::ns_per_hour));
    if (config.limits) make_buckets(*config.limits);
    if (config.provisioned) {
      const sim::ProvisionedConfig& p = *config.provisioned;
      const std::int64_t rate = p.units * p.tokens_per_minute_per_unit;
      units_.emplace(rate, minute, std::max<std::int64_t>(in_a_minute(rate, p.window), 1));
    }
    if (config.retry) saved_millionths_ = config.retry->reserve * 1'000'000;
  }

  void run(const std::vector<Request>& requests) {
    for (const Request& request : requests) {
      auto job = std::make_shared<Job>();
      job->request = request;
      at(request.arrival_ns, arrives, [this, job] {
        ++summary.requests;
        if (config_.retry && config_.retry->budget_millionths) {
          saved_millionths_ =
              std::min(saved_millionths_ + *config_.retry->budget_millionths, config_.retry->reserve * 1'000'000);
        }
        if (deadline(*job) <= horizon_ns_) at(deadline(*job), gives_up, [this, job] { expire(*job); });
        call(job);
      });
    }
    while (!events_.empty() && std::get<0>(events_.begin()->first) <= horizon_ns_) {
      const auto first = events_.begin();
      now_ns_ = std::get<0>(first->first);
      const bool sends = std::get<1>(first->first) == hedges || std::get<1>(first->first) == retries;
      const auto action = first->second;
      events_.erase(first);
      if (now_ns_ < horizon_ns_ || !sends) action();
    }
    now_ns_ = horizon_ns_;
    for (const auto& job : jobs_) {
      if (!job->is_done) end(*job, kept_start(*job), Outcome::in_flight);
    }
    for (const auto& [of_minute, count] : calls_of_minute_) {
      summary.peak_calls_per_minute = std::max(summary.peak_calls_per_minute, count);
    }
  }

  sim::RequestLog log;
  std::vector<core::HourUsage> hours;  // tokens, served
  sim::ApiSummary summary;

 private:
  static constexpr std::int64_t minute = 60 * core::ns_per_second;
  enum Phase { ends, gives_up, hedges, retries, arrives };

  struct Call {
    std::int64_t start_ns = 0;
    std::int64_t response_ns = 0;  // by the clock
    std::int64_t end_ns = 0;
    std::int64_t first_token_ns = 0;
    std::int64_t service_ns = 0;
    bool fails = false;
    bool is_live = true;
    bool has_begun = false;
    bool is_limited = false;
    bool is_provisioned = false;
    std::int64_t reads = 0;
    std::int64_t writes = 0;
  };
  struct Job {
    Request request;
    std::vector<std::shared_ptr<Call>> calls;  // under way, or failed beside one that is: at most two
    std::uint32_t made = 0;
    std::uint32_t admitted = 0;
    std::int64_t tries_again = 0;
    std::uint64_t last_call = 0;
    bool hedge_is_due = false;
    bool is_done = false;
  };

  static std::int64_t in_a_minute(std::int64_t rate, core::Duration time) {
    return static_cast<std::int64_t>(Int128{rate} * time.count() / minute);
  }
  std::int64_t deadline(const Job& job) const { return job.request.arrival_ns + config_.timeout.count(); }
  core::HourUsage& hour(const Job& job) {
    return hours[static_cast<std::size_t>(job.request.arrival_ns / core::ns_per_hour)];
  }

  void at(std::int64_t when_ns, Phase phase, std::function<void()> action, std::uint64_t order = 0) {
    events_.emplace(std::tuple{when_ns, phase, order, planned_++}, std::move(action));
  }

  void make_buckets(const sim::LimitsConfig& limits) {
    const auto capacity = [&](std::int64_t rate) { return std::max<std::int64_t>(in_a_minute(rate, limits.burst), 1); };
    const auto add = [&](std::int64_t rate, bool calls, bool input, bool output) {
      if (rate > 0) buckets_.push_back({{rate, minute, capacity(rate)}, calls, input, output});
    };
    add(limits.requests_per_minute, true, false, false);
    if (limits.requests_per_day > 0) {
      buckets_.push_back(
          {{limits.requests_per_day, 24 * core::ns_per_hour, limits.requests_per_day}, true, false, false});
    }
    add(limits.tokens_per_minute, false, true, true);
    add(limits.input_tokens_per_minute, false, true, false);
    add(limits.output_tokens_per_minute, false, false, true);
  }

  // Admitted: nothing. Refused: when to come again; 0: no word; never_ns: never.
  std::optional<std::int64_t> ask_limits(std::int64_t input, std::int64_t output) {
    const sim::LimitsConfig& limits = *config_.limits;
    const std::int64_t estimate = limits.max_output_tokens > 0 ? limits.max_output_tokens : output;
    std::int64_t wait_ns = 0;
    bool is_short = false;
    for (const Limit& limit : buckets_) {
      const std::int64_t need = (limit.calls ? 1 : 0) + (limit.input ? input : 0) + (limit.output ? estimate : 0);
      if (limit.bucket.holds(now_ns_, need)) continue;
      is_short = true;
      const std::int64_t one =
          limit.bucket.is_too_small_for(need) ? core::never_ns : limit.bucket.wait_for(now_ns_, need);
      wait_ns = std::max(wait_ns, one);
    }
    if (is_short) return wait_ns;
    if (limits.concurrency > 0 && under_way_ >= limits.concurrency) return 0;
    for (Limit& limit : buckets_) {
      limit.bucket.change(now_ns_,
                          -((limit.calls ? 1 : 0) + (limit.input ? input : 0) + (limit.output ? estimate : 0)));
    }
    ++under_way_;
    return std::nullopt;
  }

  // A call is over: its place is free, and its estimate corrected.
  void close(Call& call, std::int64_t output) {
    call.is_live = false;
    if (!call.is_limited) return;
    --under_way_;
    const sim::LimitsConfig& limits = *config_.limits;
    if (!limits.is_corrected || output >= limits.max_output_tokens) return;
    for (Limit& limit : buckets_) {
      if (limit.output) limit.bucket.change(now_ns_, limits.max_output_tokens - output);
    }
  }

  std::pair<std::int64_t, std::int64_t> times(const Job& job, std::uint64_t luck) const {
    const auto block = std::make_unique<core::traffic::Block>();
    const auto drawn = std::make_unique<sim::ServiceTimes>();
    block->count = 1;
    block->luck[0] = luck;
    block->output_tokens[0] = job.request.output_tokens;
    model_.draw(*block, *drawn);
    std::int64_t first = drawn->first_token_ns[0];
    std::int64_t whole = drawn->service_ns[0];
    for (const sim::Fault& fault : config_.faults) {
      if (fault.kind != sim::FaultKind::slow_dependency || !fault.covers(job.request.arrival_ns)) continue;
      first = std::llround(static_cast<double>(first) * fault.amount);
      whole = std::max<std::int64_t>(std::llround(static_cast<double>(whole) * fault.amount),
                                     std::max<std::int64_t>(first, 1));
    }
    return {first, whole};
  }

  bool is_dark(const Job& job, std::uint32_t number) const {
    double share = 0;
    for (const sim::Fault& fault : config_.faults) {
      if (fault.kind == sim::FaultKind::vendor_outage && fault.covers(now_ns_)) share = std::max(share, fault.amount);
    }
    const std::uint64_t bits = core::mix((job.request.luck + number * 0x9e3779b97f4a7c15U) ^ 0x83d6e1b04f9a275cU);
    return share > 0 && core::unit_closed_open(bits) < share;
  }

  struct Made {
    std::shared_ptr<Call> call;         // or nothing, and then
    Outcome failure = Outcome::failed;  // what it met
    std::int64_t wait_ns = 0;
  };
  Made make(Job& job) {
    ++summary.calls;
    ++calls_of_minute_[now_ns_ / minute];
    job.last_call = ++calls_made_;
    if (is_dark(job, job.made++)) {
      ++summary.failed_outages;
      return {};
    }
    const Request& request = job.request;
    std::int64_t cached = 0;
    bool reads = false;
    std::uint64_t prefix = 0;
    if (config_.prompt_cache) {
      const sim::PromptCacheConfig& cache = *config_.prompt_cache;
      cached = std::min<std::int64_t>(request.input_tokens, cache.prefix_tokens);
      if (cached < cache.minimum_tokens) cached = 0;
      __extension__ using Wide = unsigned __int128;
      const auto n = static_cast<std::uint64_t>(cache.prefixes);
      prefix = cache.by_content
                   ? request.content_key % n
                   : static_cast<std::uint64_t>((Wide{core::mix(request.luck ^ 0xb5a07c3ed9214f68U)} * n) >> 64U);
      const auto used = last_use_.find(prefix);
      reads = cached > 0 && used != last_use_.end() && now_ns_ - used->second < cache.ttl.count();
    }
    const std::int64_t read = reads ? cached : 0;
    auto made = std::make_shared<Call>();
    if (units_) {
      if (units_->holds(now_ns_, 1)) {
        made->is_provisioned = true;
        ++summary.provisioned_calls;
        units_->change(now_ns_, -(request.input_tokens - read +
                                  config_.provisioned->output_weight * std::int64_t{request.output_tokens}));
      } else if (config_.provisioned->spills) {
        ++summary.spilled_calls;
      } else {
        ++summary.throttled;
        return {nullptr, Outcome::rejected, units_->wait_for(now_ns_, 1)};
      }
    }
    if (!made->is_provisioned && config_.limits) {
      const auto refused =
          ask_limits(request.input_tokens - (config_.limits->cached_tokens_count ? 0 : read), request.output_tokens);
      if (refused) {
        ++summary.throttled;
        if (*refused == core::never_ns) ++summary.too_large;
        return {nullptr, Outcome::rejected, *refused};
      }
      made->is_limited = true;
    }
    const std::uint64_t luck =
        job.admitted == 0 ? request.luck : core::mix(request.luck + job.admitted * 0x9e3779b97f4a7c15U);
    ++job.admitted;
    std::tie(made->first_token_ns, made->service_ns) = times(job, luck);
    made->start_ns = now_ns_;
    made->response_ns = now_ns_ + made->first_token_ns;
    made->end_ns = now_ns_ + made->service_ns;
    if (config_.errors) {
      const auto below = static_cast<std::uint64_t>(config_.errors->share * 0x1p53);
      made->fails = (core::mix(luck ^ 0x2c7f5a91d3b8e46bU) >> 11U) < below;
      if (made->fails && config_.errors->after.count() >= 0)
        made->response_ns = now_ns_ + config_.errors->after.count();
    }
    if (made->fails) {
      ++summary.errors;
    } else if (cached > 0) {
      last_use_[prefix] = now_ns_;
      ++(reads ? summary.prompt_cache_reads : summary.prompt_cache_writes);
      (reads ? made->reads : made->writes) = cached;
    }
    return {made};
  }

  void call(const std::shared_ptr<Job>& job) {
    if (job->made == 0) jobs_.push_back(job);
    job->calls.clear();
    const Made made = make(*job);
    if (!made.call) return fail(job, made.failure, made.wait_ns);
    follow(job, made.call);
    if (!config_.hedging) return;
    const std::int64_t hedge_ns = now_ns_ + config_.hedging->after.count();
    job->hedge_is_due = true;
    const std::uint32_t number = job->made;
    at(
        hedge_ns, hedges,
        [this, job, number] {
          if (job->is_done || !job->hedge_is_due || job->made != number) return;
          job->hedge_is_due = false;
          ++summary.hedges;
          const Made second = make(*job);
          if (second.call) follow(job, second.call);
        },
        job->last_call);
  }

  void follow(const std::shared_ptr<Job>& job, const std::shared_ptr<Call>& made) {
    job->calls.push_back(made);
    at(made->response_ns, ends, [this, job, made] { respond(job, made); });
    if (!made->fails) at(made->end_ns, ends, [this, job, made] { complete(job, made); });
  }

  bool bills_errors() const { return config_.errors && config_.errors->billed; }

  void respond(const std::shared_ptr<Job>& job, const std::shared_ptr<Call>& made) {
    if (!made->is_live) return;
    job->hedge_is_due = false;
    const bool is_second = job->calls.size() == 2 && job->calls[1] == made;
    if (made->fails) {
      close(*made, 0);
      if (bills_errors()) waste(*job, *made);
      const bool other_is_live =
          std::any_of(job->calls.begin(), job->calls.end(), [](const auto& c) { return c->is_live; });
      if (!other_is_live) fail(job, Outcome::failed, 0);
      return;
    }
    made->has_begun = true;
    if (is_second) ++summary.hedges_won;
    for (const auto& other : job->calls) {
      if (other != made && other->is_live) give_up(*job, *other);
    }
  }
  void give_up(Job& job, Call& other) {
    close(other, 0);
    if (!other.fails || bills_errors()) waste(job, other);
  }
  void waste(Job& job, const Call& made) {
    hour(job).input_tokens += job.request.input_tokens;
    hour(job).wasted_input_tokens += job.request.input_tokens;
    split(job, made, 0);
  }
  void split(Job& job, const Call& made, std::int64_t output) {
    if (made.is_provisioned) {
      hour(job).provisioned_input_tokens += job.request.input_tokens;
      hour(job).provisioned_output_tokens += output;
    } else {
      hour(job).cache_read_tokens += made.reads;
      hour(job).cache_write_tokens += made.writes;
    }
  }

  void complete(const std::shared_ptr<Job>& job, const std::shared_ptr<Call>& made) {
    if (!made->is_live) return;
    close(*made, job->request.output_tokens);
    hour(*job).input_tokens += job->request.input_tokens;
    hour(*job).output_tokens += job->request.output_tokens;
    split(*job, *made, job->request.output_tokens);
    ++hour(*job).served;
    end(*job, made->start_ns, Outcome::served);
  }

  // Of the calls under way, the one that would answer first; of two that would fail, the one that fails later.
  std::shared_ptr<Call> kept(const Job& job) const {
    if (job.calls.empty()) return nullptr;
    if (job.calls.size() == 1) return job.calls[0]->is_live ? job.calls[0] : nullptr;
    const auto& first = job.calls[0];
    const auto& second = job.calls[1];
    if (!first->is_live && !second->is_live) return nullptr;
    if (first->fails != second->fails) return first->fails ? second : first;
    const bool second_is_sooner = second->response_ns < first->response_ns;
    return second_is_sooner != first->fails ? second : first;
  }
  std::int64_t kept_start(const Job& job) const {
    const auto call = kept(job);
    return call ? call->start_ns : now_ns_;
  }

  void expire(Job& job) {
    if (job.is_done) return;
    const auto call = kept(job);
    const std::int64_t start_ns = call ? call->start_ns : now_ns_;
    for (const auto& other : job.calls) {
      if (!other->is_live) continue;
      if (other != call) {
        give_up(job, *other);
        continue;
      }
      std::int64_t made = 0;
      const bool is_billed = !call->fails || bills_errors();
      if (!call->fails && job.request.output_tokens > 0 && now_ns_ >= call->response_ns) {
        const std::int64_t whole_ns = std::max<std::int64_t>(call->service_ns - call->first_token_ns, 1);
        made = 1 + static_cast<std::int64_t>(Int128{job.request.output_tokens - 1} *
                                             (now_ns_ - call->start_ns - call->first_token_ns) / whole_ns);
      }
      close(*call, made);
      if (!is_billed) continue;
      hour(job).input_tokens += job.request.input_tokens;
      hour(job).output_tokens += made;
      hour(job).wasted_input_tokens += job.request.input_tokens;
      hour(job).wasted_output_tokens += made;
      split(job, *call, made);
    }
    end(job, start_ns, Outcome::timed_out);
  }

  void fail(const std::shared_ptr<Job>& job, Outcome failure, std::int64_t wait_ns) {
    job->calls.clear();
    if (!config_.retry || job->tries_again == config_.retry->max || wait_ns == core::never_ns) {
      return end(*job, now_ns_, failure);
    }
    const sim::RetryConfig& retry = *config_.retry;
    const std::int64_t number = job->tries_again + 1;
    const std::int64_t most_ns = static_cast<std::int64_t>(
        std::min<double>(static_cast<double>(retry.cap.count()),
                         static_cast<double>(retry.backoff.count()) * std::exp2(static_cast<double>(number - 1))));
    const std::uint64_t bits =
        core::mix((job->request.luck + static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U) ^ 0x4e19c7a2f06db835U);
    __extension__ using Wide = unsigned __int128;
    const auto up_to = [bits](std::int64_t most) {
      return static_cast<std::int64_t>((Wide{static_cast<std::uint64_t>(most + 1)} * bits) >> 64U);
    };
    std::int64_t pause_ns = most_ns;
    if (retry.jitter == sim::Jitter::full) pause_ns = up_to(most_ns);
    if (retry.jitter == sim::Jitter::equal) pause_ns = most_ns / 2 + up_to(most_ns - most_ns / 2);
    if (retry.honours_retry_after) pause_ns = std::max(pause_ns, wait_ns);
    at(
        now_ns_ + pause_ns, retries,
        [this, job, failure] {
          if (job->is_done || now_ns_ >= deadline(*job)) return;
          if (config_.retry->budget_millionths) {
            if (saved_millionths_ < 1'000'000) {
              ++summary.retries_denied;
              return end(*job, now_ns_, failure);
            }
            saved_millionths_ -= 1'000'000;
          }
          ++summary.retries;
          ++job->tries_again;
          call(job);
        },
        job->last_call);
  }

  void end(Job& job, std::int64_t start_ns, Outcome outcome) {
    job.is_done = true;
    log.push_back({job.request.arrival_ns, start_ns, now_ns_, outcome});
  }

  struct Limit {
    Bucket bucket;
    bool calls;
    bool input;
    bool output;
  };

  sim::ManagedApiConfig config_;
  sim::ServiceModel model_;
  std::int64_t horizon_ns_;
  std::int64_t now_ns_ = 0;
  std::map<std::tuple<std::int64_t, Phase, std::uint64_t, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t planned_ = 0;
  std::uint64_t calls_made_ = 0;
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<Limit> buckets_;
  std::int64_t under_way_ = 0;
  std::optional<Bucket> units_;
  std::map<std::uint64_t, std::int64_t> last_use_;
  std::map<std::int64_t, std::int64_t> calls_of_minute_;
  std::int64_t saved_millionths_ = 0;
};

}  // namespace api_reference
