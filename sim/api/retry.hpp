// When a client asks again.
//
//  * `backoff_ns`   how long it waits before its next call
//  * `RetryBudget`  how many retries all clients together may make
//
// Exponential back-off with a cap and full jitter: before the k-th retry (k from 1) a client waits a whole number of
// nanoseconds from 0 to min(cap, backoff × 2^(k-1)), all equally likely, so half of that on average (M. Brooker,
// "Exponential Backoff and Jitter", AWS Architecture Blog, 2015). Equal jitter waits half of it and as much again by
// chance; none waits all of it. Whoever honours Retry-After waits at least that long.
//
// A retry budget (Finagle, gRPC, Linkerd): each request that comes earns a share of a retry, each retry spends a whole
// one, and at most `reserve` are saved up. So of n requests in any window come at most share × n + reserve retries.
//
// Example:
//   RetryBudget budget{config};           // 20 %: 200,000 millionths
//   budget.earn();                        // a request came
//   if (budget.spend()) …                 // it may be tried again
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/money.hpp"
#include "sim/api/api_config.hpp"

namespace sim {

// Before retry `number` ≥ 1. `bits`: 64 random ones. `retry_after_ns`: 0 when the server gave none.
inline std::int64_t backoff_ns(const RetryConfig& config, std::int64_t number, std::uint64_t bits,
                               std::int64_t retry_after_ns) {
  const std::int64_t cap_ns = config.cap.count();
  std::int64_t longest_ns = config.backoff.count();
  for (std::int64_t k = 1; k < number && longest_ns < cap_ns; ++k) longest_ns *= 2;
  longest_ns = std::min(longest_ns, cap_ns);
  __extension__ using Wide = unsigned __int128;
  const auto chance_up_to = [bits](std::int64_t most) {
    return static_cast<std::int64_t>((Wide{static_cast<std::uint64_t>(most) + 1} * bits) >> 64U);
  };
  std::int64_t wait_ns = longest_ns;
  if (config.jitter == Jitter::full) wait_ns = chance_up_to(longest_ns);
  if (config.jitter == Jitter::equal) wait_ns = longest_ns / 2 + chance_up_to(longest_ns - longest_ns / 2);
  return config.honours_retry_after ? std::max(wait_ns, retry_after_ns) : wait_ns;
}

class RetryBudget {
 public:
  explicit RetryBudget(const RetryConfig& config)
      : share_{config.budget_millionths.value_or(retry)},
        most_{config.reserve * retry},
        saved_{most_},
        is_limited_{config.budget_millionths.has_value()} {}

  void earn() { saved_ = std::min(saved_ + share_, most_); }
  bool spend() {
    if (!is_limited_) return true;
    if (saved_ < retry) return false;
    saved_ -= retry;
    return true;
  }

 private:
  static constexpr std::int64_t retry = 1'000'000;
  std::int64_t share_;
  std::int64_t most_;
  std::int64_t saved_;
  bool is_limited_;
};

}  // namespace sim
